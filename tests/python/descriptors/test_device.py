# SPDX-License-Identifier: MIT
"""Descriptors on a device: arrays that stay there, memory, threads, forks. The values are those of the other tests, which run
on a device with pytest --device."""

import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, FrameArrays, _core
from helpers import TRICLINIC, assert_close, random_atoms

ARGUMENTS = {"radial_gaussian_width": 1.1, "species": ["C", "O"]}


def descriptors(device: str, **changed) -> tuple[Descriptor, Descriptor]:
    """One of the processor, one of the device."""
    given = ARGUMENTS | changed
    return tuple(Descriptor(4, "gto", 4.0, **given, device=name) for name in ("cpu", device))


FRAMES = {
    "periodic": lambda: [random_atoms(1, 40, 2 * TRICLINIC)],
    "cells smaller than the cutoff": lambda: [
        random_atoms(2, 3, 0.3 * TRICLINIC),
        random_atoms(3, 1, [1.0, 9.0, 2.0]),
    ],
    "open": lambda: [
        random_atoms(4, 30, [9.0, 2.0, 30.0], pbc=False),
        random_atoms(5, 1, TRICLINIC, pbc=False),
    ],
    "open in parts": lambda: [
        random_atoms(6 + k, 25, TRICLINIC, pbc=[k & 1, k & 2, k & 4]) for k in range(8)
    ],
    "outside the cell": lambda: [moved(random_atoms(15, 20, TRICLINIC), 50.0)],
    "far apart": lambda: [moved(random_atoms(16, 3, TRICLINIC, pbc=False), [[0], [1e4], [-1e5]])],
    "on faces of cells": lambda: [on_grid()],
    "no particles among others": lambda: [random_atoms(17, n, TRICLINIC) for n in (0, 7, 0, 0, 2, 0)],
    "none": lambda: [random_atoms(18, 0, TRICLINIC)],
}


def moved(atoms, by):
    atoms.positions += by
    return atoms


def on_grid():
    atoms = random_atoms(19, 27, [12.0, 12.0, 12.0])
    atoms.positions = 4.0 * np.stack(np.meshgrid(*[range(3)] * 3), axis=-1).reshape(-1, 3)
    atoms.positions[5:9] -= 12.0
    return atoms


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_rows_are_those_of_the_processor(make, device):
    host, other = descriptors(device)
    for symmetric in (False, True):
        expected = host.power_spectrum(make(), symmetric=symmetric)
        assert_close(other.power_spectrum(make(), symmetric=symmetric), expected, 1e-12)
    for got, expected in zip(other.coefficients(make()), host.coefficients(make()), strict=True):
        assert_close(got, expected, 1e-12)


def test_many_frames_of_all_sizes(device):
    rng = np.random.default_rng(3)
    frames = [
        random_atoms(100 + k, int(rng.integers(0, 60)), rng.uniform(0.5, 2) * TRICLINIC) for k in range(60)
    ]
    host, other = descriptors(device)
    expected = host.power_spectrum(frames)
    got = other.power_spectrum(frames)
    assert_close(got, expected, 1e-12)
    np.testing.assert_array_equal(other.power_spectrum(frames), got)  # to the bit
    np.testing.assert_array_equal(other.power_spectrum(iter(frames)), got)


def test_single_precision(device, frames):
    host, other = descriptors(device, dtype="float32")
    got = other.power_spectrum(frames)
    assert got.dtype == np.float32
    assert_close(got, Descriptor(4, "gto", 4.0, **ARGUMENTS).power_spectrum(frames), 1e-4)


def test_rows_stay_on_the_device(device, frames):
    host, other = descriptors(device)
    rows = other.power_spectrum(frames, on_device=True)
    assert rows.shape == (36, other.n_features) and len(rows) == 36 and rows.dtype == np.float64
    np.testing.assert_array_equal(rows.numpy(), other.power_spectrum(frames))
    np.testing.assert_array_equal(np.asarray(rows), rows.numpy())
    if rows.__dlpack_device__()[0] == 1:
        shared = np.from_dlpack(rows)
        expected = rows.numpy()
        del rows
        np.testing.assert_array_equal(shared, expected)  # the memory lives as long as whoever took it


def test_arrays_of_the_device(device, frames):
    host, other = descriptors(device)
    arrays = FrameArrays.from_atoms(frames).to_device()
    assert arrays.on_device and arrays.to_device() is arrays
    assert_close(other.power_spectrum(arrays), host.power_spectrum(frames), 1e-12)
    assert_close(other.power_spectrum(arrays, on_device=True).numpy(), host.power_spectrum(frames), 1e-12)
    with pytest.raises(ArgumentError, match="frames, got arrays on the device, and device 'cpu'"):
        host.power_spectrum(arrays)


def test_wrong_particles_in_arrays_of_the_device(device, frames):
    frames[1].positions[0, 2] = np.nan
    other = descriptors(device)[1]
    with pytest.raises(ArgumentError, match=r"frame 1, particle 0: position is not finite"):
        other.power_spectrum(FrameArrays.from_atoms(frames).to_device())


def test_shapes_and_sides_of_arrays_of_the_device(device):
    other = descriptors(device)[1]
    ones, short = _core.to_device(np.ones((5, 3))), _core.to_device(np.ones((5, 2)))
    with pytest.raises(ArgumentError, match=r"shape of array 'quaternions', got \(5, 2\); expected \(5, 4\)"):
        other.power_spectrum(FrameArrays(ones, short, ones, 6))
    with pytest.raises(
        ArgumentError, match="quaternions, got an array of the host; expected one of the device"
    ):
        FrameArrays(ones, np.ones((5, 4)), ones, 6)
    with pytest.raises(
        ArgumentError, match="diameters, got an array of the device; expected one of the host"
    ):
        FrameArrays(np.ones((5, 3)), np.ones((5, 4)), ones, 6)


def test_arrays_of_cupy_and_torch(device, frames):
    """Taken and given without a copy; another type or order is refused by name."""
    if _core.device_support()["space"] != "cuda":
        pytest.skip("CuPy and torch hold arrays of CUDA alone")
    cupy, torch = pytest.importorskip("cupy"), pytest.importorskip("torch")
    host, other = descriptors(device)
    expected = host.power_spectrum(frames)
    on_host = FrameArrays.from_atoms(frames)
    boxes = {"counts": on_host.counts, "cells": on_host.cells, "pbc": on_host.pbc}
    for put in (cupy.asarray, lambda a: torch.as_tensor(a, device="cuda")):
        x, q, d = (put(a) for a in (on_host.positions, on_host.quaternions, on_host.diameters))
        rows = other.power_spectrum(FrameArrays(x, q, d, on_host.numbers, **boxes), on_device=True)
        assert_close(cupy.asnumpy(cupy.from_dlpack(rows)), expected, 1e-12)
        assert_close(torch.from_dlpack(rows).cpu().numpy(), expected, 1e-12)
    wrong = {
        "dtype of array 'positions', got float32": x.float(),
        "array 'positions', got strides of another order": x.T.contiguous().T,
    }
    for text, array in wrong.items():
        with pytest.raises(ArgumentError, match=text):
            other.power_spectrum(FrameArrays(array, q, d, on_host.numbers, **boxes))


def test_errors_are_those_of_the_processor(device, frames):
    host, other = descriptors(device)
    frames[2].arrays["c_q"][3] = 0
    frames[2].positions[20] = 1e30
    texts = []
    for one in (host, other):
        with pytest.raises(ArgumentError) as caught:
            one.power_spectrum(frames)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert_close(
        other.power_spectrum(frames[:2]), host.power_spectrum(frames[:2]), 1e-12
    )  # the next call works


def test_a_cell_too_thin_is_refused(device):
    texts = []
    for one in descriptors(device):
        with pytest.raises(
            ArgumentError, match=r"frame 0, cutoff_radius, got 4; .*images of the cell"
        ) as caught:
            one.power_spectrum(random_atoms(1, 20, [5.0, 5.0, 1e-9]))
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def test_results_that_live_side_by_side(device):
    """The memory of one that is gone is used again, never that of one that is held."""
    other = descriptors(device)[1]
    frames = [[random_atoms(k, 20, TRICLINIC)] for k in range(4)]
    expected = [other.power_spectrum(one) for one in frames]
    held = [other.power_spectrum(one, on_device=True) for one in frames[:2]]
    del held[0]
    held += [other.power_spectrum(one, on_device=True) for one in frames[2:]]
    for rows, values in zip(held, expected[1:], strict=True):
        np.testing.assert_array_equal(rows.numpy(), values)


def test_auto_reads_arrays_where_they_are(device, frames):
    arrays = FrameArrays.from_atoms(frames).to_device()
    host = descriptors(device)[0]
    automatic = Descriptor(4, "gto", 4.0, **ARGUMENTS, device="auto")
    assert_close(automatic.power_spectrum(arrays), host.power_spectrum(frames), 1e-12)


def test_devices_that_do_not_exist():
    for name in ("gpu", "cuda:99", ""):
        with pytest.raises(ArgumentError, match=f"device, got '{name}'; expected"):
            Descriptor(4, "gto", 4.0, **ARGUMENTS, device=name)


def test_auto_is_right_and_needs_no_device(frames):
    automatic = Descriptor(4, "gto", 4.0, **ARGUMENTS, device="auto")
    expected = Descriptor(4, "gto", 4.0, **ARGUMENTS, device="cpu")
    many = [random_atoms(7, 5200, 12 * TRICLINIC)]
    assert_close(automatic.power_spectrum(frames), expected.power_spectrum(frames), 1e-12)
    assert_close(automatic.power_spectrum(many), expected.power_spectrum(many), 1e-12)


def test_on_device_needs_one():
    with pytest.raises(ArgumentError, match="on_device, got True with device 'cpu'"):
        Descriptor(4, "gto", 4.0, **ARGUMENTS, device="cpu").power_spectrum(
            random_atoms(1, 3, TRICLINIC), on_device=True
        )


def test_copies_keep_the_device(device):
    other = descriptors(device)[1]
    assert other._device == device
    copy = pickle.loads(pickle.dumps(other))
    frame = random_atoms(1, 9, TRICLINIC)
    np.testing.assert_array_equal(copy.power_spectrum(frame), other.power_spectrum(frame))


def test_threads_take_turns(device):
    host, other = descriptors(device)
    every = [[random_atoms(50 + k, 30 + k, 1.5 * TRICLINIC)] for k in range(6)]
    expected = [host.power_spectrum(frames) for frames in every]
    got = [None] * len(every)

    def work(k: int) -> None:
        for _ in range(5):
            got[k] = other.power_spectrum(every[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(every))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other_one in zip(got, expected, strict=True):
        assert_close(one, other_one, 1e-12)


FORKED = """
import os, sys
from anisoap_md import Descriptor
other = Descriptor(2, "gto", 4.0, radial_gaussian_width=1.1, species=["C"], device=sys.argv[1])
child = os.fork()
if child == 0:
    try:
        Descriptor(2, "gto", 4.0, radial_gaussian_width=1.1, species=["C"], device=sys.argv[1])
    except RuntimeError as error:
        print(error)
        sys.stdout.flush()
        os._exit(0)
    os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork_cannot_use_the_device(device):
    done = subprocess.run(
        [sys.executable, "-c", FORKED, device], capture_output=True, text=True, env=os.environ, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was started before this process was forked" in done.stdout
    assert "'spawn'" in done.stdout
