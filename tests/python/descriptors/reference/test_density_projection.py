# SPDX-License-Identifier: MIT
"""EllipsoidalDensityProjection: golden values, labels, samples, texts of the reference's errors and warnings."""

import copy
import json
import os
import pickle
import sys
import warnings

import numpy as np
import pytest
from ase import Atoms
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation
from testing import helpers

if os.environ.get("ANISOAP_REQUIRE_ALL"):
    import metatensor
else:
    metatensor = pytest.importorskip("metatensor", reason="the extra anisoap-md[metatensor] is not installed")

from anisoap_md import EllipsoidalDensityProjection  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:In quaternion mode")

HYPERS = {
    "max_angular": 4,
    "radial_basis_name": "gto",
    "cutoff_radius": 4.0,
    "radial_gaussian_width": 1.2,
    "rotation_key": "c_q",
}
ORDER_WARNING = "In quaternion mode, quaternions are assumed to be in (w,x,y,z) format."
ROTATION_WARNING = "Frame 0 does not have rotations stored, this may cause errors down the line."


def reference_cases():
    skip = pytest.mark.skip(reason="no folder of reference files; set ANISOAP_REFERENCE")
    files = [pytest.param(path, id=path.stem) for path in helpers.reference_files()]
    return files or [pytest.param(None, id="none", marks=skip)]


def make_frame(numbers, positions, seed=0, **kwargs):
    rng = np.random.default_rng(seed)
    atoms = Atoms(numbers=numbers, positions=positions, **kwargs)
    atoms.arrays["c_q"] = rng.normal(size=(len(atoms), 4))
    for k in (1, 2, 3):
        atoms.arrays[f"c_diameter[{k}]"] = rng.uniform(0.8, 3.0, len(atoms))
    return atoms


def crowd(seed=1, n=12, numbers=(1, 6, 8)):
    """Particles of all the numbers in a skewed periodic cell."""
    rng = np.random.default_rng(seed)
    cell = np.diag([6.0, 6.5, 7.0]) + np.triu(rng.uniform(0, 1.5, (3, 3)), 1)
    return make_frame(np.resize(numbers, n), rng.uniform(0, 1, (n, 3)) @ cell, seed, cell=cell, pbc=True)


def by_label(block):
    """{property label: values [samples, components]}."""
    return {tuple(p): block.values[:, :, k] for k, p in enumerate(block.properties.values.tolist())}


def reference_frames(case):
    frames = []
    for frame in case["frames"]:
        atoms = Atoms(frame["numbers"], frame["positions"], cell=frame["cell"], pbc=frame["pbc"])
        atoms.arrays["c_q"] = np.array(frame["quaternions"])
        for k, d in enumerate(np.array(frame["diameters"]).T, start=1):
            atoms.arrays[f"c_diameter[{k}]"] = d
        frames.append(atoms)
    return frames


def assert_close_to_case(values, expected, largest, tolerance):
    assert values.shape == expected.shape
    assert np.isfinite(values).all()
    assert np.abs(values - expected).max() <= tolerance * largest


@pytest.mark.parametrize("path", reference_cases())
def test_reference_values(path):
    case = json.loads(path.read_text())
    frames = reference_frames(case)
    tolerance = 1e-8 if "basis_rcond" in case["hypers"] else 1e-10
    calculator = EllipsoidalDensityProjection(rotation_key="c_q", **case["hypers"])

    means = np.array(case["power_spectrum_mean"])
    assert_close_to_case(calculator.power_spectrum(frames), means, np.abs(means).max(), tolerance)

    numbers = np.concatenate([atoms.numbers for atoms in frames])
    coefficients = [np.array(c) for c in case["coefficients"]]
    largest = max(np.abs(c).max() for c in coefficients)
    features = calculator.transform(frames)
    assert features.keys.values.tolist() == [
        [z, l] for z in case["species"] for l in range(len(coefficients))
    ]
    for (center_type, l), block in zip(features.keys.values.tolist(), features.blocks(), strict=True):
        expected = coefficients[l][numbers == center_type]
        assert_close_to_case(block.values, expected.reshape(*expected.shape[:2], -1), largest, tolerance)

    spectra = [np.array(p, dtype=float).reshape(len(numbers), -1) for p in case["power_spectrum"]]
    spectrum = np.hstack(spectra)
    features = calculator.power_spectrum(frames, mean_over_samples=False)
    for key, block in features.items():
        expected = spectrum[numbers == key["types_center"]]
        assert_close_to_case(block.values[:, 0], expected, np.abs(spectrum).max(), tolerance)


def test_names_keys_and_samples():
    frames = [crowd(1, 5, (8, 6)), crowd(2, 4, (6, 8))]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    features = calculator.transform(frames)
    assert features.keys.names == ["types_center", "angular_channel"]
    assert features.keys.values.tolist() == [[z, l] for z in (6, 8) for l in range(5)]
    block = features.block(types_center=8, angular_channel=3)
    assert block.samples.names == ["type", "center"]
    assert block.samples.values.tolist() == [[0, 0], [0, 2], [0, 4], [1, 1], [1, 3]]
    assert [c.names for c in block.components] == [["spherical_component_m"]]
    assert block.components[0].values[:, 0].tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert block.properties.names == ["n", "neighbor_types"]
    assert features.block(types_center=8, angular_channel=2).properties.values.tolist() == [
        [0, 6],
        [0, 8],
        [1, 6],
        [1, 8],
    ]

    spectrum = calculator.power_spectrum(frames, mean_over_samples=False)
    assert spectrum.keys.names == ["order_nu", "angular_channel", "types_center"]
    assert spectrum.keys.values.tolist() == [[2, 0, 6], [2, 0, 8]]
    power = spectrum.block(types_center=8)
    assert power.samples == block.samples
    assert [c.names for c in power.components] == [["spherical_harmonics_m"]]
    assert power.components[0].values.tolist() == [[0]]
    names = ["n_1_a", "neighbor_types_1_a", "k_2", "n_1_b", "neighbor_types_1_b", "l_2"]
    assert power.properties.names == names
    assert power.properties.values[:2].tolist() == [[0, 6, 0, 0, 6, 0], [0, 6, 0, 0, 8, 0]]


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("kept", [1, 8])
def test_coefficient_labels_name_the_neighbor_type(kept, normalize):
    """A column labelled with one type is what is left when the neighbours of the other types are taken away."""
    frame = crowd()
    calculator = EllipsoidalDensityProjection(**HYPERS)
    features = calculator.transform([frame], normalize=normalize)
    center = 1
    alone = frame[[center] + [j for j in range(len(frame)) if frame.numbers[j] == kept]]
    isolated = calculator.transform([alone], normalize=normalize)
    for l in range(5):
        block = features.block(types_center=6, angular_channel=l)
        row = block.samples.position([0, center])
        columns = by_label(block)
        expected = by_label(isolated.block(types_center=6, angular_channel=l))
        for n in range(calculator.num_ns[l]):
            assert np.abs(expected[n, kept][0]).max() > 0
            assert_allclose(columns[n, kept][row], expected[n, kept][0], rtol=1e-9, atol=1e-13)


def test_power_spectrum_labels_name_the_coefficients():
    """Every labelled entry is the contraction over m of the two coefficients that it names."""
    frames = [crowd(1), crowd(2, 7)]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    features = calculator.transform(frames)
    spectrum = calculator.power_spectrum(frames, mean_over_samples=False)
    for center_type in (1, 6, 8):
        coefficients = [
            by_label(features.block(types_center=center_type, angular_channel=l)) for l in range(5)
        ]
        power = by_label(spectrum.block(types_center=center_type))
        assert len(power) == sum((3 * n) ** 2 for n in calculator.num_ns)
        scale = max(np.abs(p).max() for p in power.values())
        for (n, s, k, n2, s2, l), values in power.items():
            assert k == l
            product = (coefficients[l][n, s] * coefficients[l][n2, s2]).sum(axis=1)
            expected = (-1) ** l / np.sqrt(2 * l + 1) * product
            assert_allclose(values[:, 0], expected, rtol=1e-10, atol=1e-13 * scale)


def test_types_without_a_pair_have_no_columns():
    far = make_frame([1, 6, 6, 8], [[0, 0, 0], [1, 0, 0], [30, 0, 0], [31, 0, 0]])
    features = EllipsoidalDensityProjection(**HYPERS).transform([far])
    expected = {1: {1, 6}, 6: {1, 6, 8}, 8: {6, 8}}
    for key, block in features.items():
        assert set(block.properties["neighbor_types"].tolist()) == expected[int(key["types_center"])]


def test_centres_without_neighbors_have_no_sample():
    frames = [
        make_frame([6, 6, 6], [[0, 0, 0], [30, 0, 0], [31, 0, 0]]),
        make_frame([8], [[0, 0, 0]]),
        make_frame([6, 8], [[0, 0, 0], [2, 0, 0]]),
    ]
    calculator = EllipsoidalDensityProjection(subtract_center_contribution=True, **HYPERS)
    features = calculator.transform(frames)
    assert features.block(types_center=6, angular_channel=0).samples.values.tolist() == [
        [0, 1],
        [0, 2],
        [2, 0],
    ]
    assert features.block(types_center=8, angular_channel=0).samples.values.tolist() == [[2, 1]]
    with_self = EllipsoidalDensityProjection(**HYPERS).transform(frames)
    assert len(with_self.block(types_center=6, angular_channel=0).samples) == 4
    assert len(with_self.block(types_center=8, angular_channel=0).samples) == 2


def test_a_neighbor_whose_density_underflows_counts():
    frame = make_frame([6, 6], [[0, 0, 0], [3.9, 0, 0]])
    for k in (1, 2, 3):
        frame.arrays[f"c_diameter[{k}]"] = np.full(2, 0.02)
    hypers = {**HYPERS, "radial_gaussian_width": 0.05, "subtract_center_contribution": True}
    block = EllipsoidalDensityProjection(**hypers).transform([frame]).block(0)
    assert block.samples.values.tolist() == [[0, 0], [0, 1]]
    assert_allclose(block.values, 0, atol=0)


def test_no_neighbor_at_all():
    frame = make_frame([6, 8], [[0, 0, 0], [30, 0, 0]])
    calculator = EllipsoidalDensityProjection(subtract_center_contribution=True, **HYPERS)
    features = calculator.transform([frame])
    assert len(features.keys) == 0
    assert features.keys.names == ["types_center", "angular_channel"]
    for mean_over_samples in (True, False):
        with pytest.raises(ValueError, match="no particle with a neighbour"):
            calculator.power_spectrum([frame], mean_over_samples)


def test_mean_is_that_of_the_tensor_map():
    frames = [crowd(seed, 6 + 3 * seed) for seed in range(3)]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    spectrum = calculator.power_spectrum(frames, mean_over_samples=False)
    blocks = metatensor.mean_over_samples(spectrum, sample_names="center").blocks()
    expected = np.hstack([block.values[:, 0] for block in blocks])
    assert_allclose(
        calculator.power_spectrum(frames), expected, rtol=1e-12, atol=1e-13 * np.abs(expected).max()
    )


def test_mean_of_one_frame_is_one_row():
    frames = [crowd(1), crowd(2)]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    both = calculator.power_spectrum(frames)
    single = calculator.power_spectrum(frames[:1])
    assert both.ndim == 2
    assert single.shape == both.shape[1:]
    assert_allclose(single, both[0], rtol=1e-12, atol=0)


def test_mean_needs_each_type_in_each_frame():
    calculator = EllipsoidalDensityProjection(**HYPERS)
    with pytest.raises(ValueError, match=r"no centre of type 8 in frames \[1\]"):
        calculator.power_spectrum([crowd(1, 6, (6, 8)), crowd(2, 6, (6,))])


def test_mean_leaves_frames_without_neighbors_out_with_a_warning():
    near = make_frame([6, 6], [[0, 0, 0], [2, 0, 0]])
    far = make_frame([6, 6], [[0, 0, 0], [20, 0, 0]])
    calculator = EllipsoidalDensityProjection(subtract_center_contribution=True, **HYPERS)
    with pytest.warns(UserWarning, match=r"no particle of frames \[1\] has a neighbour"):
        rows = calculator.power_spectrum([near, far, near])
    assert_allclose(rows, calculator.power_spectrum([near, near]), rtol=1e-12, atol=0)


def test_batches_make_no_difference(monkeypatch):
    frames = [crowd(seed, 4 + seed) for seed in range(6)]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    means, features = calculator.power_spectrum(frames), calculator.transform(frames)
    monkeypatch.setattr("anisoap_md.descriptors.reference.projection_call._BATCH_BYTES", 1)
    assert_allclose(calculator.power_spectrum(frames), means, rtol=1e-13, atol=0)
    assert metatensor.allclose(calculator.transform(frames), features, rtol=1e-13, atol=0)


@pytest.mark.parametrize("basis, width", [("gto", 1.2), ("monomial", None)])
def test_normalize_equals_orthonormalize_basis(basis, width):
    frame = crowd()
    hypers = {**HYPERS, "radial_basis_name": basis, "radial_gaussian_width": width}
    calculator = EllipsoidalDensityProjection(**hypers)
    plain = calculator.transform([frame], normalize=False)
    normalized = calculator.transform([frame], normalize=True)
    assert not metatensor.allclose(plain, normalized, rtol=1e-2, atol=0)
    returned = calculator.radial_basis.orthonormalize_basis(plain)
    assert returned is plain
    scale = max(np.abs(block.values).max() for block in normalized.blocks())
    assert metatensor.allclose(plain, normalized, rtol=1e-10, atol=1e-13 * scale)


def test_orthonormalize_basis_needs_every_n():
    calculator = EllipsoidalDensityProjection(**HYPERS)
    plain = calculator.transform([crowd()], normalize=False)
    first = metatensor.Labels(["n"], np.array([[0]]))
    with pytest.raises(ValueError, match="property n at angular_channel 0"):
        calculator.radial_basis.orthonormalize_basis(metatensor.slice(plain, "properties", first))


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0])
def test_expansion_converges_to_the_density_of_a_sphere(sigma):
    frame = Atoms(numbers=[0], positions=np.zeros((1, 3)))
    frame.arrays["quaternions"] = np.array([[1, 0, 0, 0]])
    for k in (1, 2, 3):
        frame.arrays[f"c_diameter[{k}]"] = np.array([2 * sigma])
    r = np.linspace(0, 5, 100)
    density = np.exp(-(r**2) / (2 * sigma**2)) / (sigma**3 * (2 * np.pi) ** 1.5)
    errors = []
    for max_radial in range(10):
        calculator = EllipsoidalDensityProjection(
            1,
            "gto",
            1.0,
            max_radial=max_radial,
            radial_gaussian_width=sigma + 0.5,
            rotation_key="quaternions",
            basis_rcond=1e-14,
            basis_tol=1e-1,
        )
        coefficients = calculator.transform([frame]).block(0).values[0, 0]
        functions = calculator.radial_basis.get_basis(r)[:, : max_radial + 1]
        expansion = functions @ coefficients / np.sqrt(4 * np.pi)
        errors.append(np.mean((expansion - density) ** 2))
    assert (np.diff(errors) <= 0).all()
    assert_allclose(expansion, density, atol=1e-3)


def test_power_spectrum_does_not_change_under_translation_and_rotation():
    frame, moved = crowd(), crowd()
    calculator = EllipsoidalDensityProjection(**HYPERS)
    expected = calculator.power_spectrum([frame])
    turn = Rotation.from_quat([2, 0, -3, 1])
    moved.set_cell(turn.apply(moved.cell.array))
    moved.positions = turn.apply(moved.positions) + [2.0, -1.0, 0.5]
    own = Rotation.from_quat(np.roll(frame.arrays["c_q"], -1, axis=1))
    moved.arrays["c_q"] = np.roll((turn * own).as_quat(), 1, axis=1)
    got = calculator.power_spectrum([moved])
    assert_allclose(got, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    moved.arrays["c_q"] = frame.arrays["c_q"]
    assert np.abs(calculator.power_spectrum([moved]) - expected).max() > 1e-3 * np.abs(expected).max()


def test_matrices_lists_and_any_key_give_the_same():
    frame = crowd()
    expected = EllipsoidalDensityProjection(**HYPERS).transform([frame])
    matrices = Rotation.from_quat(np.roll(frame.arrays["c_q"], -1, axis=1)).as_matrix()
    other = frame.copy()
    for name in ("c_diameter[1]", "c_diameter[2]", "c_diameter[3]"):
        other.arrays[name] = frame.arrays[name].tolist()
    other.arrays["turn"] = other.arrays.pop("c_q").tolist()
    other.arrays["matrix"] = list(matrices)
    hypers = {k: v for k, v in HYPERS.items() if k != "rotation_key"}
    quaternions = EllipsoidalDensityProjection(rotation_key="turn", **hypers).transform([other])
    assert metatensor.allclose(quaternions, expected, rtol=0, atol=0)
    rotated = EllipsoidalDensityProjection(rotation_key="matrix", rotation_type="matrix", **hypers).transform(
        [other]
    )
    assert metatensor.allclose(rotated, expected, rtol=1e-10, atol=1e-13)
    assert isinstance(other.arrays["matrix"], list)


def test_one_frame_needs_no_list():
    calculator = EllipsoidalDensityProjection(**HYPERS)
    assert metatensor.equal(calculator.transform(crowd()), calculator.transform([crowd()]))


def test_empty_frames():
    calculator = EllipsoidalDensityProjection(**HYPERS)
    with pytest.raises(ValueError, match="frames, got an empty list"):
        calculator.transform([])
    nothing = make_frame([], np.empty((0, 3)))
    assert len(calculator.transform([nothing]).keys) == 0
    features = calculator.transform([nothing, crowd()])
    assert set(features.block(0).samples["type"].tolist()) == {1}


def test_missing_rotations_warn_and_mean_unrotated():
    frame = crowd()
    del frame.arrays["c_q"]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    with pytest.warns(UserWarning) as caught:
        got = calculator.transform([frame])
    assert [str(w.message) for w in caught] == [ROTATION_WARNING]
    assert caught[0].filename == __file__
    frame.arrays["c_q"] = np.tile([1.0, 0, 0, 0], (len(frame), 1))
    assert metatensor.allclose(got, calculator.transform([frame]), rtol=0, atol=0)


@pytest.mark.filterwarnings("default:In quaternion mode")
def test_quaternion_order_warning():
    with pytest.warns(UserWarning) as caught:
        EllipsoidalDensityProjection(**HYPERS)
    assert [str(w.message) for w in caught] == [ORDER_WARNING]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        EllipsoidalDensityProjection(rotation_type="matrix", **HYPERS)


@pytest.mark.parametrize(
    "changes, error_type, text",
    [
        ({"compute_gradients": True}, NotImplementedError, "Sorry! Gradients have not yet been implemented"),
        (
            {"radial_basis_name": "nonsense"},
            NotImplementedError,
            "nonsense is not an implemented basis. Try 'monomial' or 'gto'",
        ),
        (
            {"radial_basis_name": "monomial"},
            ValueError,
            "Gaussian width can only be provided with GTO basis",
        ),
        ({"radial_gaussian_width": None}, ValueError, "Gaussian width must be provided with GTO basis"),
        (
            {"rotation_type": "quaternions"},
            ValueError,
            "We have only implemented transforming quaternions (`quaternion`) and rotation matrices (`matrix`).",
        ),
        (
            {"radial_gaussian_width": 9},
            ValueError,
            "radial_gaussian_width is set as an integer, which could cause overflow errors. Pass in float.",
        ),
        (
            {"cutoff_radius": 5},
            ValueError,
            "r_cut is set as an integer, which could cause overflow errors. Pass in float",
        ),
        ({"max_radial": "nonsense"}, ValueError, "`max_radial` must be None, int, or list of int"),
        (
            {"max_radial": [1, 2]},
            ValueError,
            "If you specify a list of number of radial components, this list must be of length 5. Received 2.",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_constructor_errors_have_the_reference_text(changes, error_type, text):
    with pytest.raises(error_type) as error:
        EllipsoidalDensityProjection(**{**HYPERS, **changes})
    assert str(error.value) == text


@pytest.mark.parametrize(
    "changes", [{"cutoff_radius": -1.0}, {"max_angular": -1}, {"radial_gaussian_width": np.nan}], ids=str
)
def test_values_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="anisoap: " + next(iter(changes))):
        EllipsoidalDensityProjection(**{**HYPERS, **changes})


@pytest.mark.parametrize("name", ["c_diameter[1]", "c_diameter[2]", "c_diameter[3]", "c_q"])
def test_power_spectrum_names_the_missing_array(name):
    frame = crowd()
    del frame.arrays[name]
    with pytest.raises(ValueError) as error:
        EllipsoidalDensityProjection(**HYPERS).power_spectrum([crowd(), frame])
    assert str(error.value) == f"frame at index 1 is missing a required attribute '{name}'"


def test_power_spectrum_refuses_the_array_quaternion():
    frame = crowd()
    frame.arrays["quaternion"] = frame.arrays.pop("c_q")
    with pytest.raises(ValueError) as error:
        EllipsoidalDensityProjection(**HYPERS).power_spectrum([frame])
    assert str(error.value) == "frame should contain c_q rather than quaternion"


def test_degenerate_overlap_is_an_error_unless_it_is_not_used():
    calculator = EllipsoidalDensityProjection(max_radial=13, **HYPERS)
    with pytest.raises(ValueError, match="Incurred Numerical Imprecision"):
        calculator.transform([crowd()])
    with pytest.raises(ValueError, match="Incurred Numerical Imprecision"):
        calculator.power_spectrum([crowd()])
    calculator.transform([crowd()], normalize=False)


def test_progress_bar_changes_no_value(capsys):
    frames = [crowd(seed) for seed in range(20)]
    calculator = EllipsoidalDensityProjection(**HYPERS)
    assert metatensor.allclose(calculator.transform(frames, show_progress=True), calculator.transform(frames))
    assert "20/20" in capsys.readouterr().err


def test_without_metatensor_the_error_names_the_extra(monkeypatch):
    calculator = EllipsoidalDensityProjection(**HYPERS)
    means = calculator.power_spectrum([crowd()])
    monkeypatch.setitem(sys.modules, "metatensor", None)
    for call in (
        calculator.transform,
        lambda frames: calculator.power_spectrum(frames, mean_over_samples=False),
    ):
        with pytest.raises(ImportError, match=r"pip install anisoap-md\[metatensor\]"):
            call([crowd()])
    assert_allclose(calculator.power_spectrum([crowd()]), means, rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore:In quaternion mode")
def test_copies_and_pickles():
    frame = Atoms("HO", positions=[[0, 0, 0], [1.2, 0.3, 0.4]])
    frame.arrays["c_q"] = np.array([[0.6, 0.8, 0, 0], [0.5, 0.5, -0.5, 0.5]])
    for k, d in enumerate((1.0, 1.5, 2.0), start=1):
        frame.arrays[f"c_diameter[{k}]"] = np.full(2, d)
    of = EllipsoidalDensityProjection(3, "gto", 3.0, radial_gaussian_width=1.0, rotation_key="c_q")
    for again in (copy.deepcopy(of), pickle.loads(pickle.dumps(of))):
        assert np.array_equal(again.power_spectrum([frame]), of.power_spectrum([frame]))


@pytest.mark.filterwarnings("ignore:In quaternion mode")
def test_other_names_of_diameters_are_taken():
    frame = Atoms("HO", positions=[[0, 0, 0], [1.2, 0.3, 0.4]])
    frame.arrays["c_q"] = np.array([[0.6, 0.8, 0, 0], [0.5, 0.5, -0.5, 0.5]])
    of = EllipsoidalDensityProjection(3, "gto", 3.0, radial_gaussian_width=1.0, rotation_key="c_q")
    sizes, spectra = np.array([[1.0, 1.5, 2.0], [0.9, 1.1, 1.6]]), []
    for names in (
        ["c_diameter[1]", "c_diameter[2]", "c_diameter[3]"],
        ["c_diameter1", "c_diameter2", "c_diameter3"],
        ["shape"],
    ):
        atoms = frame.copy()
        for k, name in enumerate(names):
            atoms.arrays[name] = sizes[:, k].copy() if len(names) == 3 else sizes
        spectra.append(of.power_spectrum([atoms]))
    assert np.array_equal(spectra[0], spectra[1]) and np.array_equal(spectra[0], spectra[2])
    frame.arrays["c_diameter1"] = sizes[:, 0]
    with pytest.raises(ValueError, match=r"missing a required attribute 'c_diameter\[1\]'"):
        of.power_spectrum([frame])
