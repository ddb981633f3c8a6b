# SPDX-License-Identifier: MIT
"""Errors of groups of frames as a table: text, CSV and JSON."""

import csv
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import _core
from ...common.documents.json import finite
from ...common.errors import ArgumentError
from ...common.files import whole_file, write_text
from ..evaluation import Errors, unit_text

_SUFFIXES = (".csv", ".json")
_COLUMNS = ("group", "frames", "target", "RMSE", "MAE", "RMSE/spread", "unit")

Row = dict[str, Any]


def rows(errors: Mapping[str, Mapping[str, Errors]], n_frames: Mapping[str, int], units: str) -> list[Row]:
    """A row for each group and target; energies and virials per particle."""
    return [
        {
            "group": group,
            "n_frames": n_frames[group],
            "target": target,
            "unit": unit_text(units, target),
            "rmse": e.rmse,
            "mae": e.mae,
            "relative": e.relative,
            "spread": e.spread,
            "r2": e.r2,
            "n_labels": e.n,
        }
        for group, of in errors.items()
        for target, e in of.items()
    ]


def text(found: Sequence[Row]) -> str:
    """Columns of one width."""
    cells = [list(_COLUMNS)]
    for row in found:
        relative = "-" if row["relative"] != row["relative"] else f"{100 * row['relative']:.3g} %"
        numbers = [f"{row['rmse']:.4g}", f"{row['mae']:.4g}", relative]
        cells.append([row["group"], str(row["n_frames"]), row["target"], *numbers, row["unit"]])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def require_suffix(path: str | os.PathLike[str]) -> None:
    """ArgumentError unless the table can be written as the name says."""
    suffix = Path(path).suffix
    if suffix not in _SUFFIXES:
        hint = _core.suggestion(suffix, list(_SUFFIXES))
        raise ArgumentError("suffix of the table", f"'{suffix}'", " or ".join(_SUFFIXES), hint)


def write(path: str | os.PathLike[str], found: Sequence[Row]) -> None:
    """Writes .csv or .json; what no number is (a relative error of equal labels) is empty there, and null here."""
    require_suffix(path)
    plain = [finite(row) for row in found]
    if Path(path).suffix == ".json":
        write_text(path, json.dumps(plain, indent=1) + "\n")
        return
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(plain[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(plain)
