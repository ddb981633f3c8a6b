# SPDX-License-Identifier: MIT
"""Frames of LAMMPS text dumps.

ASE's reader drops columns that hold shapes (c_q[5], shapex) and ignores scaled positions beside quaternions. Columns that are
understood:

- positions: x y z, xu yu zu, xs ys zs or xsu ysu zsu;
- species: element, else type (type 1 is atomic number 1), else typelabel;
- quaternion (w, x, y, z): c_q[1..4], c_quat[1..4] or quatw quati quatj quatk;
- full diameters: c_shape[1..3], c_diameter[1..3] or shapex shapey shapez.

Other names are given by `quaternion_columns` and `diameter_columns`. Particles are sorted by id. Of a general triclinic box
(abc origin) LAMMPS turns its own vectors (x, v, f, mu, angmom, tq) but no result of a compute: quaternions are turned here into
the frame of x, other columns of computes stay in LAMMPS's own frame.

A point has no size. LAMMPS since 2023 writes shape 1 1 1 and quaternion 1 0 0 0 for it, as for a sphere (a warning says so),
before that 0 0 0; `keep` leaves points out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from ase import Atoms
from ase.data import atomic_numbers, chemical_symbols

from ...common.errors import ArgumentError
from ..reading import warn_of_points
from ..text_files import DAMAGE, open_text
from .box import cell_of_dump, periodic, turn_quaternions

_POSITIONS = {
    ("x", "y", "z"): False,
    ("xu", "yu", "zu"): False,
    ("xs", "ys", "zs"): True,
    ("xsu", "ysu", "zsu"): True,
}
_QUATERNIONS = (
    ("c_q[1]", "c_q[2]", "c_q[3]", "c_q[4]"),
    ("c_quat[1]", "c_quat[2]", "c_quat[3]", "c_quat[4]"),
    ("quatw", "quati", "quatj", "quatk"),
)
_DIAMETERS = (
    ("c_shape[1]", "c_shape[2]", "c_shape[3]"),
    ("c_diameter[1]", "c_diameter[2]", "c_diameter[3]"),
    ("shapex", "shapey", "shapez"),
)
_TEXT = ("element", "typelabel")  # columns of names
_BEGIN = ("ITEM: TIMESTEP", "ITEM: UNITS", "ITEM: TIME")  # dump_modify units yes, time yes


def is_dump(file: TextIO) -> bool:
    return file.readline(80).strip() in _BEGIN


def columns_of(path: Path) -> list[str]:
    """Names of the columns of the first frame; none of a file that ends before."""
    with open_text(path) as file:
        for line in file:
            if line.startswith("ITEM: ATOMS "):
                return line.split()[2:]
    return []


@dataclass(frozen=True)
class Names:
    """What the caller says of the columns of a dump."""

    quaternion: Sequence[str] | None
    diameter: Sequence[str] | None
    types: dict[str, int]


def read_dump(path: Path, given: Names, warn: bool = False) -> Iterator[Atoms]:
    number = 0
    units: dict[str, str] = {}
    try:
        with open_text(path) as file:
            while header := _read_header(file, where := f"frame {number} of '{path}'"):
                atoms = _read_frame(file, header, where, given)
                units = {k: header.info[k] for k in ("units",) if k in header.info} or units
                atoms.info.update(units)  # written once
                if warn:
                    warn = not warn_of_points(atoms, where)
                if header.box[:1] == ["abc"]:
                    turn_quaternions(atoms, where)
                yield atoms
                number += 1
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        what = f"frame {number} of '{path}'"
        raise ArgumentError(what, f"damaged data ({error})", "a whole LAMMPS text dump") from None


@dataclass
class _Header:
    """What stands before the particles of a frame. The line of the box without the words ITEM: BOX BOUNDS."""

    info: dict[str, Any] = field(default_factory=dict)
    n: int = -1
    box: list[str] = field(default_factory=list)
    bounds: list[list[float]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def _damaged(where: str, detail: object) -> ValueError:
    got = f"a frame that ends early or is damaged ({detail})"
    return ArgumentError(where, got, "a whole LAMMPS text dump")


def _read_header(file: TextIO, where: str) -> _Header | None:
    """None at the end of the file."""
    header, begun = _Header(), False
    while line := file.readline():
        if not line.strip():
            continue
        begun = True
        try:
            _read_item(file, line.strip(), header)
        except ValueError as error:
            raise _damaged(where, error) from None
        if header.columns:
            return header
    if begun:
        raise _damaged(where, "no line ITEM: ATOMS")
    return None


def _read_item(file: TextIO, item: str, header: _Header) -> None:
    if item == "ITEM: TIMESTEP":
        header.info["timestep"] = int(file.readline())
    elif item == "ITEM: TIME":
        header.info["time"] = float(file.readline())
    elif item == "ITEM: UNITS":
        header.info["units"] = file.readline().strip()
    elif item == "ITEM: NUMBER OF ATOMS":
        header.n = int(file.readline())
    elif item.startswith("ITEM: BOX BOUNDS"):
        header.box = item.split()[3:]
        header.bounds = [[float(v) for v in file.readline().split()] for _ in range(3)]
    elif item.startswith("ITEM: ATOMS "):
        header.columns = item.split()[2:]
    else:
        raise ValueError(f"line '{item[:60]}' where a frame or its header goes on")


def _read_frame(file: TextIO, header: _Header, where: str, given: Names) -> Atoms:
    if "timestep" not in header.info or header.n < 0 or not header.bounds:
        raise _damaged(where, "no TIMESTEP, NUMBER OF ATOMS or BOX BOUNDS")
    pbc = periodic(header.box, where)
    try:
        table = _table(list(islice(file, header.n)), header.columns, header.n)
        cell, origin = cell_of_dump(header.box, header.bounds)
    except (ValueError, IndexError) as error:
        raise _damaged(where, error) from None
    box = Atoms(cell=cell, celldisp=origin, pbc=pbc, info=header.info)
    return _atoms(table, box, where, given)


def _table(lines: list[str], columns: list[str], n: int) -> dict[str, np.ndarray]:
    """Columns by name: numbers, and text for those that hold names."""
    if len(lines) != n:
        raise ValueError(f"{len(lines)} of {n} particles")
    if n == 0:
        return {name: np.empty(0) for name in columns}
    fields = [(str(k), object if name in _TEXT else float) for k, name in enumerate(columns)]
    try:
        rows = np.loadtxt(lines, np.dtype(fields), comments=None, ndmin=1)
    except ValueError:
        _require_entries(lines, len(columns))  # says more than loadtxt
        raise
    if len(rows) != n:  # loadtxt skips empty lines
        _require_entries(lines, len(columns))
    return {name: rows[str(k)].astype(str if name in _TEXT else float) for k, name in enumerate(columns)}


def _require_entries(lines: list[str], count: int) -> None:
    """ValueError that names the first line of another number of entries."""
    for k, line in enumerate(lines, start=1):
        if (found := len(line.split())) != count:
            raise ValueError(f"line {k} of the particles has {found} entries for {count} columns")


def _atoms(table: dict[str, np.ndarray], box: Atoms, where: str, given: Names) -> Atoms:
    """Particles of a table in the cell of `box`."""
    names = _first(table, _POSITIONS, where, "positions")
    positions = _stacked(table, names)
    if _POSITIONS[names]:
        positions = positions @ box.cell.array + box.get_celldisp().ravel()
    choices = ("element", "typelabel", "type") if given.types else ("element", "type", "typelabel")
    label = next((name for name in choices if name in table), None)
    if label is None:
        raise ArgumentError(where, f"columns {', '.join(table)}", "a column element or type")
    atoms = Atoms(
        numbers=_numbers(table[label], label, where, given.types),
        positions=positions,
        cell=box.cell,
        celldisp=box.get_celldisp(),
        pbc=box.pbc,
        info=box.info,
    )
    used = {*names, label, "id"}
    wanted = {"c_q": (given.quaternion, _QUATERNIONS, 4), "shape": (given.diameter, _DIAMETERS, 3)}
    for key, (columns, known, count) in wanted.items():
        if columns is not None and len(columns) != count:
            raise ArgumentError(f"columns of '{key}'", f"{len(columns)} names", f"{count}")
        searched = known if columns is None else (tuple(columns),)
        found = _first(table, searched, where, key, required=columns is not None)
        if found:
            atoms.set_array(key, _stacked(table, found))
            used.update(found)
    _keep_others(atoms, table, used)
    if "id" in table:
        atoms = atoms[np.argsort(table["id"], kind="stable")]
    return atoms


def _numbers(kinds: np.ndarray, label: str, where: str, types: dict[str, int]) -> np.ndarray:
    """Atomic numbers of a column of elements or types."""
    distinct, first, places = np.unique(kinds, return_index=True, return_inverse=True)
    words = distinct.tolist() if label in _TEXT else [f"{kind:g}" for kind in distinct]
    if label in _TEXT:
        numbers = {**atomic_numbers, **types}
        allowed = "chemical symbols"
    else:
        numbers = {**{str(z): z for z in range(1, len(chemical_symbols))}, **types}
        allowed = f"integers from 1 to {len(chemical_symbols) - 1}, which stand for atomic numbers"
    unknown = [(k, word) for k, word in zip(first.tolist(), words, strict=True) if word not in numbers]
    if unknown:
        k, word = min(unknown)
        value = f"'{word}'" if label in _TEXT else word
        what = f"{where}: column '{label}', line {k + 1} of the particles"
        raise ArgumentError(what, value, f"{allowed}, or those in type_names")
    return np.array([numbers[word] for word in words], dtype=int)[places]


def _keep_others(atoms: Atoms, table: dict[str, np.ndarray], used: set[str]) -> None:
    """Columns of no meaning here: NAME[1], NAME[2], ... become one array NAME, the others keep their names."""
    families: dict[str, list[str]] = {}
    for name in table:
        if name not in used and name not in _TEXT:
            families.setdefault(name.split("[")[0], []).append(name)
    for family, names in families.items():
        if family not in atoms.arrays:
            names.sort(key=_component)
            values = table[family] if names == [family] else _stacked(table, names)
            atoms.set_array(family, values)


def _component(name: str) -> int:
    number = name.partition("[")[2].rstrip("]")
    return int(number) if number.isdecimal() else 0


def _first(table: dict[str, np.ndarray], choices: Any, where: str, what: str, required: bool = True) -> Any:
    for names in choices:
        if all(name in table for name in names):
            return names
    if required:
        allowed = " or ".join(" ".join(names) for names in choices)
        raise ArgumentError(f"{where}: {what}", f"columns {', '.join(table)}", allowed)
    return None


def _stacked(table: dict[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    return np.column_stack([table[name] for name in names])
