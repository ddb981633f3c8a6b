# SPDX-License-Identifier: MIT
"""Frames from files, one at a time: LAMMPS text dumps here, every other format by ASE.

A LAMMPS dump is read here because ASE's reader drops columns that hold shapes (c_q[5], shapex) and ignores scaled positions
beside quaternions. Columns that are understood:

- positions: x y z, xu yu zu, xs ys zs or xsu ysu zsu;
- species: element, else type (type 1 is atomic number 1);
- quaternion (w, x, y, z): c_q[1..4], c_quat[1..4] or quatw quati quatj quatk;
- full diameters: c_shape[1..3], c_diameter[1..3] or shapex shapey shapez.

Other names are given by `quaternion_columns` and `diameter_columns`. Particles are sorted by id. Points, whose diameters are
0, are read as they are; no descriptor takes them.
"""

import bz2
import errno
import gzip
import lzma
import os
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import ase.io
import numpy as np
from ase import Atoms
from ase.data import atomic_numbers, chemical_symbols
from ase.io.formats import string2index

from ..common.checks import message

_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError)  # and an OSError without errno
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
_OWN_FORMAT = "lammps-dump-text"


def iread(
    path: str | os.PathLike[str],
    index: str | int = ":",
    *,
    format: str | None = None,
    quaternion_columns: Sequence[str] | None = None,
    diameter_columns: Sequence[str] | None = None,
) -> Iterator[Atoms]:
    """Frames of a file, read one at a time.

    Parameters
    ----------
    path : path
        Any format that ASE reads, or a LAMMPS text dump (also .gz, .bz2, .xz).
    index : str or int
        Frames as in ``ase.io.read``: '5', ':', '-10:', '::2'.
    format : str, optional
        ASE's name of the format; 'lammps-dump-text' for a LAMMPS dump. None guesses.
    quaternion_columns, diameter_columns : sequence of str, optional
        Four and three columns of a LAMMPS dump: quaternion (w, x, y, z) and full diameters.

    Raises
    ------
    ValueError
        For a file that the reader of its format refuses, and for a LAMMPS dump that ends early, lacks a column that is
        needed or has atom types or elements that are no chemical elements.
    OSError
        For a file that is missing or cannot be opened.
    """
    path = Path(path)
    chosen = _as_slice(index)
    if format == _OWN_FORMAT or (format is None and _is_dump(path)):
        yield from _select(lambda: read_dump(path, quaternion_columns, diameter_columns), chosen)
        return
    if quaternion_columns or diameter_columns:
        raise ValueError(message("columns of quaternions or diameters", f"'{path}'", "a LAMMPS text dump"))
    yield from _read_by_ase(path, chosen, format)


def _read_by_ase(path: Path, chosen: slice, format: str | None) -> Iterator[Atoms]:
    frames = ase.io.iread(path, index=chosen, format=format)
    while True:
        try:
            atoms = next(frames)
        except StopIteration:
            return
        except Exception as error:  # readers raise anything
            if isinstance(error, OSError) and error.errno is not None:
                raise
            what = f"file '{path}' read with format {'None (guessed)' if format is None else repr(format)}"
            cause = f"{type(error).__name__}: {error}"
            raise ValueError(message(what, cause, "a file and a format that ASE reads")) from error
        yield atoms


def _open(path: Path) -> TextIO:
    return _OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8")


def _is_dump(path: Path) -> bool:
    try:
        with _open(path) as file:
            return file.read(14) == "ITEM: TIMESTEP"
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EISDIR):
            raise
        return False


def _as_slice(index: str | int | slice) -> slice:
    try:
        chosen = string2index(index) if isinstance(index, str) else index
    except ValueError:
        chosen = None
    if isinstance(chosen, int):
        return slice(chosen, chosen + 1 or None)
    if not isinstance(chosen, slice) or chosen.step == 0:
        raise ValueError(message("index", repr(index), "frames as in ASE: '5', ':', '-10:' or '::2'"))
    return chosen


def _select(frames: Any, chosen: slice) -> Iterator[Atoms]:
    """Frames at `chosen`; a second reading counts them when it counts from the end."""
    parts = (chosen.start, chosen.stop, chosen.step)
    if any(p is not None and p < 0 for p in parts):
        order = range(*chosen.indices(sum(1 for _ in frames())))
        if order.step < 0:
            raise ValueError(message("index", chosen, "a step > 0"))
        parts = (order.start, max(order.start, order.stop), order.step)
    yield from islice(frames(), *parts)


def read_dump(
    path: Path,
    quaternion_columns: Sequence[str] | None = None,
    diameter_columns: Sequence[str] | None = None,
) -> Iterator[Atoms]:
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline():
                if line.startswith("ITEM: TIMESTEP"):
                    where = f"frame {number} of '{path}'"
                    yield _read_frame(file, where, quaternion_columns, diameter_columns)
                    number += 1
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        what = f"frame {number} of '{path}'"
        raise ValueError(message(what, f"damaged data ({error})", "a whole LAMMPS text dump")) from None


def _read_frame(
    file: TextIO, where: str, quaternion_columns: Sequence[str] | None, diameter_columns: Sequence[str] | None
) -> Atoms:
    try:
        step = int(file.readline())
        box: list[str] = []
        bounds: list[list[float]] = []
        n = 0
        while not (header := file.readline()).startswith("ITEM: ATOMS"):
            if header.startswith("ITEM: NUMBER OF ATOMS"):
                n = int(file.readline())
            elif header.startswith("ITEM: BOX BOUNDS"):
                box = header.split()[3:]
                bounds = [[float(v) for v in file.readline().split()] for _ in range(3)]
            elif not header:
                raise ValueError
        columns = header.split()[2:]
        table = _table(list(islice(file, n)), columns, n)
        cell, origin = _cell(box, bounds)
    except (ValueError, IndexError):
        raise ValueError(
            message(where, "a frame that ends early or is damaged", "a whole LAMMPS text dump")
        ) from None
    return _atoms(table, cell, origin, box, step, where, quaternion_columns, diameter_columns)


def _table(lines: list[str], columns: list[str], n: int) -> dict[str, np.ndarray]:
    """Columns by name: numbers, and text for those that hold names."""
    if len(lines) != n:
        raise ValueError
    if n == 0:
        return {name: np.empty(0) for name in columns}
    text = [k for k, name in enumerate(columns) if name in _TEXT]
    numeric = [k for k in range(len(columns)) if k not in text]
    values = np.loadtxt(lines, usecols=numeric, ndmin=2)
    table = {columns[k]: values[:, i] for i, k in enumerate(numeric)}
    for k in text:
        table[columns[k]] = np.array([line.split()[k] for line in lines])
    return table


def _cell(box: list[str], bounds: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Rows are the cell vectors. Bounds of a triclinic box are those of the box around it."""
    values = np.array(bounds)
    if box and box[0] == "abc":
        return values[:, :3], values[:, 3]
    xy, xz, yz = values[:, 2] if values.shape[1] > 2 else (0.0, 0.0, 0.0)
    low, high = values[:, 0].copy(), values[:, 1].copy()
    low -= [min(0.0, xy, xz, xy + xz), min(0.0, yz), 0.0]
    high -= [max(0.0, xy, xz, xy + xz), max(0.0, yz), 0.0]
    lx, ly, lz = high - low
    return np.array([[lx, 0, 0], [xy, ly, 0], [xz, yz, lz]]), low


def _atoms(
    table: dict[str, np.ndarray],
    cell: np.ndarray,
    origin: np.ndarray,
    box: list[str],
    step: int,
    where: str,
    quaternion_columns: Sequence[str] | None,
    diameter_columns: Sequence[str] | None,
) -> Atoms:
    names = _first(table, _POSITIONS, where, "positions")
    positions = _stacked(table, names)
    if _POSITIONS[names]:
        positions = positions @ cell + origin
    label = "element" if "element" in table else "type"
    if label not in table:
        raise ValueError(message(where, f"columns {', '.join(table)}", "a column element or type"))
    atoms = Atoms(
        numbers=_numbers(table[label], label, where),
        positions=positions,
        cell=cell,
        celldisp=origin,
        pbc=[b.startswith("p") for b in box[-3:]],
    )
    atoms.info["timestep"] = step
    used = {*names, label, "id"}
    wanted = {"c_q": (quaternion_columns, _QUATERNIONS, 4), "shape": (diameter_columns, _DIAMETERS, 3)}
    for key, (given, known, count) in wanted.items():
        if given is not None:
            if len(given) != count:
                raise ValueError(message(f"columns of '{key}'", f"{len(given)} names", f"{count}"))
            known = (tuple(given),)
        found = _first(table, known, where, key, required=given is not None)
        if found:
            atoms.set_array(key, _stacked(table, found))
            used.update(found)
    _keep_others(atoms, table, used)
    if "id" in table:
        atoms = atoms[np.argsort(table["id"], kind="stable")]
    return atoms


def _numbers(kinds: np.ndarray, label: str, where: str) -> np.ndarray:
    """Atomic numbers of a column of elements or types."""
    if label == "element":
        known = np.isin(kinds, chemical_symbols)
        allowed = "chemical symbols"
    else:
        known = np.isin(kinds, np.arange(1, len(chemical_symbols)))
        allowed = f"integers from 1 to {len(chemical_symbols) - 1}, which stand for atomic numbers"
    if not known.all():
        k = int(np.argmin(known))
        value = f"'{kinds[k]}'" if label == "element" else f"{kinds[k]:g}"
        raise ValueError(message(f"{where}: column '{label}', line {k + 1} of the particles", value, allowed))
    if label == "element":
        return np.array([atomic_numbers[symbol] for symbol in kinds], dtype=int)
    return kinds.astype(int)


def _keep_others(atoms: Atoms, table: dict[str, np.ndarray], used: set[str]) -> None:
    """Columns of no meaning here: NAME[1], NAME[2], ... become one array NAME, the others keep their names."""
    families: dict[str, list[str]] = {}
    for name in table:
        if name not in used and name not in _TEXT:
            families.setdefault(name.split("[")[0], []).append(name)
    for family, names in families.items():
        if family not in atoms.arrays:
            values = table[family] if names == [family] else _stacked(table, names)
            atoms.set_array(family, values)


def _first(table: dict[str, np.ndarray], choices: Any, where: str, what: str, required: bool = True) -> Any:
    for names in choices:
        if all(name in table for name in names):
            return names
    if required:
        allowed = " or ".join(" ".join(names) for names in choices)
        raise ValueError(message(f"{where}: {what}", f"columns {', '.join(table)}", allowed))
    return None


def _stacked(table: dict[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    return np.column_stack([table[name] for name in names])
