# SPDX-License-Identifier: MIT
"""A calculator compares diameters and contacts with those that its model was trained on."""

import json

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, ArgumentError, Model, fit
from anisoap_md.frames.contacts import closest_gaps
from ase import Atoms
from testing.helpers import TRICLINIC, random_atoms
from testing.training.labelled import NUMBERS, SPECIES, frames, label, linear_model, small_descriptor

POLYNOMIAL = {"kind": "polynomial", "cutoff": 2.9, "powers": (1, 4), "degree": 2}


@pytest.fixture(scope="module")
def trained():
    data = label(linear_model(small_descriptor()), frames(14))
    return fit(data, small_descriptor(), "linear", two_body=POLYNOMIAL, walls="off").model


def without_ranges(model: Model) -> Model:
    """As an earlier version would have written it."""
    core = model.core
    before = core.training
    core.training = json.dumps({k: v for k, v in model.training.items() if k != "ranges"})
    out = Model.from_json(core.to_json())
    core.training = before
    return out


def apart(diameters) -> Atoms:
    atoms = Atoms("CO", positions=[[0, 0, 0], [0, 0, 2.6]])
    atoms.arrays["c_q"] = np.tile([1.0, 0, 0, 0], (2, 1))
    atoms.arrays["c_diameter"] = np.array([diameters, [1.5] * 3])
    return atoms


def test_documents_hold_diameters_and_contacts(trained):
    found = json.loads(trained.to_json())["training"]["ranges"]
    assert list(found["diameters"]) == SPECIES and np.shape(found["diameters"]["C"]) == (3, 2)
    gaps = closest_gaps(frames(14), NUMBERS)
    assert {tuple(c["species"]) for c in found["contacts"]} == {("C", "C"), ("C", "O"), ("O", "O")}
    for contact in found["contacts"]:
        pair = tuple(SPECIES.index(s) for s in contact["species"])
        assert contact["gap"] >= gaps[pair]  # some of these frames are held out


def test_other_diameters_are_refused(trained):
    low, high = trained.training["ranges"]["diameters"]["C"][1]
    for size in (0.81 * low, 1.19 * high):
        AniSOAPCalculator(trained).get_potential_energy(apart([1.5, size, 1.5]))
    for size in (0.79 * low, 1.21 * high):
        with pytest.raises(ArgumentError, match=r"particle 0: diameter along y, got .* or shapes='any'"):
            AniSOAPCalculator(trained).get_potential_energy(apart([1.5, size, 1.5]))
        AniSOAPCalculator(trained, shapes="any").get_potential_energy(apart([1.5, size, 1.5]))


def test_a_changed_diameter_is_looked_at_too(trained):
    atoms = apart([1.5] * 3)
    atoms.calc = AniSOAPCalculator(trained)
    atoms.get_potential_energy()
    atoms.arrays["c_diameter"][0, 2] = 9.0
    with pytest.raises(ArgumentError, match="particle 0: diameter along z, got 9;"):
        atoms.get_potential_energy()


def test_closer_contacts_are_warned_of_once(trained):
    atoms = apart([1.5] * 3)
    calculator = AniSOAPCalculator(trained)
    atoms.positions[1, 2] = 1e-3
    with pytest.warns(UserWarning, match="C and O are closer than in the training of the model: gap -1.499"):
        calculator.get_potential_energy(atoms)
    atoms.arrays["c_diameter"][1] *= 1.01
    calculator.get_potential_energy(atoms)


def test_a_document_of_an_earlier_version_is_warned_of_once_and_runs(trained):
    old = without_ranges(trained)
    with pytest.warns(UserWarning, match="does not say which contacts and diameters") as seen:
        calculator = AniSOAPCalculator(old)
    assert len(seen) == 1
    atoms = random_atoms(3, 6, 1.1 * TRICLINIC, numbers=(6, 8), sizes=(8.0, 9.0))
    assert calculator.get_potential_energy(atoms) == trained.predict(atoms).energy[0]


def test_other_words_for_shapes_are_refused(trained):
    with pytest.raises(ArgumentError, match="shapes, got 'all'.*; expected 'atoms', 'model' or 'any'"):
        AniSOAPCalculator(trained, shapes="all")
