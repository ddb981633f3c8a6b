# SPDX-License-Identifier: MIT
"""Descriptors on a device: arrays that stay there, memory, threads, forks. The values are those of the other tests, which run
on a device with pytest --device."""

import os
import pickle
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, FrameArrays, _core
from anisoap_md.frames import devices
from testing.helpers import TRICLINIC, assert_close, random_atoms

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


def test_memory_of_large_rows_is_used_again(device):
    """Never while somebody has the rows, views of them included."""
    d = descriptors(device)[1]
    frames = [random_atoms(k, 50, 2 * TRICLINIC) for k in range(200)]
    first, second = d.power_spectrum(frames), d.power_spectrum(frames[::-1])
    assert first.nbytes > 4 * 2**20 and first.flags.writeable and not np.shares_memory(first, second)
    view, place, copy = first[:50], first.ctypes.data, first.copy()
    del first
    third = d.power_spectrum(frames[::-1])
    np.testing.assert_array_equal(view, copy[:50])
    np.testing.assert_array_equal(third, second)
    del view
    fourth = d.power_spectrum(frames)
    fifth = d.power_spectrum(frames[::-1])
    assert fourth.ctypes.data == place and not np.shares_memory(fourth, fifth)
    np.testing.assert_array_equal(fourth, copy)


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


def by_image(centre) -> list[np.ndarray]:
    """What pairs of a centre have, in an order of their own."""
    order = np.lexsort(np.round(centre.r, 6).T)
    return [values[order] for values in (centre.neighbors, centre.r, centre.positions, centre.rotations)]


@pytest.mark.parametrize("symmetric", [False, True], ids=["full", "symmetric"])
@pytest.mark.parametrize(
    "changed", [{}, {"cutoff_function": "cosine", "cutoff_width": 1.5}], ids=["none", "cosine"]
)
@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_derivatives_are_those_of_the_processor(make, changed, symmetric, device):
    host, other = descriptors(device, **changed)
    for atoms in make():
        got, expected = (d.jacobian(atoms, symmetric=symmetric) for d in (other, host))
        size = max(np.abs(values).max(initial=0.0) for values in expected)
        for one, reference in zip(got, expected, strict=True):
            assert one.dtype == np.float64
            np.testing.assert_allclose(one, reference, rtol=0, atol=1e-10 * size)
        centres = [list(d.jacobian_by_centre(atoms, symmetric)) for d in (other, host)]
        for one, reference in zip(*centres, strict=True):
            assert one.centre == reference.centre
            assert_close(one.features, reference.features, 1e-12)
            for mine, values in zip(by_image(one), by_image(reference), strict=True):
                np.testing.assert_allclose(mine, values, rtol=0, atol=1e-10 * size)


def test_derivatives_of_other_bases(device, frames):
    bases = [
        {"subtract_center_contribution": True},
        {"max_radial": [2, 0, 1, 3, 0]},
        {"species": ["O", "N", "C"]},
    ]
    for changed in bases:
        host, other = descriptors(device, **changed)
        for got, expected in zip(other.jacobian(frames[0]), host.jacobian(frames[0]), strict=True):
            assert_close(got, expected, 1e-10)


def test_pairs_at_the_cutoff_are_none(device):
    """Neighbours stand at the cutoff itself, which is outside."""
    host, other = descriptors(device)
    for one, expected in zip(
        other.jacobian_by_centre(on_grid()), host.jacobian_by_centre(on_grid()), strict=True
    ):
        assert len(one.neighbors) == len(expected.neighbors)


def test_derivatives_in_single_precision_are_in_double(device, frames):
    host = descriptors(device)[0]
    other = descriptors(device, dtype="float32")[1]
    for got, expected in zip(other.jacobian(frames[0]), host.jacobian(frames[0]), strict=True):
        assert got.dtype == np.float64
        assert_close(got, expected, 1e-10)


def test_derivatives_of_some_centers(device, frames):
    """Rows of the particles asked for, in their order."""
    host, other = descriptors(device)
    centers = [4, 0, 1]
    for given in (centers, np.arange(5) == 3):
        got, expected = (d.jacobian(frames[0], centers=given) for d in (other, host))
        for one, reference in zip(got, expected, strict=True):
            assert_close(one, reference, 1e-10)
    numbers = [c.centre for c in other.jacobian_by_centre(frames[0], centers=centers)]
    assert numbers == centers


def test_derivatives_stay_on_the_device(device, frames):
    other = descriptors(device)[1]
    left = other.jacobian(frames[2], "rotations", symmetric=True, on_device=True)
    expected = other.jacobian(frames[2], "rotations", symmetric=True)
    assert left.positions is None and left.strain is None
    assert left.rotations.shape == expected.rotations.shape == (30, other.n_features_symmetric, 30, 3)
    np.testing.assert_array_equal(left.rotations.numpy(), expected.rotations)
    np.testing.assert_array_equal(left.numpy().features, expected.features)
    if left.rotations.__dlpack_device__()[0] == 1:
        np.testing.assert_array_equal(np.from_dlpack(left.rotations), expected.rotations)


def test_errors_of_derivatives_are_those_of_the_processor(device, frames):
    frames[2].arrays["c_q"][3] = 0
    texts = []
    for one in descriptors(device):
        for call in (one.jacobian, one.jacobian_by_centre):
            with pytest.raises(ArgumentError, match="frame 0, particle 3: quaternion") as caught:
                call(frames[2])
            texts.append(str(caught.value))
    assert len(set(texts)) == 1


def test_sums_over_centres_are_those_of_pairs(device, frames):
    """Of many frames at once, one of them without particles."""
    other = descriptors(device, cutoff_function="cosine", cutoff_width=1.0)[1]
    hypers, species = other._core_for((6, 8)).hypers, (6, 8)
    engine = _core.DeviceJacobian(hypers, "symmetric", 0.8)
    every = [frames[0], random_atoms(1, 0, TRICLINIC), *frames[1:]]
    found = engine.sums(every, species)
    expected = {name: np.zeros_like(values) for name, values in found.items()}
    first = 0
    for k, atoms in enumerate(every):
        pairs = _core.pair_jacobian(hypers, atoms, species, 0.8)
        expected["features"][first : first + len(atoms)] = pairs["features"]
        for i, j, r, d in zip(pairs["i"], pairs["j"], pairs["r"], pairs["jacobian"], strict=True):
            s = species.index(atoms.numbers[i])
            expected["motion"][first + j, s] += d
            expected["motion"][first + i, s, :3] -= d[:3]
            expected["virial"][k, s] += (r[:, None, None] * d[:3]).reshape(9, -1)
        first += len(atoms)
    for name, values in found.items():
        assert_close(values, expected[name], 1e-10)


@pytest.mark.parametrize("centres", [[3, 0, 4], [1, 2, 3], np.array([4]), []])
def test_rows_of_some_centres(device, frames, centres):
    engine = _core.DeviceJacobian(descriptors(device)[1]._core_for((6, 8)).hypers)
    found, every = (
        engine.dense(frames[0], (6, 8), True, True, True, centres=given) for given in (centres, None)
    )
    for name, values in found.items():
        assert values.shape[0] == len(centres)
        np.testing.assert_array_equal(values.numpy(), every[name].numpy()[np.array(centres, dtype=int)])


@pytest.mark.parametrize("centres, got", [([1, 5], 5), ([-1], -1), ([2, 0, 2], 2)])
def test_centres_that_are_none(device, frames, centres, got):
    engine = _core.DeviceJacobian(descriptors(device)[1]._core_for((6, 8)).hypers)
    with pytest.raises(
        ArgumentError, match=f"centres, got {got}; expected particles of the frame, each once"
    ):
        engine.dense(frames[0], (6, 8), True, True, True, centres=centres)


def test_ranges_and_frames_of_derivatives_are_checked(device, frames):
    engine = _core.DeviceJacobian(descriptors(device)[1]._core_for((6, 8)).hypers)
    with pytest.raises(ArgumentError, match="range of centres, got 3 to 9; expected first <= last <= 5"):
        engine.pairs(frames[0], (6, 8), first=3, last=9)
    with pytest.raises(ArgumentError, match="density_scale, got -1.0+; expected a finite number > 0"):
        _core.DeviceJacobian(descriptors(device)[1]._core_for((6, 8)).hypers, "symmetric", -1.0)
    with pytest.raises(ArgumentError, match="quantity, got 'coefficients'; expected a power spectrum"):
        _core.DeviceJacobian(descriptors(device)[1]._core_for((6, 8)).hypers, "coefficients")


def test_arrays_are_given_as_they_are_asked_for(device, frames):
    """Arguments of the array API: copies, and arrays for the host."""
    rows = descriptors(device)[1].power_spectrum(frames, on_device=True)
    expected = rows.numpy()
    at_home = np.from_dlpack(rows, device="cpu") if np.lib.NumpyVersion(np.__version__) >= "2.1.0" else rows
    np.testing.assert_array_equal(np.asarray(at_home), expected)
    here = rows.__dlpack_device__()
    assert "dltensor" in repr(rows.__dlpack__(dl_device=here, copy=True))
    with pytest.raises(BufferError, match="expected that of the array, or of the host"):
        rows.__dlpack__(dl_device=(99, 0))
    if here[0] != 1:
        with pytest.raises(BufferError, match="copy=False"):
            rows.__dlpack__(dl_device=(1, 0), copy=False)


def test_copies_are_apart(device, frames):
    rows = descriptors(device)[1].power_spectrum(frames, on_device=True)
    if rows.__dlpack_device__()[0] != 1 or np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("NumPy takes arrays of the host alone, and copies from 2.1 on")
    shared, apart = np.from_dlpack(rows), np.from_dlpack(rows, copy=True)
    assert not np.shares_memory(shared, apart)
    np.testing.assert_array_equal(shared, apart)


def test_kernels_for_any_degree_are_told_once(device, frames, monkeypatch):
    monkeypatch.setattr(devices, "_told", set())
    most = _core.device_support()["unrolled_degree"]
    if most > 23:
        pytest.skip("this build has kernels for every degree")
    slow = Descriptor(most + 1, "gto", 4.0, **ARGUMENTS, max_radial=0, device=device)
    with pytest.warns(UserWarning, match=f"degree {most + 1} .* up to {most}, which this build has"):
        slow.power_spectrum(frames[0])
    again = Descriptor(most + 1, "gto", 4.0, **ARGUMENTS, max_radial=0, device=device)
    for quick in (again, Descriptor(most, "gto", 4.0, **ARGUMENTS, max_radial=0, device=device)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            quick.power_spectrum(frames[0])


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


def test_rows_that_overflow_are_refused(device):
    frames = [random_atoms(k, 5, TRICLINIC, numbers=(6,)) for k in range(3)]
    frames[2].arrays["c_diameter[1]"][3] = 1e140
    for name in ("cpu", device):
        one = Descriptor(6, "monomial", 4.0, species=["C"], device=name)
        with pytest.raises(
            ArgumentError, match=r"descriptor of centre 1[0-4], got numbers that overflow; .* 4$"
        ):
            one.power_spectrum(frames)
    with pytest.raises(ArgumentError, match="descriptor of centre 1[0-4], got numbers that overflow"):
        one.power_spectrum(frames, on_device=True)


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
import gc, os, sys
import numpy as np
from anisoap_md import Descriptor
from ase import Atoms
other = Descriptor(2, "gto", 4.0, radial_gaussian_width=1.1, species=["C"], device=sys.argv[1])
atoms = Atoms("C", positions=[[0, 0, 0]])
atoms.arrays.update({"c_q": np.array([[1.0, 0, 0, 0]]), "shape": np.ones((1, 3))})
rows = other.power_spectrum(atoms, on_device=True)
other.jacobian(atoms)
child = os.fork()
if child == 0:
    del other, rows  # what its parent made is left alone
    gc.collect()
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
