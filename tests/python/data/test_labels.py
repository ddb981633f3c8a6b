# SPDX-License-Identifier: MIT
"""Labels of training frames: where they are found, and what is refused."""

import numpy as np
import pytest
from anisoap_md import labels_of, read_frames, with_results, write_frames
from anisoap_md.data.dataset import Labels
from anisoap_md.training.fitting import fit
from ase.calculators.singlepoint import SinglePointCalculator
from ase.stress import full_3x3_to_voigt_6_stress, voigt_6_to_full_3x3_stress
from testing.training.labelled import (
    assert_same_potential,
    frames,
    label,
    linear_model,
    small_descriptor,
)


@pytest.fixture(scope="module")
def descriptor():
    return small_descriptor()


@pytest.fixture(scope="module")
def data(descriptor):
    return label(linear_model(descriptor), frames(14))


def test_labels_of_calculators_and_other_names(descriptor, data):
    expected = fit(data, descriptor, test=0)
    given = []
    for a in data:
        b = a.copy()
        results = {
            "energy": b.info.pop("energy"),
            "stress": b.info.pop("stress"),
            "forces": b.arrays.pop("forces"),
        }
        b.arrays["tau"] = b.arrays.pop("torques")
        b.calc = SinglePointCalculator(b, **results)
        given.append(b)
    found = fit(given, descriptor, keys={"torques": "tau"}, test=0)
    assert_same_potential(found.model.core, expected.model.core, data, 1e-12)
    for a in given:
        a.arrays["c_q"] *= -2.0
    again = fit(given, descriptor, keys={"torques": "tau"}, test=0)
    assert_same_potential(again.model.core, expected.model.core, data, 1e-10)


@pytest.mark.parametrize("name, rows", [("positions", 1.1), ("c_q", [1, 0, 0, 0.1]), ("c_diameter[3]", 1.1)])
def test_frames_moved_turned_or_resized_since_they_were_labelled_are_refused(descriptor, data, name, rows):
    given = [a.copy() for a in data]
    for a in given:
        a.calc = SinglePointCalculator(a, energy=a.info.pop("energy"))
    given[3].arrays[name][1] *= rows
    with pytest.raises(
        ValueError, match="frame 3: energy of its calculator, got a frame that was changed since"
    ):
        fit(given, descriptor, targets=["energy"])
    assert with_results(given[3]).calc is None


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.set_cell(1.1 * a.cell.array),
        lambda a: a.set_pbc([True, False, True]),
        lambda a: a.numbers.__setitem__(0, 17),
        lambda a: a.set_initial_charges(np.ones(len(a))),
        lambda a: a.set_initial_magnetic_moments(np.ones(len(a))),
    ],
)
def test_results_of_another_cell_or_other_atoms_are_refused(data, change):
    atoms = data[0].copy()
    atoms.calc = SinglePointCalculator(atoms, energy=1.0)
    atoms.info.pop("energy")
    assert labels_of(atoms)["energy"] == 1.0
    change(atoms)
    with pytest.raises(ValueError, match="energy of its calculator, got a frame that was changed since"):
        labels_of(atoms)


@pytest.mark.parametrize("suffix", [".xyz", ".traj"])
def test_frames_of_a_file_have_one_value_of_each_label(data, tmp_path, suffix):
    """What stands in info or arrays is what the calculator answers, a fit reads and a file gets."""
    path = tmp_path / f"frames{suffix}"
    write_frames(path, data)
    for frame, atoms in zip(read_frames(path), data, strict=True):
        assert_labels(frame, label_values(atoms))
        changed = label_values(atoms)
        frame.info["energy"] = changed["energy"] = 3.0
        frame.arrays["forces"] = changed["forces"] = 2.0 * changed["forces"]
        frame.info["stress"] = changed["stress"] = 0.5 * changed["stress"]
        frame.arrays["torques"] = changed["torques"] = 4.0 * changed["torques"]
        assert_labels(frame, changed)
        write_frames(tmp_path / f"again{suffix}", frame)
        assert_labels(read_frames(tmp_path / f"again{suffix}")[0], changed)


def test_a_copy_that_shares_results_has_labels_of_its_own(data, tmp_path):
    write_frames(tmp_path / "frames.xyz", data)
    frame = read_frames(tmp_path / "frames.xyz")[0]
    energy = frame.get_potential_energy()
    copy = frame.copy()
    copy.calc = frame.calc
    copy.info["energy"] = energy + 5
    assert copy.get_potential_energy() == energy + 5
    assert frame.get_potential_energy() == labels_of(frame)["energy"] == energy


def label_values(atoms):
    names = {"energy": atoms.info, "stress": atoms.info, "forces": atoms.arrays, "torques": atoms.arrays}
    return {name: np.array(stored[name]) for name, stored in names.items()}


def assert_labels(frame, expected):
    found = labels_of(frame)
    assert set(found) == set(expected)
    for name, value in expected.items():
        got = voigt_6_to_full_3x3_stress(found[name]) if np.shape(found[name]) == (6,) else found[name]
        np.testing.assert_allclose(got, value, rtol=1e-12, atol=1e-12)
    if frame.calc is not None:
        assert frame.get_potential_energy() == expected["energy"]
        np.testing.assert_array_equal(frame.get_forces(), expected["forces"])
        np.testing.assert_allclose(frame.get_stress(voigt=False), expected["stress"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("quaternions", ["inverse", "xyzw"])
def test_labels_of_a_file_stay_when_its_quaternions_are_converted(data, tmp_path, quaternions):
    given = [with_calculator(a) for a in data]
    write_frames(tmp_path / "frames.xyz", given)
    for frame, atoms in zip(
        read_frames(tmp_path / "frames.xyz", quaternions=quaternions), given, strict=True
    ):
        assert labels_of(frame)["energy"] == atoms.get_potential_energy()
        np.testing.assert_array_equal(with_results(frame).get_forces(), atoms.get_forces())
    frame.arrays["c_q"][0] = [1, 2, 3, 4]
    with pytest.raises(ValueError, match="energy of its calculator, got a frame that was changed since"):
        labels_of(frame)


def with_calculator(atoms):
    out = atoms.copy()
    stress = full_3x3_to_voigt_6_stress(out.info.pop("stress"))
    out.calc = SinglePointCalculator(
        out, energy=out.info.pop("energy"), forces=out.arrays.pop("forces"), stress=stress
    )
    return out


@pytest.mark.parametrize("name", ["virial", "REF_virial"])
@pytest.mark.parametrize("shape", [(3, 3), (9,), (6,)])
def test_virials_are_minus_stress_times_volume(descriptor, data, name, shape):
    given = [a.copy() for a in data]
    for a in given:
        stress = a.info.pop("stress")
        full = -a.get_volume() * (
            voigt_6_to_full_3x3_stress(stress) if np.shape(stress) == (6,) else np.reshape(stress, (3, 3))
        )
        a.info[name] = full_3x3_to_voigt_6_stress(full) if shape == (6,) else full.reshape(shape)
    found = fit(given, descriptor, keys={"stress": name}, test=0)
    expected = fit(data, descriptor, test=0)
    assert "stress" in found.training["targets"]
    assert_same_potential(found.model.core, expected.model.core, data, 1e-9)


def _without(name):
    def change(given):
        for a in given:
            a.info.pop(name, None)
            a.arrays.pop(name, None)

    return change


def _only_in_first(name):
    def change(given):
        for a in given[1:]:
            a.info.pop(name, None)
            a.arrays.pop(name, None)

    return change


def _set(k, place, name, value):
    def change(given):
        getattr(given[k], place)[name] = value

    return change


BAD_DATA = {
    "no torques": (_without("torques"), {}, "torques, got none in any frame, but forces"),
    "mixed": (_only_in_first("energy"), {}, "labels, got energy in frame 0 and none in frame 1"),
    "mixed, asked for": (
        _only_in_first("torques"),
        {"targets": ["torques"]},
        r"frame 1: torques, got none; expected arrays\['torques'\]",
    ),
    "none": (
        lambda given: [(a.info.clear(), a.arrays.pop("forces"), a.arrays.pop("torques")) for a in given],
        {},
        "labels, got none in frame 0",
    ),
    "not finite": (_set(2, "info", "energy", np.nan), {}, "frame 2: energy, got nan"),
    "text": (_set(2, "info", "energy", "low"), {}, "frame 2: energy, got values that are not numbers"),
    "shape": (_set(1, "arrays", "torques", np.zeros((3, 2))), {}, r"frame 1: torques: shape, got \(3, 2\)"),
    "units": (
        _set(1, "info", "units", "real"),
        {},
        r"frame 1: info\['units'\], got 'real'; expected 'metal'",
    ),
    "no cell": (
        lambda given: given[1].set_cell(None) or given[1].set_pbc(False),
        {},
        "frame 1: stress, got a frame without a cell",
    ),
    "other species": (
        lambda given: given[4].numbers.__setitem__(0, 7),
        {},
        "frame 4: species, got 'N'; expected one of C, O",
    ),
    "no shape": (
        lambda given: given[3].arrays.pop("c_diameter[2]"),
        {},
        "frame 3: .*diameter",
    ),
    "quaternion": (_set(5, "arrays", "c_q", np.zeros((4, 4))), {}, "frame 5, particle 0: .*quaternion"),
    "empty": (lambda given: given.clear(), {}, "frames, got none"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data(descriptor, data, name):
    change, others, text = BAD_DATA[name]
    given = [a.copy() for a in data[:6]]
    change(given)
    with pytest.raises(ValueError, match=text):
        fit(given, descriptor, **others)


def test_bad_test_frames_are_told_apart(descriptor, data):
    wrong = [a.copy() for a in data[:2]]
    del wrong[1].arrays["torques"]
    with pytest.raises(ValueError, match="test frame 1: torques, got none"):
        fit(data[:6], descriptor, test=wrong)


def test_labels_subtract_and_add():
    a = Labels(energy=3.0, forces=np.ones((2, 3)))
    b = Labels(energy=1.0, forces=np.full((2, 3), 0.5), torques=np.ones((2, 3)))
    left = a.minus(b)
    assert left.energy == 2.0 and left.torques is None
    assert np.array_equal(left.plus(b).forces, a.forces)


def test_a_label_that_is_named_must_be_there(descriptor, data):
    for name, place in (("energy", "info"), ("forces", "arrays")):
        with pytest.raises(ValueError, match=rf"frame 0: {name}, got none; expected {place}\['other'\]"):
            fit(data, descriptor, keys={name: "other"})
