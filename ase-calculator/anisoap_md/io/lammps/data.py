# SPDX-License-Identifier: MIT
"""LAMMPS data files with a section Ellipsoids: cell, types, positions, quaternions and full diameters.

Atoms without a line in Ellipsoids are points, with diameters 0. A data file does not name its boundaries: all directions are
periodic, as LAMMPS has it by default. Type k is the element with atomic number k, or of the label k where all labels of types
are chemical symbols. Velocities, masses and coefficients are not read.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from ase import Atoms
from ase.data import atomic_numbers, chemical_symbols

from ...common.errors import ArgumentError
from . import box

_BEGIN = 200  # lines of a header
_ELLIPSOIDS = re.compile(r"\s*[1-9]\d*\s+ellipsoids\s*(#.*)?$")
_POSITION = {"ellipsoid": 4, "hybrid": 2}  # column of x
Sections = dict[str, tuple[list[list[str]], str]]  # lines, as words, and the comment at the name


def has_ellipsoids(file: TextIO) -> bool:
    """Whether a text begins as a data file with ellipsoids."""
    return any(_ELLIPSOIDS.match(file.readline(200)) for _ in range(_BEGIN))


def read(file: TextIO, path: Path, types: dict[str, int]) -> Iterator[Atoms]:
    """The one frame."""
    where = f"LAMMPS data file '{path}'"
    header, sections = parts(file)
    try:
        cell, origin = cell_of_header(header)
        counts = [int(header[name][0]) for name in ("atoms", "ellipsoids")]
    except (ValueError, KeyError) as error:
        raise ArgumentError(f"{where}: header", f"damaged lines ({error})", "a whole file") from None
    rows, style = sections.get("Atoms", ([], ""))
    bodies = sections.get("Ellipsoids", ([], ""))[0]
    for name, found, count in (("Atoms", rows, counts[0]), ("Ellipsoids", bodies, counts[1])):
        if len(found) != count:
            raise ArgumentError(f"{where}: section {name}", f"{len(found)} lines", f"{count}")
    x = _column_of_x(rows, style, where)
    if (
        "avec" in header and x != _POSITION["ellipsoid"]
    ):  # LAMMPS turns the quaternions of style ellipsoid alone
        raise ArgumentError(f"{where}: section Atoms", f"style '{style}' in a general box", "style ellipsoid")
    labels = {row[1]: int(row[0]) for row in sections.get("Atom Type Labels", ([], ""))[0]}
    numbers = [_number(row[1], labels, types, where) for row in rows]
    yield _atoms(rows, x, bodies, numbers, cell, origin, where)


def parts(file: TextIO) -> tuple[dict[str, list[str]], Sections]:
    """Values of the header by their words, and of each section the lines and the comment at its name.

    The name of a section stands alone between blank lines, and the first line of the file is a comment.
    """
    lines = [line.strip() for line in file][1:] + [""]
    header: dict[str, list[str]] = {}
    sections: dict[str, tuple[list[list[str]], str]] = {}
    rows: list[list[str]] | None = None
    for k, line in enumerate(lines[:-1]):
        text, _, comment = (part.strip() for part in line.partition("#"))
        if not text:
            continue
        if text[0].isalpha() and not lines[k + 1] and not lines[k - 1]:
            rows = []
            sections[text] = (rows, comment)
        elif rows is not None:
            rows.append(text.split())
        else:
            words = text.split()
            first = next((i for i, word in enumerate(words) if word[0].isalpha()), len(words))
            header[" ".join(words[first:])] = words[:first]
    return header, sections


def cell_of_header(header: dict[str, list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Cell vectors as rows, and origin. ValueError for bounds that are missing or damaged."""

    def numbers(name: str, count: int, default: tuple[float, ...] | None = None) -> np.ndarray:
        if name not in header and default is not None:
            return np.array(default)
        values = np.array([float(v) for v in header[name]])
        if values.shape != (count,) or not np.isfinite(values).all():
            raise ValueError(f"{name} needs {count} numbers")
        return values

    if "avec" in header:
        origin = numbers("abc origin", 3, (0.0, 0.0, 0.0))
        return np.array([numbers(name, 3) for name in ("avec", "bvec", "cvec")]), origin
    bounds = np.array([numbers(f"{a}lo {a}hi", 2, (-0.5, 0.5)) for a in "xyz"])
    tilts = numbers("xy xz yz", 3, (0.0, 0.0, 0.0))
    return box.restricted_cell(bounds[:, 1] - bounds[:, 0], tuple(tilts)), bounds[:, 0]


def _column_of_x(rows: list[list[str]], style: str, where: str) -> int:
    """Of the style that the comment names, or of ellipsoid where it names none."""
    words = style.split()
    name = words[0] if words else "ellipsoid"
    if name not in _POSITION or (name == "hybrid" and words[1:] and "ellipsoid" not in words):
        raise ArgumentError(f"{where}: section Atoms", f"style '{style}'", "'ellipsoid' or 'hybrid'")
    if name == "ellipsoid" and any(len(row) not in (7, 10) or row[2] not in ("0", "1") for row in rows):
        expected = "id type ellipsoidflag density x y z of style ellipsoid, or the name of the style: 'Atoms # hybrid'"
        raise ArgumentError(f"{where}: section Atoms", "lines of another style", expected)
    return _POSITION[name]


def _atoms(
    rows: list[list[str]],
    x: int,
    bodies: list[list[str]],
    numbers: list[int],
    cell: np.ndarray,
    origin: np.ndarray,
    where: str,
) -> Atoms:
    try:
        ids = [int(row[0]) for row in rows]
        positions = [[float(v) for v in row[x : x + 3]] for row in rows]
        index = {ids[k]: k for k in range(len(ids))}
        shapes = np.array([[float(v) for v in row[1:]] for row in bodies])
        places = [index[int(row[0])] for row in bodies]
        if shapes.shape != (len(bodies), 7) or len({*places}) != len(places) or len(index) != len(ids):
            raise ValueError("lines of Ellipsoids are id, three diameters and a quaternion, each id once")
        atoms = Atoms(numbers=numbers, positions=positions, cell=cell, celldisp=origin, pbc=True)
    except (ValueError, KeyError, IndexError) as error:
        raise ArgumentError(
            f"{where}: section Atoms or Ellipsoids", f"damaged lines ({error})", "a whole file"
        ) from None
    full = np.tile([0.0, 0, 0, 1, 0, 0, 0], (len(rows), 1))
    full[places] = shapes
    atoms.set_array("shape", full[:, :3].copy())
    atoms.set_array("c_q", full[:, 3:].copy())
    return atoms[np.argsort(ids, kind="stable")]


def _number(word: str, labels: dict[str, int], types: dict[str, int], where: str) -> int:
    """Atomic number of a type, by number or label."""
    number = str(labels.get(word, word))
    label = {str(number): label for label, number in labels.items()}.get(number, number)
    if label in types or number in types:
        return types.get(label, types.get(number, 0))
    if labels and all(label in chemical_symbols for label in labels):
        return atomic_numbers[label]
    if not number.isdecimal() or not 0 < int(number) < len(chemical_symbols):
        allowed = f"integers from 1 to {len(chemical_symbols) - 1}, or those in type_names"
        raise ArgumentError(f"{where}: type", f"'{word}'", allowed)
    return int(number)
