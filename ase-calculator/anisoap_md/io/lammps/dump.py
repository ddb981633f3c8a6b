# SPDX-License-Identifier: MIT
"""Frames of LAMMPS dumps: text, YAML and binary.

Of a general triclinic box (abc origin) LAMMPS turns its own vectors (x, v, f, mu, angmom, tq) but no result of a compute:
quaternions are turned here into the frame of x, other columns of computes stay in LAMMPS's own frame.

A point has no size. LAMMPS since 2023 writes shape 1 1 1 and quaternion 1 0 0 0 for it, as for a sphere (a warning says so),
before that 0 0 0; `keep` leaves points out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ase import Atoms

from ...common.errors import ArgumentError
from ..reading import warn_of_points
from ..text_files import DAMAGE
from . import binary_dump, text_dump, yaml_dump
from .box import cell_of_dump, periodic, turn_quaternions
from .columns import Names, atoms_of
from .dump_frame import DumpFrame, damaged

_KINDS: tuple[Any, ...] = (text_dump, yaml_dump, binary_dump)


def is_dump(path: Path) -> bool:
    return any(kind.is_kind(path) for kind in _KINDS)


def columns_of(path: Path) -> list[str]:
    """Names of the columns of the first frame; none of a file without frames."""
    return next((list(found.table) for found in _kind_of(path).frames(path)), [])


def _kind_of(path: Path) -> Any:
    return next((kind for kind in _KINDS if kind.is_kind(path)), text_dump)


def read_dump(path: Path, given: Names, warn: bool = False) -> Iterator[Atoms]:
    kind = _kind_of(path)
    number = 0
    units: dict[str, str] = {}
    try:
        for found in kind.frames(path):
            where = f"frame {number} of '{path}'"
            units = {k: found.info[k] for k in ("units",) if k in found.info} or units
            found.info.update(units)  # written once
            atoms = _atoms(found, where, given, kind.KIND)
            if warn:
                warn = not warn_of_points(atoms, where)
            yield atoms
            number += 1
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        what = f"frame {number} of '{path}'"
        raise ArgumentError(what, f"damaged data ({error})", f"a whole LAMMPS {kind.KIND} dump") from None


def _atoms(found: DumpFrame, where: str, given: Names, kind: str) -> Atoms:
    pbc = periodic(found.box, where)
    try:
        cell, origin = cell_of_dump(found.box, found.bounds)
    except ValueError as error:
        raise damaged(where, error, kind) from None
    atoms = atoms_of(found.table, Atoms(cell=cell, celldisp=origin, pbc=pbc, info=found.info), where, given)
    if found.box[:1] == ["abc"]:
        turn_quaternions(atoms, where)
    return atoms
