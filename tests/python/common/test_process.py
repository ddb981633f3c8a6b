# SPDX-License-Identifier: MIT
"""Pickles of the core, threads of Python, frames that stream."""

import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest
from anisoap_md import Descriptor
from testing.helpers import SUPPORT, TRICLINIC, random_atoms

PICKLES = """
import copy
import pickle
import sys
import numpy as np
from anisoap_md import Descriptor, _core
from testing.potentials import core_model
model = core_model("networks", two_body=("uniaxial", "sphere"))
hypers = model.hypers
for document in (model, hypers):
    copies = [copy.copy(document), copy.deepcopy(document)]
    copies += [pickle.loads(pickle.dumps(document, k)) for k in range(pickle.HIGHEST_PROTOCOL + 1)]
    assert all(c is not document and c.to_json() == document.to_json() for c in copies)
parts = [_core.Descriptor(hypers), _core.Potential(model), model.local[0], model.local[0].networks[0], model.two_body]
parts += [model.two_body.pairs[0], model.two_body.species[0], _core.PairPolynomial([1], 2)]
for part in parts:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for asked in (pickle.dumps, object.__reduce_ex__):
            try:
                asked(part, protocol)
            except TypeError as error:
                assert f"got a _core.{type(part).__name__}" in str(error)
            else:
                sys.exit(f"{type(part)} was pickled")
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    read, arguments = object.__reduce_ex__(hypers, protocol)
    assert read(*arguments).to_json() == hypers.to_json()
"""


def test_no_protocol_of_pickle_ends_the_process():
    done = subprocess.run([sys.executable, "-c", PICKLES], cwd=SUPPORT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_other_python_threads_run_meanwhile():
    atoms = random_atoms(1, 600, 3 * TRICLINIC, pbc=False)
    descriptor = Descriptor(
        20, "gto", 40.0, radial_gaussian_width=2.0, max_radial=0, species=[6, 8], num_threads=1
    )
    ticks: list[float] = []
    done = threading.Event()

    def tick():
        while not done.wait(0.001):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.monotonic()
    descriptor.power_spectrum(atoms)
    end = time.monotonic()
    done.set()
    thread.join()
    quarter = (end - begin) / 4
    assert any(begin + quarter < t < end - quarter for t in ticks)


@pytest.mark.parametrize("method", ["power_spectrum", "coefficients"])
def test_calls_from_several_threads_agree(method):
    frames = [random_atoms(k, 20, TRICLINIC, numbers=(6, 8)[: 1 + k % 2]) for k in range(8)]
    descriptor = Descriptor(4, "gto", 4.0, radial_gaussian_width=1.1, num_threads=1)
    compute = getattr(descriptor, method)
    expected = [compute(a) for a in frames]
    wrong: list = []

    def work(k):
        for _ in range(5):
            got = compute(frames[k])
            if not all(np.array_equal(a, b) for a, b in zip(got, expected[k], strict=True)):
                wrong.append(k)
        finished.append(k)

    finished: list = []
    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(frames))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(finished) == list(range(len(frames))) and not wrong


def test_coefficients_take_the_species_of_their_own_call():
    """As if a call of another thread, with other species, had ended in between."""
    one, two = random_atoms(1, 5, TRICLINIC, numbers=(6,)), random_atoms(2, 5, TRICLINIC)
    descriptor = Descriptor(2, "gto", 4.0, radial_gaussian_width=1.1)
    plain = descriptor._run

    def run(*arguments):
        yield from plain(*arguments)
        list(plain(two, "coefficients", None))

    expected = descriptor.coefficients(one)
    descriptor._run = run
    got = descriptor.coefficients(one)
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))


def test_frames_of_a_generator_are_let_go(monkeypatch):
    monkeypatch.setattr("anisoap_md.frames.batches.MOST_PARTICLES", 100)
    made, gone, most = 0, 0, 0

    def count():
        nonlocal gone
        gone += 1

    def stream():
        nonlocal made, most
        for k in range(200):
            atoms = random_atoms(k, 5, TRICLINIC)
            weakref.finalize(atoms, count)
            made += 1
            most = max(most, made - gone)
            yield atoms
            del atoms

    descriptor = Descriptor(2, "gto", 3.0, radial_gaussian_width=1.1)
    assert descriptor.power_spectrum(stream(), average="frame").shape[0] == 200
    assert 20 <= most <= 45
