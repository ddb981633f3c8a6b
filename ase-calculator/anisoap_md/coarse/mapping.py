# SPDX-License-Identifier: MIT
"""From a frame of atoms to a frame of bodies: which atoms make which bodies, and what the frame says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.stress import voigt_6_to_full_3x3_stress
from scipy.spatial.transform import Rotation

from ..common.errors import ArgumentError
from ..data.dataset import NKTV2P
from ..data.labels import label_keys, stored_labels
from ..frames import bodies as _bodies
from .bodies import BodyKind
from .molecules.kinds import MoleculeKind
from .molecules.sums import AtomsOfBodies
from .molecules.whole import Tree
from .orientation import Reference

_OF_ATOMS = ("energy", "stress", "virial", "units")  # entries of info that are not those of bodies
TIMES = {"real": units.fs, "metal": 1000 * units.fs, "lj": 1.0}  # LAMMPS's in ASE's


@dataclass(frozen=True)
class Body:
    """One kind of body as the frames show it."""

    kind: BodyKind
    reference: Reference
    diameters: np.ndarray  # [3]


class Partition:
    """Atoms of frames, by kinds of bodies.

    Parameters
    ----------
    molecules : sequence of MoleculeKind
    bodies : sequence of BodyKind
    first : ase.Atoms
    """

    def __init__(self, molecules: Sequence[MoleculeKind], bodies: Sequence[BodyKind], first: Atoms) -> None:
        self.molecules, self.bodies = list(molecules), list(bodies)
        self.n_atoms, self._numbers = len(first), first.numbers.copy()
        self._trees = [Tree.of(kind, first) for kind in molecules]
        self.atoms = [
            np.concatenate([molecules[m].atoms[:, places] for m, places in body.parts]) for body in bodies
        ]  # [n_bodies, n_atoms] indices, for each kind of body
        ids = [np.concatenate([molecules[m].ids for m, _ in body.parts]) for body in bodies]
        self.molecule_ids = np.concatenate(ids)
        within = np.concatenate([members.min(axis=1) for members in self.atoms])
        self.order = np.lexsort((within, self.molecule_ids))

    def bodies_of(self, atoms: Atoms, where: str) -> list[AtomsOfBodies]:
        """For each kind of body, its bodies in this frame.

        Raises
        ------
        ArgumentError
            For a frame of other atoms than the first, positions that are not finite, and broken molecules.
        """
        self._require_same(atoms, where)
        whole = [
            tree.whole(kind, atoms, where) for tree, kind in zip(self._trees, self.molecules, strict=True)
        ]
        return [
            AtomsOfBodies.of(np.concatenate([whole[m][:, places] for m, places in body.parts]), body.masses)
            for body in self.bodies
        ]

    def _require_same(self, atoms: Atoms, where: str) -> None:
        if not isinstance(atoms, Atoms):
            raise ArgumentError(where, type(atoms), "an ase.Atoms")
        if len(atoms) != self.n_atoms:
            raise ArgumentError(where, f"{len(atoms)} atoms", f"the {self.n_atoms} of frame 0")
        if not np.array_equal(atoms.numbers, self._numbers):
            k = int(np.argmax(atoms.numbers != self._numbers))
            raise ArgumentError(
                f"{where}: atom {k}", "another element or type than in frame 0", "the same atoms in one order"
            )
        if not np.isfinite(atoms.positions).all():
            raise ArgumentError(f"{where}: positions", "some that are not finite", "finite numbers")

    def merged(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """Values of bodies, given kind by kind, in the order of the frame: by molecules."""
        return np.concatenate(parts)[self.order]


@dataclass(frozen=True)
class Wanted:
    """What goes into frames of bodies beside their places.

    Attributes
    ----------
    units : str, optional
        Of the atoms' labels.
    energy : bool
        Whether the atoms' energy is a label of the bodies.
    stress_column : str, optional
        Array [n_atoms, 6] of LAMMPS's compute stress/atom.
    """

    units: str | None = None
    energy: bool = False
    stress_column: str | None = None

    def __post_init__(self) -> None:
        if self.stress_column is not None and self.units is None:
            raise ArgumentError("units", "None with stress_column", "'real', 'metal' or 'lj'")


def body_frame(
    partition: Partition,
    bodies: Sequence[Body],
    atoms: Atoms,
    found: Sequence[AtomsOfBodies],
    rotations: Sequence[Rotation],
    wanted: Wanted,
    where: str,
) -> Atoms:
    """Frame of bodies: positions of the centres of mass, `c_q`, `c_diameter`, masses, `mol`, and what the atoms give of forces,
    torques, stress, momenta and angular momenta (these two in ASE's units)."""
    sizes = [len(one.centres) for one in found]
    per_kind = lambda value: [np.tile(value(b), (n, 1)) for b, n in zip(bodies, sizes, strict=True)]  # noqa: E731
    out = Atoms(
        numbers=partition.merged(per_kind(lambda b: [b.kind.species])).ravel(),
        positions=partition.merged([one.centres for one in found]),
        masses=partition.merged(per_kind(lambda b: [b.reference.mass])).ravel(),
        cell=atoms.cell,
        celldisp=atoms.get_celldisp(),
        pbc=atoms.pbc,
    )
    out.set_array("c_q", partition.merged([_bodies.quaternions(r) for r in rotations]))
    out.set_array("c_diameter", partition.merged(per_kind(lambda b: b.diameters)))
    out.set_array("mol", partition.molecule_ids[partition.order] + 1)
    out.info.update({name: value for name, value in atoms.info.items() if name not in _OF_ATOMS})
    if wanted.units is not None:
        out.info["units"] = wanted.units
    _set_labels(out, partition, atoms, found, wanted, where)
    _set_motion(out, partition, atoms, found, wanted)
    return out


def _set_labels(
    out: Atoms,
    partition: Partition,
    atoms: Atoms,
    found: Sequence[AtomsOfBodies],
    wanted: Wanted,
    where: str,
) -> None:
    labels = stored_labels(where, atoms, label_keys(None))
    if wanted.energy:
        if "energy" not in labels:
            raise ArgumentError(f"{where}: energy", "none", "an energy, or energy=False")
        out.info["energy"] = float(labels["energy"])
    if "forces" not in labels:
        return
    forces = np.asarray(labels["forces"], dtype=float)
    if forces.shape != (len(atoms), 3) or not np.isfinite(forces).all():
        raise ArgumentError(
            f"{where}: forces", f"shape {forces.shape} or some not finite", f"({len(atoms)}, 3), finite"
        )
    parts = [forces[members] for members in partition.atoms]
    out.set_array("forces", partition.merged([f.sum(axis=1) for f in parts]))
    out.set_array("torques", partition.merged([o.torques(f) for o, f in zip(found, parts, strict=True)]))
    stress = _stress_of_atoms(atoms, labels, wanted, where)
    if stress is not None:
        inner = sum(o.inner_virial(f) for o, f in zip(found, parts, strict=True))
        out.info["stress"] = stress + inner / atoms.get_volume()


def _stress_of_atoms(atoms: Atoms, labels: dict[str, Any], wanted: Wanted, where: str) -> np.ndarray | None:
    """[3, 3] of the atoms' interactions alone, energy / length^3, positive under tension."""
    if wanted.stress_column is not None:
        return _stress_of_column(atoms, wanted.stress_column, wanted.units, where)
    if "stress" not in labels or atoms.cell.rank != 3:
        return None
    stress = np.ravel(np.asarray(labels["stress"], dtype=float))
    return stress.reshape(3, 3) if stress.size == 9 else voigt_6_to_full_3x3_stress(stress)


def _stress_of_column(atoms: Atoms, name: str, unit_system: str | None, where: str) -> np.ndarray:
    """Of LAMMPS's compute stress/atom, in whose own frame it stays in a dump of a general triclinic box."""
    values = atoms.arrays.get(name)
    if values is None or values.shape != (len(atoms), 6) or atoms.cell.rank != 3:
        got = "no such column" if values is None else f"an array of shape {values.shape}"
        raise ArgumentError(f"{where}: stress_column '{name}'", got, "six columns and a cell")
    assert unit_system is not None  # of Wanted
    voigt = values.sum(axis=0)[[0, 1, 2, 5, 4, 3]] / NKTV2P[unit_system] / atoms.get_volume()
    turn = atoms.cell.standard_form()[1]  # cell = standard @ turn
    return turn.T @ voigt_6_to_full_3x3_stress(voigt) @ turn


def _set_motion(
    out: Atoms, partition: Partition, atoms: Atoms, found: Sequence[AtomsOfBodies], wanted: Wanted
) -> None:
    velocities = velocities_of(atoms, wanted.units)
    if velocities is None:
        return
    parts = [velocities[members] for members in partition.atoms]
    out.set_velocities(partition.merged([o.velocities(v) for o, v in zip(found, parts, strict=True)]))
    spins = [o.angular_momenta(v) for o, v in zip(found, parts, strict=True)]
    out.set_array(_bodies.ANGULAR_MOMENTA, partition.merged(spins))


def has_velocities(atoms: Atoms) -> bool:
    """Whether there are some in LAMMPS's units."""
    return "velocities" in atoms.arrays or all(name in atoms.arrays for name in ("vx", "vy", "vz"))


def velocities_of(atoms: Atoms, unit_system: str | None) -> np.ndarray | None:
    """[n, 3] in ASE's units: of momenta, or of velocities of LAMMPS whose units are known."""
    if has_velocities(atoms):
        if unit_system is None:
            return None
        own = atoms.arrays.get("velocities")
        values = np.column_stack([atoms.arrays[n] for n in ("vx", "vy", "vz")]) if own is None else own
        return values / TIMES[unit_system]
    return atoms.get_velocities() if atoms.has("momenta") else None
