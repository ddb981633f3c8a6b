# SPDX-License-Identifier: MIT
"""Binary dumps of LAMMPS (a dump custom whose name ends in .bin), of the format that names its columns."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ...common.errors import ArgumentError
from .dump_frame import TEXT, DumpFrame, damaged

KIND = "binary"
_NAMES = (b"DUMPCUSTOM", b"DUMPATOM")
_REVISION = 2  # the first that has names of columns
_LETTERS = "pfsm"
_TILTS = {0: ([], (3, 2)), 1: (["xy", "xz", "yz"], (3, 3)), 2: (["abc", "origin"], (3, 4))}


def is_kind(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(8)
        return len(start) == 8 and file.read(-min(0, max(-64, *struct.unpack("q", start)))) in _NAMES


def frames(path: Path) -> Iterator[DumpFrame]:
    """One at a time."""
    number = 0
    with path.open("rb") as file:
        while file.peek(1):
            fields = _Fields(file, f"frame {number} of '{path}'")
            fields.require_format()
            yield _frame(fields)
            number += 1


class _Fields:
    """Numbers and texts one after the other."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file, self.where = file, where

    def _bytes(self, count: int) -> bytes:
        data = self._file.read(count) if count >= 0 else b""
        if len(data) != count:
            raise damaged(self.where, f"{len(data)} of {count} bytes", KIND)
        return data

    def numbers(self, kind: str, count: int = 1) -> tuple[Any, ...]:
        """Of a letter of ``struct``."""
        form = f"={count}{kind}"
        return struct.unpack(form, self._bytes(struct.calcsize(form)))

    def number(self, kind: str) -> Any:
        return self.numbers(kind)[0]

    def text(self) -> str:
        return self._bytes(self.number("i")).decode("utf-8", errors="replace")

    def doubles(self, count: int) -> np.ndarray:
        return np.frombuffer(self._bytes(8 * count))

    def require_format(self) -> None:
        length = -self.number("q")
        if not 0 < length <= 64 or self._bytes(length) not in _NAMES:
            raise damaged(self.where, "another beginning than that of a frame", KIND)
        endian, revision = self.numbers("i", 2)
        if endian != 1 or revision < _REVISION:
            got = (
                f"a binary dump of revision {revision}"
                if endian == 1
                else "a binary dump of another byte order"
            )
            expected = (
                f"revision {_REVISION} of this byte order, or the text that LAMMPS's binary2txt makes of it"
            )
            raise ArgumentError(self.where, got, expected)


def _frame(fields: _Fields) -> DumpFrame:
    step, n = fields.numbers("q", 2)
    box, bounds = _box(fields)
    width = fields.number("i")
    info: dict[str, Any] = {"timestep": step}
    if units := fields.text():
        info["units"] = units
    if fields.number("b"):
        info["time"] = fields.number("d")
    names = fields.text().split()
    if len(names) != width:
        raise damaged(fields.where, f"{len(names)} names of {width} columns", KIND)
    parts = [fields.doubles(fields.number("i")) for _ in range(fields.number("i"))]
    values = np.concatenate(parts or [np.empty(0)])
    if len(values) != n * width:
        raise damaged(fields.where, f"{len(values)} numbers for {n} particles", KIND)
    return DumpFrame(info, box, bounds, _table(names, values.reshape(n, width)))


def _box(fields: _Fields) -> tuple[list[str], list[list[float]]]:
    """Words and bounds as in a text dump."""
    tilted = fields.number("i")
    letters = fields.numbers("i", 6)
    if tilted not in _TILTS or not all(0 <= letter < len(_LETTERS) for letter in letters):
        raise damaged(fields.where, "a box of no known kind", KIND)
    words, (rows, width) = _TILTS[tilted]
    if tilted == 2:  # a, b, c, origin
        values = fields.doubles(12).reshape(4, 3)
        bounds = np.column_stack([values[:3], values[3]])
    else:
        bounds = fields.doubles(6).reshape(3, 2)
        bounds = np.column_stack([bounds, fields.doubles(3)]) if tilted else bounds
    sides = ["".join(_LETTERS[letter] for letter in letters[k : k + 2]) for k in (0, 2, 4)]
    return [*words, *sides], bounds.tolist()


def _table(names: list[str], values: np.ndarray) -> dict[str, np.ndarray]:
    """Columns by name. LAMMPS writes numbers of types where a text dump has names of them."""
    table = dict(zip(names, values.T, strict=True))
    kinds = [table.pop(name) for name in TEXT if name in table]
    return {"type": kinds[0], **table} if kinds and "type" not in table else table
