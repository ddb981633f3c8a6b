# SPDX-License-Identifier: MIT
"""LAMMPS text dumps, also compressed: dump custom and atom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ..text_files import begins, open_text
from .dump_frame import DumpFrame, damaged, table_of

KIND = "text"
_BEGIN = ("ITEM: TIMESTEP", "ITEM: UNITS", "ITEM: TIME")  # dump_modify units yes, time yes


def is_kind(path: Path) -> bool:
    return begins(path, lambda file: file.readline(80).strip() in _BEGIN)


def frames(path: Path) -> Iterator[DumpFrame]:
    """One at a time."""
    number = 0
    with open_text(path) as file:
        while header := _read_header(file, where := f"frame {number} of '{path}'"):
            yield _read_frame(file, header, where)
            number += 1


@dataclass
class _Header:
    """What stands before the particles of a frame. The line of the box without the words ITEM: BOX BOUNDS."""

    info: dict[str, Any] = field(default_factory=dict)
    n: int = -1
    box: list[str] = field(default_factory=list)
    bounds: list[list[float]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


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
            raise damaged(where, error) from None
        if header.columns:
            return header
    if begun:
        raise damaged(where, "no line ITEM: ATOMS")
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


def _read_frame(file: TextIO, header: _Header, where: str) -> DumpFrame:
    if "timestep" not in header.info or header.n < 0 or not header.bounds:
        raise damaged(where, "no TIMESTEP, NUMBER OF ATOMS or BOX BOUNDS")
    try:
        table = table_of(list(islice(file, header.n)), header.columns, header.n)
    except (ValueError, IndexError) as error:
        raise damaged(where, error) from None
    return DumpFrame(header.info, header.box, header.bounds, table)
