# SPDX-License-Identifier: MIT
"""Rows of some particles, selected columns, and both kinds of means, against slices and sums of whole results."""

import numpy as np
import pytest
from anisoap_md import Descriptor, FrameArrays
from anisoap_md.descriptors import selection
from scipy.spatial.transform import Rotation
from testing.helpers import TRICLINIC, assert_close, random_atoms, rotated


def descriptor(**others) -> Descriptor:
    """On the processor unless told: a device takes no selections for power spectra."""
    given = {"radial_gaussian_width": 1.1, "species": ["C", "O"], "num_threads": 2, "device": "cpu", **others}
    return Descriptor(3, "gto", 4.0, **given)


@pytest.fixture
def frames():
    return [random_atoms(k, 3 + 2 * k, TRICLINIC) for k in range(4)]


CHOICES = {
    "indices": [2, 0],
    "negative": np.array([-1, 1]),
    "function of indices": lambda atoms: np.arange(len(atoms))[::-2],
    "function of a mask": lambda atoms: atoms.numbers == 6,
    "lists": [[0], [4, 1], [], [8, 0, 3]],
    "masks": [np.arange(3 + 2 * k) % 2 == 0 for k in range(4)],
    "none": [],
}


def indices(centers, frames):
    """Particles counted through all frames, by plain slices."""
    parts, first = [], 0
    for k, atoms in enumerate(frames):
        entry = centers(atoms) if callable(centers) else centers
        if isinstance(centers, list) and centers and np.ndim(centers[0]):
            entry = centers[k]
        parts += np.arange(first, first + len(atoms))[
            np.asarray(entry, bool if np.asarray(entry).dtype == bool else int)
        ].tolist()
        first += len(atoms)
    return parts


@pytest.mark.parametrize("name", CHOICES)
def test_rows_are_slices_of_all_rows(frames, name, monkeypatch):
    centers, d = CHOICES[name], descriptor()
    chosen = indices(centers, frames)
    whole, blocks = d.power_spectrum(frames, symmetric=True), d.coefficients(frames)
    for given in (frames, (atoms for atoms in frames)):
        assert np.array_equal(d.power_spectrum(given, symmetric=True, centers=centers), whole[chosen])
    for block, expected in zip(d.coefficients(frames, centers=centers), blocks, strict=True):
        assert np.array_equal(block, expected[chosen])
    monkeypatch.setattr("anisoap_md.frames.batches.MOST_FRAMES", 2)
    assert np.array_equal(d.power_spectrum(frames, symmetric=True, centers=centers), whole[chosen])


def test_rows_of_arrays_and_single_precision(frames):
    arrays = FrameArrays.from_atoms(frames)
    centers = CHOICES["lists"]
    for d in (descriptor(), descriptor(dtype="float32")):
        whole = d.power_spectrum(arrays)
        got = d.power_spectrum(arrays, centers=centers)
        assert np.array_equal(got, whole[indices(centers, frames)]) and got.dtype == whole.dtype


def test_means_are_those_of_the_centers(frames):
    d = descriptor()
    got = d.power_spectrum(frames, average="frame", centers=lambda atoms: atoms.numbers == 8)
    for row, atoms in zip(got, frames, strict=True):
        assert_close(row, d.power_spectrum(atoms)[atoms.numbers == 8].mean(axis=0), 1e-13)


def spectrum(blocks, symmetric: bool) -> np.ndarray:
    """p of coefficients [2 l + 1, n_l, n_species] for each l, as documented."""
    out = []
    for l, c in enumerate(blocks):
        c = c.reshape(2 * l + 1, -1)
        p = (-1) ** l / np.sqrt(2 * l + 1) * c.T @ c
        if symmetric:
            rows, columns = np.triu_indices(len(p))
            out.append(p[rows, columns] * np.where(rows == columns, 1, np.sqrt(2)))
        else:
            out.append(p.ravel())
    return np.concatenate(out)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("dtype, bound", [("float64", 1e-13), ("float32", 1e-5)])
def test_inner_means_are_spectra_of_mean_coefficients(frames, symmetric, dtype, bound):
    d, exact = descriptor(dtype=dtype), descriptor()
    centers = lambda atoms: atoms.numbers == 6  # noqa: E731
    for chosen in (None, centers):
        got = d.power_spectrum(frames, symmetric=symmetric, average="inner", centers=chosen)
        assert got.dtype == dtype and len(got) == len(frames)
        for row, atoms in zip(got, frames, strict=True):
            mask = np.ones(len(atoms), bool) if chosen is None else chosen(atoms)
            means = [block[mask].mean(axis=0) for block in exact.coefficients(atoms)]
            assert_close(row, spectrum(means, symmetric), bound)
    assert np.array_equal(
        d.power_spectrum(FrameArrays.from_atoms(frames), symmetric, "inner"),
        d.power_spectrum(frames, symmetric, "inner"),
    )


def test_an_inner_mean_knows_relative_orientations(frames):
    """It is that of one environment for equal ones, and changes where one of them is turned; the outer mean does not."""
    d = descriptor(species=["C"])
    pair = random_atoms(3, 2, TRICLINIC, pbc=False, numbers=(6,))
    pair.positions[:] = [[0, 0, 0], [0, 0, 1.5]]
    far = pair.copy()
    far.positions += 100
    turned = rotated(far, Rotation.from_rotvec([0.7, 0.2, 0.1]))
    inner, outer = (
        [d.power_spectrum(pair + other, average=name)[0] for other in (far, turned)]
        for name in ("inner", "frame")
    )
    assert_close(inner[0], d.power_spectrum(pair, average="inner")[0], 1e-12)
    assert_close(outer[1], outer[0], 1e-12)
    assert np.abs(inner[1] - inner[0]).max() > 5e-3 * np.abs(inner[0]).max()
    whole = rotated(pair + turned, Rotation.from_rotvec([0.1, 1.2, 0.4]))
    assert_close(d.power_spectrum(whole, average="inner")[0], inner[1], 1e-12)


def test_empty_frames_have_zeros_as_inner_mean():
    frames = [random_atoms(1, 0, TRICLINIC), random_atoms(2, 3, TRICLINIC)]
    rows = descriptor().power_spectrum(frames, average="inner")
    assert not rows[0].any() and rows[1].any()
    assert descriptor().power_spectrum([], average="inner").shape == (0, rows.shape[1])


@pytest.mark.parametrize("centers", [[3, 1], [0], [4, 5, 6, 2, 0], [], np.arange(9) % 3 == 1, [-1]])
def test_jacobians_are_slices_of_the_whole_one(frames, centers):
    d, atoms = descriptor(), frames[3]
    rows = np.arange(9)[np.asarray(centers, bool if len(centers) == 9 else int)]
    for symmetric in (False, True):
        whole, part = (
            d.jacobian(atoms, symmetric=symmetric),
            d.jacobian(atoms, symmetric=symmetric, centers=centers),
        )
        for got, expected in zip(part, whole, strict=True):
            assert np.array_equal(got, expected[rows])
    by_centre = list(d.jacobian_by_centre(atoms, centers=centers))
    every = list(d.jacobian_by_centre(atoms))
    assert [c.centre for c in by_centre] == rows.tolist()
    for c in by_centre:
        for got, expected in zip(c, every[c.centre], strict=True):
            assert np.array_equal(got, expected)


def test_jacobians_of_some_centers_come_in_small_blocks(frames, monkeypatch):
    monkeypatch.setattr("anisoap_md.descriptors.jacobian._BLOCK_BYTES", 1)
    d, atoms = descriptor(), frames[3]
    got = d.jacobian(atoms, centers=[1, 2, 3, 7]).positions
    assert np.array_equal(got, d.jacobian(atoms).positions[[1, 2, 3, 7]])


def test_columns_are_slices(frames):
    d = descriptor()
    whole = d.power_spectrum(frames)
    mask = np.arange(whole.shape[1]) % 5 == 0
    assert np.array_equal(d.power_spectrum(frames, features=[7, 0, -1]), whole[:, [7, 0, -1]])
    assert np.array_equal(
        d.power_spectrum(frames, features=mask, centers=[1]), whole[indices([1], frames)][:, mask]
    )
    got = d.power_spectrum(frames, average="inner", symmetric=True, features=[3])
    assert np.array_equal(got, d.power_spectrum(frames, average="inner", symmetric=True)[:, [3]])
    assert d.power_spectrum([], features=[1, 2]).shape == (0, 2)


BAD = {
    "beyond": ([5], "centers of frame 0, got 5; expected indices of the 3 particles"),
    "in a later frame": (lambda a: [len(a) - 1] if len(a) < 7 else [9], "centers of frame 2, got 9; "),
    "twice": ([1, -2], "centers of frame 0, got 1 twice; expected indices, each once, or a mask"),
    "short mask": ([True, False], "got a mask of 2 entries; expected 3, one for each of the particles"),
    "mask of one frame": (np.ones(3, bool), "centers of frame 1, got a mask of 3 entries; expected 5"),
    "floats": ([0.5], "centers of frame 0, got an array of float64"),
    "words": (["C"], "centers of frame 0, got an array of <U1"),
    "few lists": ([[0], [1]], "centers, got 2 lists for more frames; expected one list for each frame"),
    "many lists": ([[0]] * 5, "centers, got 5 lists for 4 frames"),
    "a number": (3, r"centers of frame 0, got an array of shape \(\); expected indices"),
    "ragged": (lambda a: [[0], [1, 2]], "centers of frame 0, got lists of different lengths"),
}


@pytest.mark.parametrize("name", BAD)
def test_centers_that_cannot_be_used(frames, name):
    centers, text = BAD[name]
    for call in (descriptor().power_spectrum, descriptor().coefficients):
        with pytest.raises(ValueError, match=text):
            call(frames, centers=centers)


def test_other_errors_of_selections(frames):
    d = descriptor()
    with pytest.raises(ValueError, match="centers, got a selection with on_device=True; expected None"):
        d.power_spectrum(frames, on_device=True, centers=[0])
    with pytest.raises(ValueError, match="features, got a selection with on_device=True"):
        d.power_spectrum(frames, on_device=True, features=[0])
    with pytest.raises(TypeError, match="centers, got a function with arrays of frames"):
        d.power_spectrum(FrameArrays.from_atoms(frames), centers=lambda atoms: [0])
    with pytest.raises(ValueError, match="features, got 99999; expected indices of the"):
        d.power_spectrum(frames, features=[99999])
    with pytest.raises(ValueError, match="centers, got 9; expected indices of the 3 particles"):
        d.jacobian(frames[0], centers=[9])
    with pytest.raises(
        ValueError, match="average, got 'iner'; expected None, 'frame' or 'inner', did you mean 'inner'"
    ):
        d.power_spectrum(frames, average="iner")
    with pytest.raises(ValueError, match="shape of coefficients, got .*; expected"):
        d._core_for((6, 8)).power_spectra(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="power spectrum of row 1, got numbers that overflow"):
        n = d._core_for((6, 8)).row_length("coefficients")
        d._core_for((6, 8)).power_spectra(np.array([np.zeros(n), np.full(n, 1e200)]))
    with pytest.raises(ValueError, match="centres, got 3; expected each particle of the frames once"):
        d._core_for((6, 8)).compute(frames[:1], (6, 8), centres=np.array([0, 3]))


def test_a_selection_is_refused_on_a_device(frames, monkeypatch):
    d = descriptor()
    monkeypatch.setattr(d, "_device", "cuda")
    with pytest.raises(
        ValueError, match="centers, got a selection with device 'cuda'; expected device='cpu'"
    ):
        d.power_spectrum(frames, centers=[0])


def test_runs():
    assert selection.runs_of(np.array([4, 5, 6, 2, 0, 1])) == [(4, 7), (2, 3), (0, 2)]
    assert selection.runs_of(np.empty(0, int)) == [(0, 0)]
