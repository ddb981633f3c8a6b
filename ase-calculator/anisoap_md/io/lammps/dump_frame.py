# SPDX-License-Identifier: MIT
"""What a dump says of one frame, whichever way it is written."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.errors import ArgumentError

TEXT = ("element", "typelabel")  # columns of names


@dataclass
class DumpFrame:
    """One frame. The box as in the line ITEM: BOX BOUNDS of a text dump, its words and numbers."""

    info: dict[str, Any]
    box: list[str]
    bounds: list[list[float]]
    table: dict[str, np.ndarray]  # columns by name, [n]


def damaged(where: str, detail: object, kind: str = "text") -> ArgumentError:
    got = f"a frame that ends early or is damaged ({detail})"
    return ArgumentError(where, got, f"a whole LAMMPS {kind} dump")


def table_of(lines: list[str], columns: list[str], n: int) -> dict[str, np.ndarray]:
    """Columns by name: numbers, and text for those that hold names."""
    if len(lines) != n:
        raise ValueError(f"{len(lines)} of {n} particles")
    if n == 0:
        return {name: np.empty(0) for name in columns}
    fields = [(str(k), object if name in TEXT else float) for k, name in enumerate(columns)]
    try:
        rows = np.loadtxt(lines, np.dtype(fields), comments=None, ndmin=1)
    except ValueError:
        _require_entries(lines, len(columns))  # says more than loadtxt
        raise
    if len(rows) != n:  # loadtxt skips empty lines
        _require_entries(lines, len(columns))
    return {name: rows[str(k)].astype(str if name in TEXT else float) for k, name in enumerate(columns)}


def _require_entries(lines: list[str], count: int) -> None:
    """ValueError that names the first line of another number of entries."""
    for k, line in enumerate(lines, start=1):
        if (found := len(line.split())) != count:
            raise ValueError(f"line {k} of the particles has {found} entries for {count} columns")
