# SPDX-License-Identifier: MIT
"""A model and its prior in ASE: units, derivatives, what notices a change, relaxation."""

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, EllipsoidFilter, Model, Prior, PriorCalculator, SumCalculator, fit
from anisoap_md.lammps.plugin import plugin_folder
from ase.calculators.calculator import PropertyNotImplementedError
from ase.optimize import BFGS
from testing.helpers import TRICLINIC, assert_close, make_atoms
from testing.potentials import by_particle, moved, turned
from testing.training.labelled import frames, label, linear_model, small_descriptor

GAY_BERNE = ("pair_style gayberne 1 1 1 40.0", "pair_coeff * * 1e-3 1.0 1 1 0.2 1 1 0.2")


def cluster():
    generator = np.random.default_rng(1)
    positions = [[0, 0, 0], [2.2, 0.3, 0.1], [0.2, 2.5, 2.0], [4.0, 2.2, -1.0]]
    return make_atoms(
        [6, 8, 6, 8], positions, generator.normal(size=(4, 4)), np.tile([1.0, 1.3, 1.7], (4, 1))
    )


@pytest.fixture
def model_file(tmp_path):
    """A model that was trained on what the prior leaves."""
    descriptor = small_descriptor()
    given = frames(20)
    for a in given:
        for k, d in enumerate((1.0, 1.3, 1.7), start=1):
            a.arrays[f"c_diameter[{k}]"][:] = d
    given = label(linear_model(descriptor), given)
    path = tmp_path / "model.json"
    fit(given, descriptor, units="lj", prior=GAY_BERNE, test=0.2).save(path)
    return path


@pytest.mark.filterwarnings("ignore:anisoap. the model was trained on what its prior leaves")
def test_a_model_with_its_prior_has_torques_and_relaxes(model_file):
    atoms = cluster()
    atoms.calc = SumCalculator([AniSOAPCalculator(model_file), PriorCalculator(model_file)])
    expected = Model.load(model_file).predict(atoms)
    prior = Prior.of(GAY_BERNE, "lj", (6, 8)).labels([atoms], (6, 8), ["energy", "forces", "torques"])[0]
    assert abs(prior.energy) > 1e-6 and np.abs(prior.torques).max() > 1e-6
    assert_close(atoms.get_potential_energy(), expected.energy[0] + prior.energy, 1e-14)
    assert_close(atoms.get_forces(), expected.forces + prior.forces, 1e-14)
    assert_close(atoms.calc.get_torques(atoms), expected.torques + prior.torques, 1e-14)
    before = atoms.get_potential_energy()
    BFGS(EllipsoidFilter(atoms), logfile=None, maxstep=0.02).run(steps=3)
    assert atoms.get_potential_energy() < before


def test_forces_and_torques_are_derivatives_of_the_energy():
    atoms = cluster()
    atoms.calc = PriorCalculator(GAY_BERNE, species=["C", "O"], units="lj")

    def energy(a):
        a.calc = atoms.calc
        return a.get_potential_energy()

    assert_close(atoms.get_forces(), -by_particle(energy, atoms, moved), 1e-6)
    assert_close(atoms.calc.get_torques(atoms), -by_particle(energy, atoms, turned), 1e-6)


@pytest.mark.parametrize("units", ["metal", "real"])
def test_results_are_in_ev_and_angstrom(tmp_path, monkeypatch, units):
    """pair_style anisoap as a prior, against the calculator of its model."""
    monkeypatch.setenv("LAMMPS_PLUGIN_PATH", str(plugin_folder()))
    model = Model(linear_model(small_descriptor()).converted("metal"), num_threads=1).converted(units)
    model.save(tmp_path / "model.json")
    atoms = cluster()
    atoms.set_cell(2.0 * TRICLINIC)
    atoms.pbc = True
    other = atoms.copy()
    other.calc = AniSOAPCalculator(model)
    commands = ["pair_style anisoap", f"pair_coeff * * {tmp_path / 'model.json'} C O"]
    atoms.calc = PriorCalculator(Prior.of(commands, units, (6, 8)), species=[6, 8])
    assert_close(atoms.get_potential_energy(), other.get_potential_energy(), 1e-9)
    assert_close(atoms.get_forces(), other.get_forces(), 1e-8)
    assert_close(atoms.calc.get_torques(atoms), other.calc.get_torques(other), 1e-8)
    assert_close(atoms.get_stress(), other.get_stress(), 1e-8)


def test_a_turned_body_computes_anew():
    atoms = cluster()
    atoms.calc = PriorCalculator(GAY_BERNE, species=["C", "O"], units="lj")
    before = atoms.get_potential_energy()
    atoms.arrays["c_q"][1] = [0.5, 0.5, -0.5, 0.5]
    assert abs(atoms.get_potential_energy() - before) > 1e-8


def test_what_has_no_prior_is_refused(model_file, tmp_path):
    plain = Model(linear_model(small_descriptor()))
    with pytest.raises(ValueError, match="source, got a model that was trained without a prior"):
        PriorCalculator(plain)
    with pytest.raises(ValueError, match="species, got None; expected those of the atom types"):
        PriorCalculator(GAY_BERNE)
    with pytest.raises(ValueError, match="units, got 'metal'; expected none beside a model"):
        PriorCalculator(model_file, units="metal")
    atoms = cluster()
    atoms.calc = PriorCalculator(GAY_BERNE, species=["C", "N"], units="lj")
    with pytest.raises(ValueError, match="species, got 'O'; expected one of C, N"):
        atoms.get_potential_energy()
    atoms.calc = PriorCalculator(model_file)
    with pytest.raises(PropertyNotImplementedError, match="stress, got pbc"):
        atoms.get_stress()
