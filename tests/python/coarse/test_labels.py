# SPDX-License-Identifier: MIT
"""Forces, torques, stresses and motion of bodies against sums by loops over atoms."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, coarse_grain
from ase import Atoms
from ase.build import molecule
from ase.calculators.singlepoint import SinglePointCalculator
from scipy.spatial.transform import Rotation
from testing.helpers import rotations_of
from testing.liquids import CELL, liquid, whole_molecule

KJ = 1.6e-3  # strength of the pair forces of the virial test


def only(source, **options) -> Atoms:
    (frame,) = coarse_grain(source, **options)
    return frame


@pytest.mark.parametrize("cell", [CELL, np.diag([17.0, 16.0, 18.0])], ids=["triclinic", "orthogonal"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_net_forces_and_torques_are_those_of_a_loop(cell, wrapped):
    atoms = liquid(
        [molecule("C6H6"), molecule("CH3OH"), molecule("C6H6"), molecule("H2O")], cell, wrapped=wrapped
    )
    frame = only(atoms, species={"C6H6": "C", "CH4O": "O", "H2O": "N"})
    masses, forces = atoms.get_masses(), atoms.arrays["forces"]
    assert frame.get_chemical_symbols() == ["C", "O", "C", "N"]
    for k in range(4):
        members = np.flatnonzero(atoms.arrays["mol"] == k + 1)
        x = whole_molecule(atoms, members)
        centre = sum(m * p for m, p in zip(masses[members], x, strict=True)) / masses[members].sum()
        force, torque = np.zeros(3), np.zeros(3)
        for p, i in zip(x, members, strict=True):
            force += forces[i]
            torque += np.cross(p - centre, forces[i])
        assert np.abs(frame.positions[k] - centre).max() < 1e-12 * 20
        assert np.abs(frame.arrays["forces"][k] - force).max() < 1e-12 * np.abs(force).max()
        assert np.abs(frame.arrays["torques"][k] - torque).max() < 1e-12 * np.abs(torque).max()
        assert frame.get_masses()[k] == pytest.approx(masses[members].sum(), rel=1e-14)


def pair_forces(atoms: Atoms, centres: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forces, virial of the atoms and virial of the molecules of repulsive springs between atoms of different molecules, over the
    nearest images of the cell."""
    forces, by_atoms, by_molecules = np.zeros((len(atoms), 3)), np.zeros((3, 3)), np.zeros((3, 3))
    mol, x = atoms.arrays["mol"], centres["atoms"]
    shifts = [np.array(s) @ atoms.cell.array for s in np.ndindex(3, 3, 3)]
    shifts = [s - np.ones(3) @ atoms.cell.array for s in shifts]
    for i in range(len(atoms)):
        for j in range(i + 1, len(atoms)):
            if mol[i] == mol[j]:
                continue
            for shift in shifts:
                r = x[j] + shift - x[i]
                d = np.linalg.norm(r)
                if d < 6.0:
                    f = KJ * (6.0 - d) * r / d  # on j
                    forces[j] += f
                    forces[i] -= f
                    by_atoms += np.outer(r, f)
                    by_molecules += np.outer(centres[mol[j]] + shift - centres[mol[i]], f)
    return forces, by_atoms, by_molecules


@pytest.mark.parametrize("where", ["calculator", "column", "turned column"])
def test_stress_is_that_of_molecular_pairs(where):
    turn = Rotation.from_rotvec([0.4, -0.7, 0.9])
    atoms = liquid([molecule("CH3OH")] * 4, 0.5 * CELL, wrapped=False)
    masses = atoms.get_masses()
    centres = {"atoms": atoms.positions}
    for k in range(1, 5):
        members = atoms.arrays["mol"] == k
        centres[k] = masses[members] @ atoms.positions[members] / masses[members].sum()
    forces, by_atoms, by_molecules = pair_forces(atoms, centres)
    del atoms.arrays["forces"]
    volume = atoms.get_volume()
    voigt = -0.5 * (by_atoms + by_atoms.T)[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]]
    if where == "calculator":
        atoms.calc = SinglePointCalculator(atoms, forces=forces, stress=voigt / volume)
        frame = only(atoms)
    else:  # LAMMPS's compute stress/atom: pressure times volume, xx yy zz xy xz yz
        atoms.set_array("forces", forces)
        each = voigt[[0, 1, 2, 5, 4, 3]] * 68568.415 / len(atoms)
        atoms.set_array("c_s", np.tile(each, (len(atoms), 1)))
        if where == "turned column":  # a general box: LAMMPS turns vectors, not what computes give
            atoms.set_cell(turn.apply(atoms.cell.array))
            atoms.positions, atoms.arrays["forces"] = turn.apply(atoms.positions), turn.apply(forces)
        frame = only(atoms, stress_column="c_s", units="real")
    expected = -0.5 * (by_molecules + by_molecules.T) / volume
    if where == "turned column":
        expected = turn.as_matrix() @ expected @ turn.as_matrix().T
    assert np.abs(by_molecules - by_atoms).max() > 0.05 * np.abs(by_atoms).max()
    np.testing.assert_allclose(frame.info["stress"], expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_no_stress_without_one_of_the_atoms():
    assert "stress" not in only(liquid()).info


def test_energy_is_a_label_where_it_is_asked_for():
    atoms = liquid()
    atoms.info["energy"] = -3.5
    atoms.info["virial"] = np.eye(3)
    assert not {"energy", "virial"} & set(only(atoms).info)
    assert only(atoms, energy=True).info["energy"] == -3.5


@pytest.mark.parametrize("number", [0, 2])
def test_labels_of_a_frame_that_moved_are_refused_by_its_number(number):
    frames = [liquid([molecule("H2O")] * 2) for _ in range(3)]
    for atoms in frames:
        del atoms.arrays["forces"]
        atoms.calc = SinglePointCalculator(atoms, forces=np.zeros((6, 3)))
    frames[number].positions += 0.1
    with pytest.raises(
        ArgumentError, match=f"frame {number}: forces of its calculator, got a frame that was"
    ):
        list(coarse_grain(frames))


@pytest.mark.parametrize("units, time", [("real", 1.0), ("metal", 1000.0)])
def test_a_turning_molecule_moves_as_a_body(units, time):
    """v + w x r of each atom gives the velocity v and the angular momentum I w."""
    from ase import units as _ase

    atoms = liquid([molecule("C6H6")])
    v, w = np.array([0.01, -0.02, 0.005]), np.array([0.003, 0.001, -0.002])
    x = whole_molecule(atoms, range(12))
    masses = atoms.get_masses()
    arms = x - masses @ x / masses.sum()
    velocities = (v + np.cross(w, arms)) * time
    for k, name in enumerate(("vx", "vy", "vz")):
        atoms.set_array(name, velocities[:, k])
    frame = only(atoms, units=units)
    tensor = sum(m * (r @ r * np.eye(3) - np.outer(r, r)) for m, r in zip(masses, arms, strict=True))
    np.testing.assert_allclose(frame.get_velocities()[0] * _ase.fs, v, rtol=1e-12)
    np.testing.assert_allclose(frame.arrays["angular_momenta"][0] * _ase.fs, tensor @ w, rtol=1e-10)


def test_velocities_of_unknown_units_are_left_out_with_a_warning(tmp_path):
    from testing.liquids import write_dump

    atoms = liquid()
    atoms.set_array("vx", np.zeros(len(atoms)))
    atoms.set_array("vy", np.zeros(len(atoms)))
    atoms.set_array("vz", np.ones(len(atoms)))
    write_dump(tmp_path / "run.dump", [atoms], ("vx", "vy", "vz"))
    coarse = coarse_grain(tmp_path / "run.dump", type_names={"1": "H", "2": "C"})
    with pytest.warns(UserWarning, match="units, got None for frames with velocities"):
        (frame,) = coarse
    assert not frame.has("momenta")


def test_quaternions_turn_the_reference_onto_the_atoms():
    atoms = liquid([molecule("CH3OH")] * 4)
    coarse = coarse_grain(atoms)
    (frame,) = coarse
    own = coarse.bodies[0].reference.positions
    for k in range(4):
        x = whole_molecule(atoms, np.flatnonzero(atoms.arrays["mol"] == k + 1))
        turned = rotations_of(frame.arrays["c_q"])[k].apply(own)
        shift = frame.positions[k] - x.mean(axis=0) + turned.mean(axis=0)
        assert np.abs(frame.positions[k] + turned - shift - x).max() < 1e-12
