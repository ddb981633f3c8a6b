# SPDX-License-Identifier: MIT
"""The class Descriptor: shapes, labels, species, averages, streams, JSON."""

import copy
import json
import pickle

import anisoap_md
import numpy as np
import pytest
from anisoap_md import Descriptor
from ase import Atoms
from testing.helpers import TRICLINIC, assert_close, make_atoms, random_atoms

GTO = {"max_angular": 3, "radial_basis_name": "gto", "cutoff_radius": 4.0, "radial_gaussian_width": 1.1}
EMPTY = make_atoms([], [], [], [])


def test_shapes(descriptor, frames):
    n = sum(map(len, frames))
    assert descriptor.num_radial == [3, 2, 2, 1, 1]
    assert [c.shape for c in descriptor.coefficients(frames)] == [
        (n, 2 * l + 1, n_l, 2) for l, n_l in enumerate(descriptor.num_radial)
    ]
    assert descriptor.n_features == sum((2 * n_l) ** 2 for n_l in descriptor.num_radial)
    assert descriptor.power_spectrum(frames).shape == (n, descriptor.n_features)
    assert descriptor.power_spectrum(frames, symmetric=True).shape == (n, descriptor.n_features_symmetric)
    assert descriptor.power_spectrum(frames, average="frame").shape == (len(frames), descriptor.n_features)


@pytest.mark.parametrize(
    ("max_radial", "expected"), [(None, [2, 2, 1, 1]), (2, [3, 3, 3, 3]), ([2, 0, 1, 3], [3, 1, 2, 4])]
)
def test_max_radial(max_radial, expected):
    assert Descriptor(**GTO, max_radial=max_radial).num_radial == expected
    if isinstance(max_radial, list):
        assert Descriptor(**GTO, max_radial=np.array(max_radial)).num_radial == expected


def test_labels_tell_what_the_columns_are(descriptor, frames):
    c = descriptor.coefficients(frames)
    labels = descriptor.feature_labels
    assert labels.dtype.names == ("l", "n", "species", "n'", "species'")
    assert len(np.unique(labels)) == len(labels) == descriptor.n_features
    column = {6: 0, 8: 1}
    p = descriptor.power_spectrum(frames)
    expected = np.empty_like(p)
    for k, (l, n, s, n2, s2) in enumerate(labels.tolist()):
        sums = np.sum(c[l][:, :, n, column[s]] * c[l][:, :, n2, column[s2]], axis=1)
        expected[:, k] = (-1) ** l / np.sqrt(2 * l + 1) * sums
    assert_close(p, expected, 1e-14)


def test_columns_run_l_n_species_with_the_last_species_fastest(descriptor):
    order = ("l", "n", "species", "n'", "species'")
    assert np.array_equal(np.sort(descriptor.feature_labels, order=order), descriptor.feature_labels)


def test_symmetric_columns_keep_inner_products(descriptor, frames):
    full, symmetric = descriptor.power_spectrum(frames), descriptor.power_spectrum(frames, symmetric=True)
    assert_close(symmetric @ symmetric.T, full @ full.T, 1e-13)
    columns = {tuple(label): k for k, label in enumerate(descriptor.feature_labels.tolist())}
    for k, label in enumerate(descriptor.feature_labels_symmetric.tolist()):
        l, n, s, n2, s2 = label
        assert (n, s) <= (n2, s2)
        factor = 1 if (n, s) == (n2, s2) else np.sqrt(2)
        assert_close(symmetric[:, k], factor * full[:, columns[label]], 1e-14)


def test_order_of_species_is_the_callers():
    atoms = random_atoms(1, 8, TRICLINIC)
    one = Descriptor(**GTO, species=["O", "C"])
    other = Descriptor(**GTO, species=np.array([6, 8]))
    assert one.species_ == (8, 6) and other.species_ == (6, 8)
    for a, b in zip(one.coefficients(atoms), other.coefficients(atoms), strict=True):
        assert np.array_equal(a, b[..., ::-1])


def test_species_that_no_particle_has_give_zeros():
    atoms = random_atoms(1, 8, TRICLINIC, numbers=(8,))
    descriptor = Descriptor(**GTO, species=["C", "O", "H"])
    labels, p = descriptor.feature_labels, descriptor.power_spectrum(atoms)
    only = (labels["species"] == 8) & (labels["species'"] == 8)
    assert not p[:, ~only].any()
    assert np.array_equal(p[:, only], Descriptor(**GTO, species=[8]).power_spectrum(atoms))


def test_species_of_the_frames_are_the_default():
    frames = [
        random_atoms(1, 4, TRICLINIC, numbers=(8,)),
        EMPTY,
        random_atoms(2, 4, TRICLINIC, numbers=(6, 1)),
    ]
    free = Descriptor(**GTO)
    for name in ("species_", "n_features", "feature_labels"):
        assert not hasattr(free, name)
        with pytest.raises(ValueError, match="species, got None before the first call; expected species="):
            getattr(free, name)
    with pytest.raises(ValueError, match="species, got None before the first call"):
        free.to_json()
    p = free.power_spectrum(frames)
    assert free.species_ == (1, 6, 8)
    assert np.array_equal(p, Descriptor(**GTO, species=[1, 6, 8]).power_spectrum(frames))
    free.power_spectrum(frames[0])
    assert free.species_ == (8,)


def test_species_of_a_generator_are_those_of_its_first_filled_frame():
    frames = [EMPTY, random_atoms(1, 4, TRICLINIC), random_atoms(2, 3, TRICLINIC, numbers=(8,))]
    free = Descriptor(**GTO)
    assert np.array_equal(free.power_spectrum(iter(frames)), free.power_spectrum(frames))
    with pytest.raises(ValueError, match=r"frame 2, particle 0: species.* got 1;.*pass species=\[\.\.\.\]"):
        free.power_spectrum(iter([*frames[:2], random_atoms(3, 2, TRICLINIC, numbers=(1,))]))


def test_averages(descriptor, frames):
    with_empty = [*frames[:1], EMPTY, *frames[1:], EMPTY]
    expected = [descriptor.power_spectrum(a).mean(axis=0) for a in frames]
    expected = np.array([expected[0], 0 * expected[0], *expected[1:], 0 * expected[0]])
    assert_close(descriptor.power_spectrum(with_empty, average="frame"), expected, 1e-14)
    symmetric = descriptor.power_spectrum(with_empty, symmetric=True, average="frame")
    assert_close(symmetric[0], descriptor.power_spectrum(frames[0], symmetric=True).mean(axis=0), 1e-14)


def test_single_precision_averages_are_summed_in_double(frames):
    descriptor = Descriptor(**GTO, species=[6, 8], dtype="float32")
    means = descriptor.power_spectrum(frames, average="frame")
    assert means.dtype == np.float32
    rows = descriptor.power_spectrum(frames[2]).astype(float)
    assert np.array_equal(means[2], rows.mean(axis=0).astype(np.float32))


def test_empty_frames(descriptor, frames):
    assert descriptor.power_spectrum(EMPTY).shape == (0, descriptor.n_features)
    assert descriptor.power_spectrum([]).shape == (0, descriptor.n_features)
    assert descriptor.power_spectrum(iter([])).shape == (0, descriptor.n_features)
    assert descriptor.power_spectrum([], average="frame").shape == (0, descriptor.n_features)
    assert descriptor.power_spectrum(EMPTY, average="frame").tolist() == [[0.0] * descriptor.n_features]
    assert [len(c) for c in descriptor.coefficients([])] == [0] * 5
    assert np.array_equal(
        descriptor.power_spectrum([EMPTY, frames[0], EMPTY]), descriptor.power_spectrum(frames[0])
    )
    for nothing in ([], EMPTY, [EMPTY, EMPTY], iter([]), iter([EMPTY])):
        with pytest.raises(ValueError, match="got None with frames that hold no particle; expected species="):
            Descriptor(**GTO).power_spectrum(nothing)


def test_batches_do_not_change_the_rows(descriptor, monkeypatch):
    frames = [random_atoms(k, 3 + k % 4, TRICLINIC) for k in range(40)]
    whole = descriptor.power_spectrum(frames)
    means = descriptor.power_spectrum(frames, average="frame")
    for limit, value in (("MOST_PARTICLES", 20), ("MOST_FRAMES", 7), ("MOST_PARTICLES", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(f"anisoap_md.frames.batches.{limit}", value)
            for source in (frames, tuple(frames), iter(frames), (a for a in frames)):
                assert np.array_equal(descriptor.power_spectrum(source), whole)
            assert np.array_equal(descriptor.power_spectrum(iter(frames), average="frame"), means)


def test_errors_count_frames_across_batches(descriptor, monkeypatch):
    monkeypatch.setattr("anisoap_md.frames.batches.MOST_FRAMES", 2)
    frames = [random_atoms(k, 3, TRICLINIC) for k in range(7)]
    frames[5].positions[1, 2] = np.nan
    with pytest.raises(ValueError, match="frame 5, particle 1: position is not finite"):
        descriptor.power_spectrum(iter(frames))


ALIASES = {
    "quaternion": ("c_q", ["quaternion"], ["c_diameter[1]", "c_diameter[2]", "c_diameter[3]"]),
    "quaternions": ("c_q", ["quaternions"], ["c_diameter[1]", "c_diameter[2]", "c_diameter[3]"]),
    "quat": ("c_q", ["quat"], ["c_diameter1", "c_diameter2", "c_diameter3"]),
    "c_diameter": ("c_q", ["c_q"], ["c_diameter"]),
    "shape": ("c_q", ["c_q"], ["shape"]),
    "shapes": ("c_q", ["quaternions"], ["shapes"]),
}


@pytest.mark.parametrize("alias", ALIASES)
def test_names_of_arrays(descriptor, alias):
    atoms = random_atoms(1, 6, TRICLINIC)
    _, (rotation,), sizes = ALIASES[alias]
    renamed = Atoms(atoms.numbers, atoms.positions, cell=atoms.cell, pbc=True)
    renamed.set_array(rotation, atoms.arrays["c_q"])
    columns = [atoms.arrays[f"c_diameter[{k}]"] for k in (1, 2, 3)]
    if len(sizes) == 1:
        renamed.set_array(sizes[0], np.column_stack(columns))
    else:
        for name, column in zip(sizes, columns, strict=True):
            renamed.set_array(name, column)
    assert np.array_equal(descriptor.power_spectrum(renamed), descriptor.power_spectrum(atoms))


def test_arrays_of_other_layouts_and_types(descriptor):
    atoms = random_atoms(1, 6, TRICLINIC)
    expected = descriptor.power_spectrum(atoms)
    q = np.zeros((6, 8))
    q[:, ::2] = atoms.arrays["c_q"]
    atoms.arrays["c_q"] = q[:, ::2]
    atoms.arrays["positions"] = np.asfortranarray(atoms.positions)
    atoms.arrays["numbers"] = atoms.numbers.astype(np.int32)
    for k in (1, 2, 3):
        atoms.arrays[f"c_diameter[{k}]"] = atoms.arrays[f"c_diameter[{k}]"].reshape(6, 1)
    assert np.array_equal(descriptor.power_spectrum(atoms), expected)
    atoms.arrays["c_diameter[1]"] = np.ones(6, dtype=int)
    ones = descriptor.power_spectrum(atoms)
    atoms.arrays["c_diameter[1]"] = np.ones(6)
    assert np.array_equal(ones, descriptor.power_spectrum(atoms))


def test_frames_are_not_changed(descriptor, frames):
    before = [{k: v.copy() for k, v in a.arrays.items()} for a in frames]
    descriptor.power_spectrum(frames)
    for a, arrays in zip(frames, before, strict=True):
        assert a.arrays.keys() == arrays.keys()
        assert all(np.array_equal(a.arrays[k], v) for k, v in arrays.items())


def test_integers_are_numbers():
    assert Descriptor(3, "gto", 4, radial_gaussian_width=1).to_json is not None
    a = Descriptor(3, "gto", 4, radial_gaussian_width=1, species=[6], basis_rcond=0, basis_tol=1)
    b = Descriptor(np.int64(3), "gto", np.float32(4), radial_gaussian_width=1.0, species=[6], basis_tol=1.0)
    assert a.to_json() == b.to_json()


def test_single_precision_says_when_it_computes_in_double():
    # The overlap of many gto functions at one l is near-singular.
    with pytest.warns(UserWarning, match="dtype 'float32' with a radial basis too ill-conditioned"):
        rounded = Descriptor(**GTO, max_radial=4, species=[6, 8], dtype="float32")
    atoms = random_atoms(1, 8, TRICLINIC)
    double = Descriptor(**GTO, max_radial=4, species=[6, 8])
    assert np.array_equal(rounded.power_spectrum(atoms), double.power_spectrum(atoms).astype(np.float32))


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("f4")])
def test_single_precision_results(dtype, frames):
    single = Descriptor(**GTO, species=[6, 8], dtype=dtype).power_spectrum(frames)
    assert single.dtype == np.float32
    assert_close(single, Descriptor(**GTO, species=[6, 8]).power_spectrum(frames), 1e-5)


def test_cosine_cutoff_takes_neighbours_in_smoothly():
    def feature(distance, function, width):
        atoms = make_atoms([6, 6], [[0, 0, 0], [distance, 0, 0]], [[1, 0, 0, 0]] * 2, [[1.0] * 3] * 2)
        descriptor = Descriptor(**GTO, cutoff_function=function, cutoff_width=width)
        return descriptor.power_spectrum(atoms)[0]

    step = feature(3.999999, "none", None) - feature(4.0, "none", None)
    smooth = feature(3.999999, "cosine", 1.0) - feature(4.0, "cosine", 1.0)
    assert np.abs(step).max() > 1e-6
    assert np.abs(smooth).max() < 1e-10
    assert np.array_equal(feature(2.9, "cosine", 1.0), feature(2.9, "none", None))
    middle, alone = feature(3.5, "cosine", 1.0), feature(5.0, "none", None)
    full = feature(3.5, "none", None)
    c_alone = np.sqrt(alone[0])
    assert np.sqrt(middle[0]) - c_alone == pytest.approx(0.5 * (np.sqrt(full[0]) - c_alone), rel=1e-9)


VARIANTS = {
    "gto": GTO,
    "monomial": {"max_angular": 2, "radial_basis_name": "monomial", "cutoff_radius": 4.5},
    "all": {
        **GTO,
        "max_radial": [1, 2, 0, 1],
        "subtract_center_contribution": True,
        "basis_rcond": 1e-9,
        "basis_tol": 1e-3,
        "cutoff_function": "cosine",
        "cutoff_width": 0.5,
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_json_round_trip(variant, tmp_path, frames):
    descriptor = Descriptor(**VARIANTS[variant], species=["O", "C"])
    file = tmp_path / "hypers.json"
    text = descriptor.to_json(file)
    assert file.read_text() == text
    assert [p.name for p in tmp_path.iterdir()] == ["hypers.json"]
    expected = descriptor.power_spectrum(frames)
    for source in (text, file, str(file)):
        again = Descriptor.from_json(source, num_threads=1)
        assert again.to_json() == text
        assert np.array_equal(again.power_spectrum(frames), expected)
    document = json.loads(text)
    assert document["species"] == ["O", "C"]
    for name, value in VARIANTS[variant].items():
        assert document["hypers"][name] == value


def test_json_keeps_type_and_threads_out(descriptor):
    single = Descriptor.from_json(descriptor.to_json(), dtype="float32", num_threads=1)
    assert single.to_json() == descriptor.to_json()
    assert single.power_spectrum(random_atoms(1, 3, TRICLINIC)).dtype == np.float32


def test_json_file_is_whole_or_untouched(descriptor, tmp_path, monkeypatch):
    file = tmp_path / "hypers.json"
    file.write_text("before")

    def fails(*args):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match="disk full"):
        descriptor.to_json(file)
    assert file.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["hypers.json"]
    with pytest.raises(IsADirectoryError, match="anisoap: output file"):
        descriptor.to_json(tmp_path)


def test_repr_makes_the_same_descriptor():
    given = {**VARIANTS["all"], "species": ["O", "C"], "dtype": "float32", "num_threads": 2}
    descriptor = Descriptor(**given)
    text = repr(descriptor)
    assert text.startswith("Descriptor(max_angular=3, radial_basis_name='gto', cutoff_radius=4.0, ")
    again = eval(text, {"Descriptor": Descriptor})
    assert repr(again) == text and again.to_json() == descriptor.to_json()
    assert repr(Descriptor(2, "monomial", 3)) == (
        "Descriptor(max_angular=2, radial_basis_name='monomial', cutoff_radius=3.0)"
    )


def test_copies_and_pickles(descriptor, frames):
    expected = descriptor.power_spectrum(frames)
    for again in (copy.deepcopy(descriptor), pickle.loads(pickle.dumps(descriptor))):
        assert repr(again) == repr(descriptor)
        assert np.array_equal(again.power_spectrum(frames), expected)


def test_package_has_what_it_names():
    for name in anisoap_md.__all__:
        if name != "EllipsoidalDensityProjection":  # tested with its extra
            assert getattr(anisoap_md, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Descripter'"):
        anisoap_md.Descripter  # noqa: B018
