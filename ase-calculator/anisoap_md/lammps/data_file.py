# SPDX-License-Identifier: MIT
"""Data files of atom_style ellipsoid, and boxes as LAMMPS wants them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.cell import Cell
from ase.geometry import complete_cell
from scipy.spatial.transform import Rotation

from ..frames.bodies import diameters, quaternions, rotations

_MARGIN = 1.0  # length around the particles in directions without periodicity


@dataclass
class Box:
    """Cell, particles and orientations as LAMMPS wants them. `turn` takes space vectors into LAMMPS's frame."""

    turn: np.ndarray  # [3, 3]
    cell: np.ndarray  # [3, 3] lower triangular
    low: np.ndarray  # [3]
    positions: np.ndarray  # [n, 3]

    @classmethod
    def of(cls, atoms: Atoms) -> "Box":
        cell = np.where(atoms.pbc[:, None], atoms.cell.array, 0.0)
        cell = complete_cell(cell)
        if np.linalg.det(cell) < 0:
            cell[2] *= -1
        standard, turn = Cell(cell).standard_form()  # cell = standard @ turn
        lower = standard.array
        share = atoms.positions @ np.linalg.inv(cell)
        low = np.zeros(3)
        for k in np.flatnonzero(~atoms.pbc):
            # Directions without periodicity are at right angles to the others.
            margin = _MARGIN / np.linalg.norm(lower[k])
            low[k], high = share[:, k].min() - margin, share[:, k].max() + margin
            lower[k] *= high - low[k]
        inside = atoms.positions @ turn.T
        return cls(turn, lower, low @ (cell @ turn.T), inside)


@dataclass(frozen=True)
class Motion:
    """How particles move, in LAMMPS's units and the space frame of the atoms."""

    velocities: np.ndarray  # [n, 3]
    angular_momenta: np.ndarray  # [n, 3]


def data_file(
    atoms: Atoms,
    box: Box,
    species: Sequence[int],
    title: str = "prior",
    masses: np.ndarray | None = None,
    motion: Motion | None = None,
) -> str:
    """read_data file of atom_style ellipsoid, all digits.

    `species` are the atomic numbers of the types. Without `masses` [n] each particle has the density 1.
    """
    types = [species.index(z) + 1 for z in atoms.numbers.tolist()]
    turned = Rotation.from_matrix(box.turn) * rotations(atoms)
    sizes = diameters(atoms)
    densities = np.ones(len(atoms)) if masses is None else masses / (np.pi / 6 * sizes.prod(axis=1))
    lines = [title, "", f"{len(atoms)} atoms", f"{len(atoms)} ellipsoids", f"{len(species)} atom types", ""]
    lines += [*_box_lines(box), "", "Atoms # ellipsoid", ""]
    for k, (kind, density, x) in enumerate(
        zip(types, densities, box.positions.tolist(), strict=True), start=1
    ):
        lines.append(f"{k} {kind} 1 {_words([density, *x])}")
    lines += ["", "Ellipsoids", ""]
    for k, (d, q) in enumerate(zip(sizes.tolist(), quaternions(turned).tolist(), strict=True), start=1):
        lines.append(f"{k} {_words(d)} {_words(q)}")
    if motion is not None:
        lines += ["", "Velocities", ""]
        rows = np.hstack([motion.velocities @ box.turn.T, motion.angular_momenta @ box.turn.T])
        lines += [f"{k} {_words(row)}" for k, row in enumerate(rows.tolist(), start=1)]
    return "\n".join(lines) + "\n"


def _box_lines(box: Box) -> list[str]:
    (xx, _, _), (xy, yy, _), (xz, yz, zz) = box.cell.tolist()
    lines = [
        f"{_words([low, low + length])} {axis}lo {axis}hi"
        for axis, low, length in zip("xyz", box.low, (xx, yy, zz), strict=True)
    ]
    if any(abs(t) > 0 for t in (xy, xz, yz)):
        lines.append(f"{xy!r} {xz!r} {yz!r} xy xz yz")
    return lines


def _words(values: Sequence[float]) -> str:
    return " ".join(repr(float(v)) for v in values)
