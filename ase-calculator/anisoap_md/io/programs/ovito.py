# SPDX-License-Identifier: MIT
"""Extended XYZ of OVITO: names of arrays, and names of types where others have chemical symbols."""

import re
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
from ase import Atoms
from ase.data import chemical_symbols
from ase.io.extxyz import read_xyz

from ...common.errors import ArgumentError
from ...frames import bodies

_PROPERTIES = re.compile(r'Properties="?([^\s"]+)')
_NUMBERED = re.compile(r"(?:type[ _]?)?0*([1-9]\d{0,2})", re.IGNORECASE)  # 1 and Type_1


def wrote(file: TextIO) -> bool:
    """Whether a text begins as one of OVITO's with shapes."""
    return file.readline(80).strip().isdecimal() and "aspherical_shape:R:3" in file.readline(4000)


def read(file: TextIO, path: Path, types: dict[str, int]) -> Iterator[Atoms]:
    """Frames whose names of types, which ASE does not read, are chemical symbols or numbers."""
    number = 0
    while line := file.readline():
        comment, rows = file.readline(), list(islice(file, int(line)))
        column = _species_column(comment)
        if column is not None:
            rows = _with_symbols(rows, column, f"frame {number} of '{path}'", types)
        yield next(read_xyz(StringIO(line + comment + "".join(rows)), 0))
        number += 1


def _species_column(comment: str) -> int | None:
    found = _PROPERTIES.search(comment)
    fields = found[1].split(":") if found else []
    names, widths = fields[::3], [int(width) for width in fields[2::3]]
    return sum(widths[: names.index("species")]) if "species" in names else None


def _with_symbols(rows: list[str], column: int, where: str, types: dict[str, int]) -> list[str]:
    table = [row.split() for row in rows]
    symbols = symbols_of({row[column] for row in table}, where, types)
    for row in table:
        row[column] = symbols[row[column]]
    return [" ".join(row) + "\n" for row in table]


def symbols_of(names: Iterable[str], where: str, types: dict[str, int]) -> dict[str, str]:
    """Chemical symbol of each name; type k is the element with atomic number k."""
    symbols = {name: chemical_symbols[types[name]] for name in names if name in types}
    for name in sorted({*names} - {*types}):
        found = _NUMBERED.fullmatch(name)
        symbol = chemical_symbols[int(found[1])] if found and int(found[1]) < len(chemical_symbols) else name
        if symbol not in chemical_symbols:
            raise ArgumentError(
                f"{where}: species",
                f"'{name}'",
                "chemical symbols, numbers of types (1 or Type_1), or those in type_names",
            )
        if symbol in symbols.values():
            raise ArgumentError(f"{where}: species", f"'{name}' beside '{symbol}'", "one name of a type")
        symbols[name] = symbol
    return symbols


def rename(atoms: Atoms, where: str) -> None:
    """Replaces OVITO's arrays."""
    n = len(atoms)
    for name, width in (("orientation", 4), ("aspherical_shape", 3)):
        if atoms.arrays[name].shape != (n, width):
            raise ArgumentError(f"{where}: shape of '{name}'", atoms.arrays[name].shape, f"({n}, {width})")
    q = np.roll(atoms.arrays.pop("orientation"), 1, axis=1)
    semi_axes = np.array(atoms.arrays.pop("aspherical_shape"), dtype=float)
    spheres = ~semi_axes.any(axis=1)
    if spheres.any():
        if "radius" not in atoms.arrays:
            k = int(np.argmax(spheres))
            raise ArgumentError(
                f"{where}: aspherical_shape of particle {k}", "0 0 0", "semi-axes, or a column radius"
            )
        semi_axes[spheres] = atoms.arrays["radius"][spheres, None]
    round_ = (semi_axes == semi_axes[:, :1]).all(axis=1)
    q[round_ & ~q.any(axis=1)] = [1, 0, 0, 0]  # OVITO has no orientation of spheres
    given = Atoms(numbers=atoms.numbers)
    given.arrays["c_q"] = q
    if any(name in atoms.arrays for name in bodies.QUATERNIONS):
        turn = (bodies.rotations(given) * bodies.rotations(atoms).inv()).magnitude()
        if turn.max(initial=0.0) > 1e-5:
            k = int(np.argmax(turn))
            raise ArgumentError(
                f"{where}: orientation of particle {k}",
                "another one than its quaternion",
                "one orientation",
            )
    else:
        atoms.set_array("c_q", q)
    if not any(name in atoms.arrays for name in bodies.ALL_NAMES if name not in bodies.QUATERNIONS):
        atoms.set_array("c_diameter", 2 * semi_axes)


def with_ovito_names(atoms: Atoms) -> Atoms:
    """Copy whose bodies stand under OVITO's names: `orientation` (x, y, z, w) and `aspherical_shape` (semi-axes)."""
    orientations, semi_axes = bodies.rotations(atoms).as_quat(), bodies.diameters(atoms) / 2
    out = atoms.copy()
    out.calc = atoms.calc
    for name in bodies.ALL_NAMES:
        out.arrays.pop(name, None)
    out.arrays.update(orientation=orientations, aspherical_shape=semi_axes)
    return out
