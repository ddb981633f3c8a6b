# SPDX-License-Identifier: MIT
"""Sums of calculators: what ASE's own do not see, against the parts and against finite differences."""

import pytest
from anisoap_md import AniSOAPCalculator, EllipsoidFilter, SumCalculator
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.lj import LennardJones
from ase.optimize import BFGS
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import by_particle, moved, random_model, turned


@pytest.fixture
def atoms():
    out = random_atoms(7, 5, 0.9 * TRICLINIC)
    out.calc = SumCalculator([AniSOAPCalculator(random_model()), LennardJones(sigma=0.8, epsilon=0.01)])
    return out


def alone(atoms, k):
    out = atoms.copy()
    out.calc = atoms.calc.calculators[k]
    return out


def test_properties_are_sums(atoms):
    model, points = alone(atoms, 0), alone(atoms, 1)
    assert_close(
        atoms.get_potential_energy(), model.get_potential_energy() + points.get_potential_energy(), 1e-14
    )
    assert_close(atoms.get_forces(), model.get_forces() + points.get_forces(), 1e-14)
    assert_close(atoms.get_stress(), model.get_stress() + points.get_stress(), 1e-14)
    assert_close(atoms.calc.get_torques(atoms), model.calc.get_torques(model), 1e-14)
    assert "uncertainties" not in atoms.calc.implemented_properties


def test_forces_and_torques_are_derivatives_of_the_energy(atoms):
    def energy(a):
        a.calc = atoms.calc
        return a.get_potential_energy()

    assert_close(atoms.get_forces(), -by_particle(energy, atoms, moved), 1e-6)
    assert_close(atoms.calc.get_torques(atoms), -by_particle(energy, atoms, turned), 1e-6)


@pytest.mark.parametrize("name, value", [("c_q", [0.5, 0.5, -0.5, 0.5]), ("c_diameter[2]", 3.5)])
def test_a_turned_or_resized_body_computes_anew(atoms, name, value):
    before = atoms.get_potential_energy()
    atoms.arrays[name][1] = value
    parts = [alone(atoms, k).get_potential_energy() for k in (0, 1)]
    assert abs(sum(parts) - before) > 1e-4
    assert atoms.get_potential_energy() == pytest.approx(sum(parts), rel=1e-14)


def test_results_of_other_properties_go_with_a_change(atoms):
    atoms.get_forces()
    atoms.arrays["c_q"][0] = [0, 1, 0, 0]
    atoms.get_potential_energy()
    assert set(atoms.calc.results) == {"energy"}


def test_a_sum_relaxes(atoms):
    before = atoms.get_potential_energy()
    BFGS(EllipsoidFilter(atoms), logfile=None, maxstep=0.02).run(steps=3)
    assert atoms.get_potential_energy() < before


def test_a_sum_without_torques_has_none(atoms):
    atoms.calc = SumCalculator([LennardJones(), LennardJones()])
    with pytest.raises(PropertyNotImplementedError):
        atoms.calc.get_torques(atoms)


def test_what_is_no_list_of_calculators_is_refused():
    one = LennardJones()
    for given, kind, text in (
        ([], ValueError, "got \\[\\]"),
        (one, ValueError, "expected a list"),
        ([one, one], ValueError, "one object twice"),
        ([one, "prior"], TypeError, "got 'prior'"),
    ):
        with pytest.raises(kind, match=f"anisoap: calculators, .*{text}|anisoap: calculators, {text}"):
            SumCalculator(given)
