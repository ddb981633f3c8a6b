# SPDX-License-Identifier: MIT
"""Boxes of LAMMPS: bounds, tilts, periodic directions and the general triclinic frame."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation

from ...common.errors import ArgumentError
from ...frames import bodies

_PERIODIC = {"p": True, "pp": True}
_OPEN = {a + b: False for a in "fsm" for b in ("", *"fsm")}


def periodic(box: Sequence[str], where: str) -> list[bool]:
    """Periodic directions of a line ITEM: BOX BOUNDS."""
    letters = [b for b in box if b not in ("xy", "xz", "yz", "abc", "origin")]
    known = _PERIODIC | _OPEN
    if len(letters) != 3 or any(b not in known for b in letters):
        got = f"boundaries '{' '.join(letters)}'" if letters else "no boundaries"
        expected = (
            "three of pp, ff, ss, mm and the like, such as 'ITEM: BOX BOUNDS pp pp pp' of a periodic box"
        )
        raise ArgumentError(f"{where}: line ITEM: BOX BOUNDS", got, expected)
    return [known[b] for b in letters]


def cell_of_dump(box: Sequence[str], bounds: Sequence[Sequence[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Cell vectors as rows, and origin. Bounds of a triclinic box are those of the box around it."""
    width = {"abc": 4, "xy": 3}.get(box[0], 2)
    values = np.array(bounds)
    if values.shape != (3, width) or not np.isfinite(values).all():
        raise ValueError(f"three lines of {width} finite bounds are needed")
    if width == 4:
        return values[:, :3], values[:, 3]
    xy, xz, yz = values[:, 2] if width == 3 else (0.0, 0.0, 0.0)
    low, high = values[:, 0].copy(), values[:, 1].copy()
    low -= [min(0.0, xy, xz, xy + xz), min(0.0, yz), 0.0]
    high -= [max(0.0, xy, xz, xy + xz), max(0.0, yz), 0.0]
    return restricted_cell(high - low, (xy, xz, yz)), low


def restricted_cell(lengths: Sequence[float], tilts: Sequence[float]) -> np.ndarray:
    """Cell vectors as rows: a along x, b in the plane of x and y."""
    (lx, ly, lz), (xy, xz, yz) = lengths, tilts
    return np.array([[lx, 0, 0], [xy, ly, 0], [xz, yz, lz]])


def turn_quaternions(atoms: Atoms, where: str) -> None:
    """From the restricted frame, in which LAMMPS keeps quaternions, into the frame of a general cell.

    Zeros, which stand for no orientation, stay zeros.
    """
    if "c_q" not in atoms.arrays:
        return
    if atoms.cell.handedness != 1:
        raise ArgumentError(f"{where}: cell vectors", "no right-handed cell", "those of a LAMMPS box")
    turn = Rotation.from_matrix(atoms.cell.standard_form()[1].T)
    oriented = np.flatnonzero(atoms.arrays["c_q"].any(axis=1))
    if oriented.size:
        turned = turn * bodies.rotations(atoms[oriented])
        atoms.arrays["c_q"][oriented] = bodies.quaternions(turned)
