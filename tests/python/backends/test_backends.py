# SPDX-License-Identifier: MIT
"""Every backend against the core."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, backends
from anisoap_md.backends import pairs
from testing.helpers import TRICLINIC, random_atoms

TORCH = ("torch", "torch_mixed")
OPTIONS = {
    "gto": {"l_max": 4, "cutoff": 3.5, "width": 1.1},
    "monomial": {"l_max": 3, "cutoff": 3.5, "basis": "monomial"},
    "max_radial": {"l_max": 3, "cutoff": 3.0, "width": 0.9, "max_radial": [1, 3, 0, 2]},
}
FRAMES = {
    "periodic": lambda: [random_atoms(1, 6, TRICLINIC), random_atoms(2, 3, TRICLINIC)],
    "cells smaller than the cutoff": lambda: [random_atoms(3, 2, 0.4 * TRICLINIC)],
    "slab": lambda: [slab()],
    "open": lambda: [random_atoms(5, 5, TRICLINIC, pbc=False), random_atoms(6, 1, TRICLINIC, pbc=False)],
    "no particles among others": lambda: [random_atoms(7, n, TRICLINIC) for n in (0, 4, 0)],
}


def slab():
    atoms = random_atoms(4, 4, TRICLINIC, pbc=[True, True, False])
    atoms.cell[2] = 0
    return atoms


def usable(name: str) -> backends.Backend:
    backend = backends.get(name)
    if reason := backend.available():
        pytest.skip(reason)
    return backend


def of_core(frames: list, options: backends.Options) -> list[np.ndarray]:
    descriptor = Descriptor(species=options.species, device="cpu", **options.hypers())
    return [descriptor.power_spectrum(atoms) for atoms in frames]


@pytest.mark.parametrize("name", backends.NAMES)
@pytest.mark.parametrize("given", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_values_are_those_of_the_core(name, given, make):
    options = backends.Options(species=["C", "O"], **given)
    frames = make()
    got = usable(name).prepare(frames, options)()
    expected = of_core(frames, options)
    assert [rows.dtype for rows in got] == [np.float64] * len(frames)
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8 * np.abs(other).max(initial=1e-300))


@pytest.mark.parametrize("name", TORCH)
def test_single_precision(name):
    frames = FRAMES["periodic"]()
    options = backends.Options(species=["C", "O"], precision="float32", **OPTIONS["gto"])
    got = usable(name).prepare(frames, options)()
    for one, other in zip(got, of_core(frames, options), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(other).max())


def test_batches_change_nothing(monkeypatch):
    frames = FRAMES["periodic"]()
    prepared = backends.get("numpy").prepare(frames, backends.Options(species=["C", "O"], **OPTIONS["gto"]))
    together = prepared()
    monkeypatch.setattr(pairs, "_MOST_PAIRS", 1)
    for one, other in zip(prepared(), together, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_conversion_is_timed_where_there_is_one():
    frames = FRAMES["periodic"]()
    options = backends.Options(species=["C", "O"], **OPTIONS["gto"])
    for name in backends.NAMES:
        prepared = usable(name).prepare(frames, options)
        prepared()
        first = prepared.conversion_seconds
        prepared()
        assert (first > 0) == (prepared.conversion_seconds > 0) == (name in TORCH)


def test_frames_are_read_when_it_is_prepared():
    frames = FRAMES["periodic"]()
    for name in backends.NAMES:
        atoms = frames[0].copy()
        prepared = usable(name).prepare([atoms], backends.Options(species=["C", "O"], **OPTIONS["gto"]))
        before = prepared()[0]
        atoms.positions += np.random.default_rng(0).normal(size=atoms.positions.shape)
        np.testing.assert_array_equal(prepared()[0], before)


def test_threads_are_put_back():
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    options = backends.Options(species=["C", "O"], threads=before + 1, **OPTIONS["gto"])
    backends.get("torch").prepare(FRAMES["periodic"](), options)()
    assert torch.get_num_threads() == before


def test_bad_input():
    with pytest.raises(ArgumentError, match="backend, got 'numpi'; expected .*did you mean 'numpy'"):
        backends.get("numpi")
    with pytest.raises(ArgumentError, match="radial_gaussian_width"):
        backends.Options(l_max=3, cutoff=3.0, species=["C"])
    with pytest.raises(ArgumentError, match="precision, got 'float16'"):
        backends.Options(precision="float16", species=["C"], **OPTIONS["gto"])
    with pytest.raises(ArgumentError, match="ranks, got 0; expected an integer >= 1"):
        backends.Options(ranks=0, species=["C"], **OPTIONS["gto"])
    for name in backends.NAMES:
        with pytest.raises(ArgumentError, match="species, got O of particle 1 in frame 0; expected one of C"):
            usable(name).prepare(FRAMES["periodic"](), backends.Options(species=["C"], **OPTIONS["gto"]))


@pytest.mark.parametrize("name", TORCH)
def test_devices_that_do_not_exist(name):
    options = backends.Options(species=["C", "O"], device="gpu", **OPTIONS["gto"])
    with pytest.raises(ArgumentError, match="device, got 'gpu'"):
        usable(name).prepare(FRAMES["periodic"](), options)
