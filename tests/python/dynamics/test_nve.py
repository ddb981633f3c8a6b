# SPDX-License-Identifier: MIT
"""Rigid-ellipsoid NVE against LAMMPS's fix nve/asphere, closed forms and conservation laws. Reduced units throughout."""

import numpy as np
import pytest
from anisoap_md import RigidNVE, read_frames, with_results
from anisoap_md.dynamics.rigid_nve import (
    ANGULAR_MOMENTA,
    freely_rotated,
    principal_moments,
    rotational_energy,
    set_thermal_rotation,
)
from ase import Atoms, units
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.lj import LennardJones
from ase.constraints import FixAtoms
from ase.io.trajectory import Trajectory
from scipy.integrate import solve_ivp
from scipy.spatial.transform import Rotation
from testing.helpers import assert_close, make_atoms
from testing.lmp.gay_berne import GayBerne, gathered, start, words

SHAPE = [1.0, 1.2, 2.5]
MASS = 1.5


def cluster(seed: int, n_side: int) -> Atoms:
    """n_side^3 particles of one shape on a jittered lattice, with momenta and angular momenta, without a cell."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(n_side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    n = len(grid)
    atoms = Atoms(numbers=[6] * n, positions=2.4 * grid + rng.uniform(-0.2, 0.2, (n, 3)), masses=[MASS] * n)
    q = rng.normal(size=(n, 4))
    atoms.arrays["c_q"] = q / np.linalg.norm(q, axis=1, keepdims=True)
    atoms.arrays["c_diameter"] = np.tile(SHAPE, (n, 1))
    atoms.set_momenta(rng.normal(size=(n, 3)))
    atoms.arrays[ANGULAR_MOMENTA] = 0.5 * rng.normal(size=(n, 3))
    return atoms


def pair() -> Atoms:
    """Two of these particles, near each other."""
    atoms = cluster(2, 2)[:2]
    atoms.positions = [[0, 0, 0], [1.3, 0.4, -0.6]]
    return atoms


def by_lammps(atoms: Atoms, timestep: float, n_steps: int) -> Atoms:
    """The same run by fix nve/asphere."""
    lmp = start(atoms)
    velocities = atoms.get_velocities()
    for k, (v, spin) in enumerate(zip(velocities, atoms.arrays[ANGULAR_MOMENTA], strict=True), start=1):
        x, y, z = words(v).split()
        lmp.command(f"set atom {k} vx {x} vy {y} vz {z} angmom {words(spin)}")
    lmp.commands_list(["fix 1 all nve/asphere", f"timestep {timestep!r}", f"run {n_steps} post no"])
    out = atoms.copy()
    out.positions = gathered(lmp, "x")
    out.arrays["c_q"] = gathered(lmp, "c_q", 4)
    out.arrays[ANGULAR_MOMENTA] = gathered(lmp, "angmom")
    lmp.close()
    return out


def run(atoms: Atoms, timestep: float, n_steps: int) -> RigidNVE:
    atoms.calc = GayBerne()
    dynamics = RigidNVE(atoms, timestep)
    dynamics.run(n_steps)
    return dynamics


def differences(a: Atoms, b: Atoms) -> np.ndarray:
    """Largest differences of positions, orientations (radians) and angular momenta."""
    turns = (
        Rotation.from_quat(np.roll(a.arrays["c_q"], -1, axis=1))
        * Rotation.from_quat(np.roll(b.arrays["c_q"], -1, axis=1)).inv()
    )
    return np.array(
        [
            np.abs(a.positions - b.positions).max(),
            turns.magnitude().max(),
            np.abs(a.arrays[ANGULAR_MOMENTA] - b.arrays[ANGULAR_MOMENTA]).max(),
        ]
    )


@pytest.mark.parametrize("n_side", [1, 2], ids=["pair", "eight"])
def test_trajectory_tends_to_that_of_lammps_with_the_square_of_the_step(n_side):
    found = []
    for n_steps in (100, 200, 400):
        atoms = pair() if n_side == 1 else cluster(3, n_side)
        expected = by_lammps(atoms, 0.5 / n_steps, n_steps)
        run(atoms, 0.5 / n_steps, n_steps)
        found.append(differences(atoms, expected))
    assert (found[-1] < 5e-6).all(), found
    for coarse, fine in zip(found, found[1:], strict=False):
        assert (np.abs(coarse / fine - 4) < 0.2).all(), found


def test_energy_fluctuates_with_the_square_of_the_step_and_does_not_drift():
    spread = []
    for n_steps in (100, 200):
        atoms = cluster(4, 2)
        atoms.calc = GayBerne()
        dynamics = RigidNVE(atoms, 1.0 / n_steps)
        energies = [dynamics.get_total_energy() for _ in dynamics.irun(n_steps)]
        assert abs(energies[-1] - energies[0]) < 1e-3
        spread.append(np.std(energies))
    assert 0 < spread[1] < 5e-4
    assert abs(spread[0] / spread[1] - 4) < 0.3, spread


def test_momentum_and_angular_momentum_are_conserved():
    atoms = cluster(5, 2)

    def totals():
        p, spin = atoms.get_momenta(), atoms.arrays[ANGULAR_MOMENTA]
        return np.concatenate([p.sum(axis=0), (np.cross(atoms.positions, p) + spin).sum(axis=0)])

    before = totals()
    run(atoms, 0.005, 100)
    assert_close(totals(), before, 1e-11)


def test_reversed_run_returns():
    atoms = cluster(6, 2)
    first = atoms.copy()
    run(atoms, 0.005, 50)
    atoms.set_momenta(-atoms.get_momenta())
    atoms.arrays[ANGULAR_MOMENTA] *= -1
    run(atoms, 0.005, 50)
    atoms.arrays[ANGULAR_MOMENTA] *= -1
    assert (differences(atoms, first) < 1e-9).all()


def test_free_rotation_is_that_of_eulers_equations():
    moments, spin = np.array([1.0, 2.0, 2.7]), np.array([0.9, -1.4, 0.6])
    start_at = Rotation.from_rotvec([0.3, -1.1, 0.4])

    def slope(_, q):
        body = Rotation.from_quat(q).inv().apply(spin) / moments
        v, w = q[:3], q[3]
        return 0.5 * np.append(w * body + np.cross(v, body), -v @ body)

    exact = solve_ivp(slope, (0, 5), start_at.as_quat(), rtol=1e-11, atol=1e-12).y[:, -1]
    error = []
    for n_steps in (200, 400):
        r = Rotation.concatenate([start_at])
        for _ in range(n_steps):
            r = freely_rotated(r, spin[None], moments[None], 5 / n_steps)
        error.append((r[0] * Rotation.from_quat(exact).inv()).magnitude())
    assert error[1] < 1e-3
    assert abs(error[0] / error[1] - 4) < 0.1, error


def test_a_sphere_turns_about_its_angular_momentum():
    spin = np.array([[0.9, -1.4, 0.6]])
    turned = freely_rotated(Rotation.identity(1), spin, np.full((1, 3), 2.0), 0.01)
    once = Rotation.from_rotvec(spin / 2.0 * 0.01)
    assert (turned * once.inv()).magnitude()[0] < 1e-6


def test_rotational_energy_is_that_of_lammps():
    atoms = cluster(7, 2)
    lmp = start(atoms)
    for k, spin in enumerate(atoms.arrays[ANGULAR_MOMENTA], start=1):
        lmp.command(f"set atom {k} angmom {words(spin)}")
    lmp.commands_list(["compute rotation all erotate/asphere", "run 0 post no"])
    expected = lmp.extract_compute("rotation", 0, 0)
    lmp.close()
    assert_close(rotational_energy(atoms), expected, 1e-12)
    assert rotational_energy(make_atoms([6], [[0, 0, 0]], [[1, 0, 0, 0]], [[1, 1, 1]])) == 0


def test_thermal_rotation_has_half_kt_per_axis():
    rng = np.random.default_rng(8)
    n = 20000
    atoms = make_atoms([6] * n, np.zeros((n, 3)), rng.normal(size=(n, 4)), np.tile(SHAPE, (n, 1)))
    set_thermal_rotation(atoms, 300.0, rng)
    q = Rotation.from_quat(np.roll(atoms.arrays["c_q"], -1, axis=1))
    body = q.inv().apply(atoms.arrays[ANGULAR_MOMENTA])
    per_axis = (body**2 / principal_moments(atoms)).mean(axis=0)
    # Relative standard error of a mean of n squares: sqrt(2 / n) = 1 %.
    assert_close(per_axis, np.full(3, units.kB * 300), 0.05)


def test_fixed_particles_stay_but_turn():
    atoms = cluster(9, 2)
    atoms.set_constraint(FixAtoms([0]))
    before = atoms.copy()
    run(atoms, 0.005, 5)
    assert np.array_equal(atoms.positions[0], before.positions[0])
    assert not np.allclose(atoms.positions[1], before.positions[1])
    assert not np.allclose(atoms.arrays["c_q"][0], before.arrays["c_q"][0])


@pytest.mark.parametrize("timestep", [0.0, -1.0, float("nan"), float("inf")])
def test_time_step_must_be_positive(timestep):
    with pytest.raises(ValueError, match="anisoap: timestep, got"):
        RigidNVE(cluster(1, 2), timestep)


def test_particles_need_shapes_and_orientations():
    for name in ("c_q", "c_diameter"):
        atoms = cluster(1, 2)
        del atoms.arrays[name]
        with pytest.raises(ValueError, match="anisoap: (quaternions|diameters), got"):
            RigidNVE(atoms, 0.1)
    atoms = cluster(1, 2)
    atoms.arrays["c_q"][3] = 0
    with pytest.raises(ValueError, match="anisoap: quaternion of particle 3 in 'c_q', got"):
        RigidNVE(atoms, 0.1)


def test_a_calculator_without_torques_is_refused():
    atoms = cluster(1, 2)
    atoms.calc = LennardJones()
    with pytest.raises(PropertyNotImplementedError, match="anisoap: calculator, got LennardJones"):
        RigidNVE(atoms, 0.1).run(1)
    with pytest.raises(ValueError, match="anisoap: temperature_K, got -1"):
        set_thermal_rotation(atoms, -1)


@pytest.mark.parametrize("how", ["path", "open", "attached", "attached write"])
def test_trajectories_keep_the_bodies(tmp_path, how):
    atoms, file, seen = pair(), tmp_path / "r.traj", []
    atoms.calc = GayBerne()
    writer = None if how == "path" else Trajectory(file, "w", atoms)
    given = {"path": str(file), "open": writer}.get(how)
    dynamics = RigidNVE(atoms, timestep=1e-3, trajectory=given, loginterval=2)
    if how.startswith("attached"):
        dynamics.attach(writer if how == "attached" else writer.write, interval=2)
    dynamics.attach(lambda: seen.append(with_results(atoms)), interval=2)
    dynamics.run(4)
    if writer is not None:
        writer.close()
    found = read_frames(file)
    assert len(found) == len(seen) == 3
    for a, b in zip(found, seen, strict=True):
        for name in ("positions", "momenta", "c_q", "c_diameter", ANGULAR_MOMENTA, "torques"):
            assert np.array_equal(a.arrays[name], b.arrays[name]), name
        assert a.get_potential_energy() == b.get_potential_energy()
    assert not np.array_equal(found[0].arrays["c_q"], found[2].arrays["c_q"])


def test_trajectories_are_begun_anew_or_appended_to(tmp_path):
    atoms, file = pair(), tmp_path / "r.traj"
    atoms.calc = GayBerne()
    for append, n in ((False, 3), (False, 3), (True, 6)):
        RigidNVE(atoms, timestep=1e-3, trajectory=file, append_trajectory=append).run(2)
        assert len(read_frames(file)) == n
