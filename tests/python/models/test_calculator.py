# SPDX-License-Identifier: MIT
"""The calculator of ASE: its properties against finite differences, its cache, its units, its refusals."""

import json
import pickle
import warnings

import ase.io
import numpy as np
import pytest
from anisoap_md import (
    AniSOAPCalculator,
    ArgumentError,
    Descriptor,
    EllipsoidFilter,
    Model,
    RigidNVE,
    read_frames,
    write_frames,
)
from ase.calculators.calculator import PropertyNotImplementedError
from ase.filters import FrechetCellFilter
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS, FIRE
from ase.stress import full_3x3_to_voigt_6_stress
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import (
    KINDS,
    by_particle,
    by_strain,
    core_model,
    derivative,
    moved,
    random_model,
    turned,
)


@pytest.fixture
def atoms():
    return random_atoms(7, 5, 0.9 * TRICLINIC)


def labelled(atoms, **kind):
    atoms.calc = AniSOAPCalculator(random_model(**kind))
    return atoms


@pytest.mark.parametrize("kind", list(KINDS))
def test_forces_torques_and_stress_are_derivatives_of_the_energy(atoms, kind):
    labelled(atoms, **KINDS[kind])

    def energy(a):
        a.calc = atoms.calc
        return a.get_potential_energy()

    forces, torques, stress = atoms.get_forces(), atoms.calc.get_torques(atoms), atoms.get_stress()
    assert_close(forces, -by_particle(energy, atoms, moved), 1e-7)
    assert_close(torques, -by_particle(energy, atoms, turned), 1e-7)
    slopes = by_strain(energy, atoms)
    expected = full_3x3_to_voigt_6_stress(0.5 * (slopes + slopes.T)) / atoms.get_volume()
    assert_close(stress, expected, 1e-7)


def test_stress_is_the_slope_by_ase_s_scaling_of_the_cell(atoms):
    labelled(atoms)
    for k, (a, b) in enumerate([(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]):
        strain = np.zeros((3, 3))
        strain[a, b] += 0.5
        strain[b, a] += 0.5

        def scaled(t, strain=strain):
            out = atoms.copy()
            out.calc = atoms.calc
            out.set_cell(atoms.cell.array @ (np.eye(3) + t * strain), scale_atoms=True)
            return out

        slope = derivative(lambda x: x.get_potential_energy(), scaled)
        assert_close(atoms.get_stress()[k], slope / atoms.get_volume(), 1e-7)


def test_results_are_those_of_the_model(atoms):
    model = random_model("kernel")
    expected = model.predict(atoms, uncertainties=True)
    atoms.calc = AniSOAPCalculator(model)
    assert atoms.get_potential_energy() == expected.energy[0]
    assert atoms.get_potential_energy(force_consistent=True) == expected.energy[0]
    assert np.array_equal(atoms.get_potential_energies(), expected.energies)
    assert np.array_equal(atoms.get_forces(), expected.forces)
    assert np.array_equal(atoms.calc.get_torques(atoms), expected.torques)
    assert np.array_equal(atoms.calc.get_uncertainties(atoms), expected.uncertainties)
    assert np.array_equal(atoms.calc.get_property("torques", atoms), expected.torques)


class Counting(AniSOAPCalculator):
    n_calls = 0

    def calculate(self, *args, **kwargs):
        self.n_calls += 1
        super().calculate(*args, **kwargs)


def test_results_are_computed_once(atoms):
    atoms.calc = Counting(random_model())
    for _ in range(2):
        atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress(), atoms.calc.get_torques(atoms)
    atoms.arrays["tag"] = np.arange(len(atoms))
    atoms.get_forces()
    assert atoms.calc.n_calls == 1
    atoms.calc.get_uncertainties(atoms)
    atoms.get_forces()
    assert atoms.calc.n_calls == 2


@pytest.mark.parametrize("quaternion", ["c_q", "quaternion", "quaternions", "quat"])
@pytest.mark.parametrize("diameter", ["c_diameter[2]", "c_diameter2", "c_diameter", "shape", "shapes"])
def test_a_changed_orientation_or_size_computes_anew(atoms, quaternion, diameter):
    atoms.arrays[quaternion] = atoms.arrays.pop("c_q")
    d = [atoms.arrays.pop(f"c_diameter[{k}]") for k in (1, 2, 3)]
    if diameter.endswith(("2", "2]")):
        atoms.arrays.update({diameter.replace("2", str(k)): x for k, x in enumerate(d, start=1)})
    else:
        atoms.arrays[diameter] = np.column_stack(d)
    labelled(atoms)
    seen = [atoms.get_potential_energy()]
    atoms.arrays[quaternion][0] = [0.5, 0.5, -0.5, 0.5]  # in place
    seen.append(atoms.get_potential_energy())
    atoms.arrays[diameter] = 1.01 * atoms.arrays[diameter]
    seen.append(atoms.get_potential_energy())
    assert len(set(seen)) == 3
    fresh = atoms.copy()
    fresh.calc = AniSOAPCalculator(atoms.calc.model)
    assert fresh.get_potential_energy() == seen[-1]


def test_other_changes_compute_anew(atoms):
    labelled(atoms)
    seen = {atoms.get_potential_energy()}
    atoms.positions[0] += 0.1
    seen.add(atoms.get_potential_energy())
    atoms.set_cell(1.05 * atoms.cell.array)
    seen.add(atoms.get_potential_energy())
    atoms.numbers[0] = 8
    seen.add(atoms.get_potential_energy())
    atoms.pbc = [True, True, False]
    seen.add(atoms.get_potential_energy())
    assert len(seen) == 5


@pytest.mark.parametrize("pbc", [False, [True, True, False]], ids=["open", "slab"])
def test_no_stress_without_a_periodic_cell(atoms, pbc):
    labelled(atoms).pbc = pbc
    assert np.isfinite(atoms.get_forces()).all()
    with pytest.raises(PropertyNotImplementedError, match="anisoap: stress, got pbc"):
        atoms.get_stress()
    cluster = random_atoms(1, 3, TRICLINIC)
    cluster.set_cell(None)
    cluster.pbc = False
    cluster.calc = atoms.calc
    with pytest.raises(PropertyNotImplementedError):
        cluster.get_stress()


def test_real_units_become_electronvolts(atoms):
    real = random_model(units="real")
    expected = real.predict(atoms, uncertainties=True)
    atoms.calc = AniSOAPCalculator(real)
    kcal_per_mol = 0.0433641  # eV
    assert_close(atoms.get_potential_energy(), kcal_per_mol * expected.energy[0], 1e-6)
    assert_close(atoms.get_forces(), kcal_per_mol * expected.forces, 1e-6)
    assert_close(atoms.calc.get_torques(atoms), kcal_per_mol * expected.torques, 1e-6)
    assert_close(atoms.calc.get_uncertainties(atoms), kcal_per_mol * expected.uncertainties, 1e-6)


def test_reduced_units_stay(atoms):
    lj = random_model(units="lj")
    atoms.calc = AniSOAPCalculator(lj)
    assert atoms.get_potential_energy() == lj.predict(atoms).energy[0]


@pytest.mark.parametrize("scale", [1.0, 0.7])
def test_descriptors_are_what_the_model_sees(atoms, scale):
    model = random_model(density_scale=scale)
    small = atoms.copy()
    for k in (1, 2, 3):
        small.arrays[f"c_diameter[{k}]"] *= scale
    for symmetric in (False, True):
        expected = model.descriptor.power_spectrum(small, symmetric=symmetric)
        assert_close(AniSOAPCalculator(model).get_descriptors(atoms, symmetric=symmetric), expected, 1e-13)
    atoms.calc = AniSOAPCalculator(model)
    atoms.get_potential_energy()
    assert len(atoms.calc.get_descriptors()) == len(atoms)


ARGUMENTS = {"max_angular": 3, "radial_basis_name": "monomial", "cutoff_radius": 3.0, "species": ["C", "O"]}


def test_hyperparameters_alone_give_descriptors_and_no_energies(tmp_path, atoms):
    d = Descriptor(**ARGUMENTS)
    d.to_json(tmp_path / "hypers.json")
    expected = d.power_spectrum(atoms)
    for source in (d, ARGUMENTS, tmp_path / "hypers.json", str(tmp_path / "hypers.json")):
        calculator = AniSOAPCalculator(source)
        assert np.array_equal(calculator.get_descriptors(atoms), expected)
        atoms.calc = calculator
        for ask in (
            atoms.get_potential_energy,
            atoms.get_forces,
            atoms.get_stress,
            lambda: calculator.get_torques(atoms),  # noqa: B023
            lambda: calculator.get_uncertainties(atoms),  # noqa: B023
            lambda: calculator.calculate(atoms),  # noqa: B023
        ):
            with pytest.raises(
                PropertyNotImplementedError, match="anisoap: .*hyperparameters alone; expected a model"
            ):
                ask()
    with pytest.raises(ValueError, match="anisoap: atoms, got None"):
        AniSOAPCalculator(d).get_descriptors()


def test_any_form_of_a_model_is_taken(tmp_path, atoms):
    core = core_model()
    model = Model(core)
    model.save(tmp_path / "m.json")
    expected = model.predict(atoms).energy[0]
    for source in (core, model, tmp_path / "m.json", str(tmp_path / "m.json")):
        atoms.calc = AniSOAPCalculator(source, num_threads=1)
        assert atoms.get_potential_energy() == expected
    atoms.calc = pickle.loads(pickle.dumps(atoms.calc))
    assert atoms.get_potential_energy() == expected
    with pytest.raises(TypeError, match="anisoap: source, got"):
        AniSOAPCalculator(3.0)
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(ValueError, match=r"anisoap: .*m\.json"):
        AniSOAPCalculator(tmp_path / "m.json")
    with pytest.raises(FileNotFoundError):
        AniSOAPCalculator(tmp_path / "none.json")


def test_uncertainties_need_a_model_that_has_them(atoms):
    labelled(atoms, kind="none", two_body=("uniaxial", "sphere"))
    assert "uncertainties" not in atoms.calc.implemented_properties
    with pytest.raises(
        PropertyNotImplementedError, match="anisoap: property 'uncertainties', got a model without it"
    ):
        atoms.calc.get_uncertainties(atoms)
    with pytest.raises(PropertyNotImplementedError, match="anisoap: property 'magmoms'"):
        atoms.get_magnetic_moments()


def test_unknown_species_are_named_with_the_model_s(atoms):
    atoms.numbers[2] = 7
    with pytest.raises(ValueError, match=r"particle 2: species .* got 7; .*the model's C, O"):
        labelled(atoms).get_potential_energy()


def test_missing_arrays_are_named(atoms):
    labelled(atoms)
    del atoms.arrays["c_diameter[2]"]
    with pytest.raises(ValueError, match="diameters"):
        atoms.get_forces()


def test_a_failed_calculation_leaves_no_results(atoms):
    labelled(atoms).get_potential_energy()
    atoms.positions[0, 0] = np.nan
    for _ in range(2):
        with pytest.raises(ValueError, match="anisoap: "):
            atoms.get_forces()


def test_a_model_beside_a_prior_says_so():
    core = core_model()
    core.training = '{"prior": {"style": "gayberne"}}'
    with pytest.warns(UserWarning, match="anisoap: .*without the prior"):
        AniSOAPCalculator(core)
    core.training = '{"prior": null}'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        AniSOAPCalculator(core)


def test_ase_s_own_machinery_accepts_the_calculator(tmp_path, atoms):
    labelled(atoms)
    properties = atoms.get_properties(["energy", "forces", "stress"])
    assert properties["energy"] == atoms.get_potential_energy()
    ase.io.write(tmp_path / "a.traj", atoms)
    ase.io.write(tmp_path / "a.extxyz", atoms)
    assert ase.io.read(tmp_path / "a.traj").get_potential_energy() == atoms.get_potential_energy()
    write_frames(tmp_path / "b.extxyz", atoms)
    read = read_frames(tmp_path / "b.extxyz")[0]
    assert np.array_equal(read.arrays["torques"], atoms.calc.get_torques(atoms))
    assert np.array_equal(read.get_stress(), atoms.get_stress())


def test_relaxation_lowers_the_energy(atoms):
    labelled(atoms)
    before = atoms.get_potential_energy()
    BFGS(EllipsoidFilter(atoms), logfile=None, maxstep=0.05).run(fmax=0.01, steps=15)
    assert atoms.get_potential_energy() < before


def test_nve_conserves_the_energy(atoms):
    labelled(atoms)
    dynamics = RigidNVE(atoms, 0.005)
    first = dynamics.get_total_energy()
    dynamics.run(20)
    coarse = abs(dynamics.get_total_energy() - first)
    potential = abs(atoms.get_kinetic_energy())
    assert potential > 0 and coarse < 1e-3 * potential


class TestShapesOfTheModel:
    """Diameters of training in place of those of the atoms."""

    SIZES = {"C": [1.0, 1.0, 1.7], "O": [1.3, 1.3, 0.9]}

    @pytest.fixture
    def model(self):
        core = core_model(**KINDS["polynomial and linear"])
        core.training = json.dumps({"diameters": self.SIZES})
        return Model(core)

    def test_results_are_those_of_atoms_of_that_size(self, atoms, model):
        sized = atoms.copy()
        sizes = np.array([self.SIZES[s] for s in atoms.get_chemical_symbols()])
        for k in range(3):
            sized.arrays[f"c_diameter[{k + 1}]"] = sizes[:, k].copy()
        atoms.calc, sized.calc = AniSOAPCalculator(model, shapes="model"), AniSOAPCalculator(model)
        assert atoms.get_potential_energy() == sized.get_potential_energy()
        assert_close(atoms.get_forces(), sized.get_forces(), 0)
        assert_close(atoms.calc.get_torques(atoms), sized.calc.get_torques(sized), 0)
        assert_close(atoms.calc.get_descriptors(), sized.calc.get_descriptors(), 0)
        own = atoms.copy()
        own.calc = AniSOAPCalculator(model)
        assert own.get_potential_energy() != sized.get_potential_energy()

    def test_atoms_need_no_diameters(self, atoms, model):
        bare = atoms.copy()
        for k in range(3):
            del bare.arrays[f"c_diameter[{k + 1}]"]
        atoms.calc = bare.calc = AniSOAPCalculator(model, shapes="model")
        assert bare.get_potential_energy() == atoms.get_potential_energy()

    def test_models_without_them_are_refused(self):
        with pytest.raises(
            ArgumentError, match="shapes, got 'model' with a model that has no diameters of C"
        ):
            AniSOAPCalculator(random_model(), shapes="model")
        with pytest.raises(ArgumentError, match="did you mean 'model'"):
            AniSOAPCalculator(random_model(), shapes="modle")
        with pytest.raises(ArgumentError, match="'model' without a model"):
            AniSOAPCalculator(Descriptor(2, "monomial", 3.0), shapes="model")


@pytest.mark.parametrize("how", ["optimizer", "cell", "dynamics", "writer"])
def test_trajectories_of_ase_keep_the_bodies(atoms, tmp_path, how):
    """ASE's own writer leaves arrays out: those of the results stand among the calculator's parameters."""
    file = str(tmp_path / "a.traj")
    labelled(atoms)
    atoms.get_potential_energy()
    if how == "writer":
        ase.io.write(file, atoms)
    elif how == "dynamics":
        VelocityVerlet(atoms, timestep=0.1, trajectory=file).run(2)
    else:
        FIRE(FrechetCellFilter(atoms) if how == "cell" else atoms, trajectory=file, logfile=None).run(steps=2)
    read = read_frames(file)[-1]
    for name in ("positions", "c_q", *(f"c_diameter[{k}]" for k in (1, 2, 3))):
        assert np.array_equal(read.arrays[name], atoms.arrays[name])
    assert_close(read.arrays["torques"], atoms.calc.get_torques(atoms), 1e-14)


def test_trajectories_do_not_keep_bodies_that_were_turned_since(atoms, tmp_path):
    labelled(atoms)
    atoms.get_potential_energy()
    atoms.arrays["c_q"] = np.roll(atoms.arrays["c_q"], 1, axis=0)
    ase.io.write(tmp_path / "a.traj", atoms)
    assert "c_q" not in read_frames(tmp_path / "a.traj")[0].arrays
