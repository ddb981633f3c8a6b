# SPDX-License-Identifier: MIT
"""Relaxation of ellipsoids by positions, orientations and cell, against a run of LAMMPS that is cooled to rest."""

import numpy as np
import pytest
from anisoap_md import EllipsoidFilter, read_frames
from anisoap_md.frames import bodies as _bodies
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.lj import LennardJones
from ase.constraints import FixAtoms
from ase.optimize import BFGS, FIRE, LBFGSLineSearch
from testing.helpers import assert_close
from testing.lmp.gay_berne import GayBerne, gathered, start

SHAPE = [1.0, 1.2, 2.5]


def particles(positions, cell=None, seed: int = 0) -> Atoms:
    """Particles of one shape with random orientations."""
    rng = np.random.default_rng(seed)
    n = len(positions)
    atoms = Atoms(numbers=[6] * n, positions=positions, cell=cell, pbc=cell is not None, masses=[1.0] * n)
    q = rng.normal(size=(n, 4))
    atoms.arrays["c_q"] = q / np.linalg.norm(q, axis=1, keepdims=True)
    atoms.arrays["c_diameter"] = np.tile(SHAPE, (n, 1))
    return atoms


def pair() -> Atoms:
    atoms = particles([[0, 0, 0], [1.6, 0.4, -0.6]], seed=3)
    atoms.calc = GayBerne()
    return atoms


def crystal() -> Atoms:
    """Two nearly parallel particles in an orthogonal cell that is not theirs."""
    atoms = particles([[0, 0, 0], [0.57, 0.9, 1.3]], cell=[1.13, 1.8, 2.61])
    q = np.array([[1, 0.005, -0.01, 0.01], [1, 0.01, 0.005, -0.01]])
    atoms.arrays["c_q"] = q / np.linalg.norm(q, axis=1, keepdims=True)
    atoms.calc = GayBerne()
    return atoms


def cooled_by_lammps(atoms: Atoms) -> tuple[float, Atoms]:
    """Energy and particles after fix nve/asphere with drag on velocities and angular momenta, until they rest."""
    lmp = start(atoms)
    lmp.commands_list(
        [
            "fix move all nve/asphere",
            "fix drag all langevin 0.0 0.0 0.5 1 angmom 3.333333333333333",
            "timestep 0.01",
            "run 40000 post no",
        ]
    )
    assert np.abs(gathered(lmp, "f")).max() < 1e-9
    out = atoms.copy()
    out.positions, out.arrays["c_q"] = gathered(lmp, "x"), gathered(lmp, "c_q", 4)
    energy = lmp.get_thermo("pe")
    lmp.close()
    return energy, out


def relative(atoms: Atoms) -> np.ndarray:
    """Distance, and the direction of the axes of both bodies against the line between them (signs left out)."""
    r = atoms.positions[1] - atoms.positions[0]
    a, b = _bodies.rotations(atoms).as_matrix()
    direction = r / np.linalg.norm(r)
    return np.concatenate(
        [[np.linalg.norm(r)], np.abs(direction @ a), np.abs(direction @ b), np.abs(a.T @ b).ravel()]
    )


@pytest.mark.parametrize(
    "optimizer, fmax, bound", [(BFGS, 1e-6, 1e-5), (LBFGSLineSearch, 1e-6, 1e-5), (FIRE, 1e-3, 0.02)]
)
def test_pair_relaxes_to_where_lammps_comes_to_rest(optimizer, fmax, bound):
    atoms = pair()
    energy, expected = cooled_by_lammps(atoms)
    assert optimizer(EllipsoidFilter(atoms), logfile=None).run(fmax=fmax, steps=500)
    assert atoms.get_potential_energy() == pytest.approx(energy, abs=bound**2)
    assert_close(relative(atoms), relative(expected), bound)
    assert np.abs(_bodies.torques(atoms)).max() < 2 * fmax


@pytest.mark.parametrize("cell", [False, True, {"scalar_pressure": 0.7}], ids=["fixed", "cell", "pressure"])
def test_forces_are_derivatives_by_the_coordinates(cell):
    atoms = crystal()
    coordinates = EllipsoidFilter(atoms, cell=cell, rotation_scale=0.7)
    forces = coordinates.get_forces()
    x, h = coordinates.get_positions(), 1e-5
    assert len(coordinates) == len(x) == len(forces) == (7 if cell else 4)
    rows = [(i, k) for i in range(4) for k in range(3)] + ([(4, 0), (5, 1), (6, 2)] if cell else [])
    for i, k in rows:
        energies = []
        for step in (h, -h):
            moved = x.copy()
            moved[i, k] += step
            coordinates.set_positions(moved)
            energies.append(coordinates.get_potential_energy())
            coordinates.set_positions(x)
        assert_close(forces[i, k], -(energies[0] - energies[1]) / (2 * h), 1e-6)


def test_crystal_relaxes_with_its_cell():
    atoms = crystal()
    before = atoms.get_potential_energy()
    mask = [True, True, True, False, False, False]
    assert BFGS(EllipsoidFilter(atoms, cell={"mask": mask}), logfile=None).run(fmax=1e-3, steps=60)
    assert atoms.get_potential_energy() < before
    assert np.abs(atoms.get_forces()).max() < 2e-3 and np.abs(_bodies.torques(atoms)).max() < 2e-3
    assert np.abs(atoms.get_stress()[:3]).max() < 1e-3
    # Any strain of the relaxed cell costs energy.
    lowest = atoms.get_potential_energy()
    for k in range(3):
        for strain in (0.005, -0.005):
            strained = atoms.copy()
            factors = np.ones(3)
            factors[k] += strain
            strained.set_cell(atoms.cell.array * factors, scale_atoms=True)
            strained.calc = GayBerne()
            assert strained.get_potential_energy() > lowest + 1e-6


def test_a_turn_is_about_axes_of_space():
    atoms = pair()
    before = _bodies.rotations(atoms)
    coordinates = EllipsoidFilter(atoms, rotation_scale=2.0)
    x = coordinates.get_positions()
    x[2] += [0, 0, 2.0 * np.pi / 2]
    coordinates.set_positions(x)
    turned = _bodies.rotations(atoms)
    assert_close((turned[0] * before[0].inv()).as_rotvec(), [0, 0, np.pi / 2], 1e-12)
    assert_close(turned[1].as_matrix(), before[1].as_matrix(), 1e-12)
    assert_close(coordinates.get_positions(), x, 1e-12)


def test_all_quaternion_arrays_turn():
    atoms = pair()
    atoms.arrays["quat"] = -atoms.arrays["c_q"]
    coordinates = EllipsoidFilter(atoms)
    coordinates.set_positions(coordinates.get_positions() + 0.1)
    assert np.array_equal(atoms.arrays["quat"], atoms.arrays["c_q"])


def test_fixed_particles_turn_but_stay():
    atoms = pair()
    atoms.set_constraint(FixAtoms([0]))
    before = atoms.copy()
    assert BFGS(EllipsoidFilter(atoms), logfile=None).run(fmax=1e-5, steps=300)
    assert np.array_equal(atoms.positions[0], before.positions[0])
    assert np.abs(atoms.arrays["c_q"][0] - before.arrays["c_q"][0]).max() > 0.01


def test_default_scale_is_the_mean_longest_semi_axis():
    assert EllipsoidFilter(pair()).rotation_scale == 1.25


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_scale_must_be_positive(scale):
    with pytest.raises(ValueError, match="anisoap: rotation_scale, got"):
        EllipsoidFilter(pair(), rotation_scale=scale)


def test_missing_arrays_and_torques_are_errors():
    for name in ("c_q", "c_diameter"):
        atoms = pair()
        del atoms.arrays[name]
        with pytest.raises(ValueError, match="anisoap: (quaternions|diameters), got"):
            EllipsoidFilter(atoms)
    atoms = pair()
    atoms.calc = LennardJones()
    with pytest.raises(PropertyNotImplementedError, match="anisoap: calculator, got LennardJones"):
        EllipsoidFilter(atoms).get_forces()
    atoms.calc = None
    with pytest.raises(RuntimeError, match="anisoap: atoms, got no calculator"):
        _bodies.torques(atoms)


def test_trajectories_keep_the_bodies(tmp_path):
    atoms, file = pair(), tmp_path / "f.traj"
    FIRE(EllipsoidFilter(atoms), trajectory=str(file), logfile=None).run(steps=3)
    found = read_frames(file)
    assert len(found) == 4
    for name in ("positions", "c_q", "c_diameter"):
        assert np.array_equal(found[-1].arrays[name], atoms.arrays[name])
    assert_close(found[-1].arrays["torques"], _bodies.torques(atoms), 1e-14)
    assert found[-1].get_potential_energy() == atoms.get_potential_energy()
    assert not np.array_equal(found[0].arrays["c_q"], atoms.arrays["c_q"])
