# SPDX-License-Identifier: MIT
"""YAML dumps of LAMMPS (dump yaml), also compressed.

Read line by line, as LAMMPS writes them: a parser of YAML takes a hundred times as long. Of a general triclinic box they hold
the positions of one frame and the box of another, and do not say so: dump_modify triclinic/general is for text and binary dumps.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ..text_files import begins, open_text
from .dump_frame import DumpFrame, damaged, table_of

KIND = "yaml"
_PUNCTUATION = str.maketrans(",[]'\"", "     ")


def is_kind(path: Path) -> bool:
    return begins(path, _is_yaml)


def _is_yaml(file: TextIO) -> bool:
    return file.readline(80).strip() == "---" and file.readline(80).strip() == "creator: LAMMPS"


def frames(path: Path) -> Iterator[DumpFrame]:
    """One at a time."""
    number = 0
    with open_text(path) as file:
        while entries := _entries(file, where := f"frame {number} of '{path}'"):
            yield _frame(file, entries, where)
            number += 1


def _entries(file: TextIO, where: str) -> dict[str, list[str]]:
    """Lines before the particles by key, items of a list one by one; none at the end of the file."""
    entries: dict[str, list[str]] = {}
    key = ""
    for line in file:
        text = line.strip()
        if text == "data:":
            return entries
        if text.startswith("- ") and key:
            entries[key].append(text[2:])
        elif text not in ("---", ""):
            key, colon, value = text.partition(":")
            if not colon:
                raise damaged(where, f"line '{text[:60]}' before the particles", KIND)
            entries[key] = [value.strip()] if value.strip() else []
    if entries:
        raise damaged(where, "no line data:", KIND)
    return {}


def _frame(file: TextIO, entries: dict[str, list[str]], where: str) -> DumpFrame:
    try:
        info: dict[str, Any] = {"timestep": int(entries["timestep"][0])}
        if "units" in entries:
            info["units"] = entries["units"][0]
        if "time" in entries:
            info["time"] = float(entries["time"][0])
        n, columns = int(entries["natoms"][0]), _words(entries["keywords"][0])
        box, bounds = _box(entries)
        lines = [_plain(line) for line in islice(file, n)]
        table = table_of(lines, columns, n)
        if (end := file.readline().strip()) != "...":
            raise ValueError(f"line '{end[:60]}' behind {n} particles")
    except KeyError as error:
        raise damaged(where, f"no {error.args[0]}", KIND) from None
    except (ValueError, IndexError) as error:
        raise damaged(where, error, KIND) from None
    return DumpFrame(info, box, bounds, table)


def _words(text: str) -> list[str]:
    """Of a list such as [ id, type, 'c_q[1]', ]."""
    return [word.strip().strip("'\"") for word in text.strip("[] ").split(",") if word.strip()]


def _plain(line: str) -> str:
    """A row as a text dump has it."""
    text = line.strip()
    if not re.fullmatch(r"- \[.*\]", text):
        raise ValueError(f"line '{text[:60]}' among the particles")
    return text[1:].translate(_PUNCTUATION)


def _box(entries: dict[str, list[str]]) -> tuple[list[str], list[list[float]]]:
    """Words and bounds as in a text dump: two letters a direction; a tilt behind each pair of bounds."""
    letters = _words(entries["boundary"][0])
    box = ["".join(letters[k : k + 2]) for k in (0, 2, 4)]
    rows = [[float(word) for word in _words(row)] for row in entries["box"]]
    if len(rows) == 4:
        return ["xy", "xz", "yz", *box], [[*row, tilt] for row, tilt in zip(rows[:3], rows[3], strict=True)]
    return box, rows
