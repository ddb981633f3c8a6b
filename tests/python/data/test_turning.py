# SPDX-License-Identifier: MIT
"""Frames that are turned as a whole: what a model says of them turns with them."""

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, rotated, with_results
from ase.constraints import FixAtoms
from ase.stress import full_3x3_to_voigt_6_stress, voigt_6_to_full_3x3_stress
from scipy.spatial.transform import Rotation
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import random_model

TURN = Rotation.from_rotvec([0.4, -1.1, 0.7])


@pytest.fixture
def atoms():
    out = random_atoms(7, 5, 0.9 * TRICLINIC)
    out.calc = AniSOAPCalculator(random_model())
    out.get_stress()
    return out


@pytest.mark.parametrize("turn", [TURN, TURN.as_matrix()], ids=["rotation", "matrix"])
def test_held_results_are_those_of_the_turned_frame(atoms, turn):
    got = rotated(atoms, turn)
    again = got.copy()
    again.calc = atoms.calc
    assert_close(got.get_potential_energy(), again.get_potential_energy(), 1e-12)
    assert_close(got.get_forces(), again.get_forces(), 1e-10)
    assert_close(got.get_stress(), again.get_stress(), 1e-10)
    assert_close(got.arrays["torques"], again.calc.get_torques(again), 1e-10)


def test_labels_and_named_vectors_turn(atoms):
    given = with_results(atoms)
    full = voigt_6_to_full_3x3_stress(given.get_stress())
    given.info["stress"] = full.ravel()
    given.set_momenta(np.arange(15.0).reshape(5, 3))
    given.arrays["axes"] = given.arrays["other"] = np.arange(15.0).reshape(5, 3)
    got, r = rotated(given, TURN, vectors=["axes"]), TURN.as_matrix()
    assert_close(got.info["stress"], (r @ full @ r.T).ravel(), 1e-12)
    assert_close(got.get_stress(), full_3x3_to_voigt_6_stress(r @ full @ r.T), 1e-12)
    for name in ("momenta", "axes"):
        assert_close(got.arrays[name], given.arrays[name] @ r.T, 1e-12)
    assert np.array_equal(got.arrays["other"], given.arrays["other"])
    assert np.array_equal(given.arrays["c_q"], atoms.arrays["c_q"])


def test_fixed_particles_turn_too(atoms):
    atoms.set_constraint(FixAtoms([0]))
    atoms.positions += 0.3
    atoms.set_momenta(np.ones((5, 3)), apply_constraint=False)
    got = rotated(atoms, TURN)
    assert_close(got.positions, atoms.positions @ TURN.as_matrix().T, 1e-12)
    assert_close(got.get_momenta(), atoms.get_momenta() @ TURN.as_matrix().T, 1e-12)
    assert len(got.constraints) == 1


@pytest.mark.parametrize(
    "rotation",
    [np.eye(3) * 1.01, np.diag([1.0, 1.0, -1.0]), np.eye(4), np.full((3, 3), np.nan), Rotation.identity(2)],
)
def test_what_is_no_rotation_is_refused(atoms, rotation):
    with pytest.raises(ValueError, match="anisoap: rotation, got"):
        rotated(atoms, rotation)


def test_vectors_are_arrays_of_the_atoms(atoms):
    for name in ("axis", "c_q"):
        with pytest.raises(ValueError, match=f"anisoap: vectors, got '{name}'"):
            rotated(atoms, TURN, vectors=[name])
