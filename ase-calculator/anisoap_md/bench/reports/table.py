# SPDX-License-Identifier: MIT
"""Results as flat rows, in CSV and Markdown."""

import csv
import io
import os
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import _core
from ...common.errors import ArgumentError, in_file
from ...common.files import write_text
from .. import checkpoint
from ..backends import Choice
from ..cases import Case

# Of a row; times are seconds.
_OF_CASE = (
    "l_max",
    "cutoff",
    "width",
    "basis",
    "quantity",
    "precision",
    "threads",
    "ranks",
    "batch",
)
COLUMNS = (
    "sweep",
    "system",
    "backend",
    "status",
    *_OF_CASE,
    "n_species",
    "particles",
    "neighbors",
    "frames",
    "centres",
    "pairs",
    "features",
    "repeats",
    "min",
    "median",
    "spread",
    "cpu",
    "conversion",
    "ns_a_pair",
    "seconds_by_n2",
    "error",
    "peak_mib",
    "peak_gflops",
    "processor",
    "checksum",
    "revision",
    "source",
)
_SHOWN = {
    "sweep": "sweep",
    "system": "system",
    "backend": "backend",
    "n_species": "species",
    "quantity": "quantity",
    "precision": "precision",
    "threads": "threads",
    "l_max": "l_max",
    "pairs": "pairs",
    "min": "min, ms",
    "median": "median, ms",
    "spread": "spread",
    "cpu": "CPU, ms",
    "conversion": "conversion, ms",
    "ns_a_pair": "ns a pair",
    "seconds_by_n2": "time/N^2, ns",
    "peak_mib": "peak, MiB",
    "error": "error",
    "source": "",
}
_SCALES = {"min": 1e3, "median": 1e3, "cpu": 1e3, "conversion": 1e3, "seconds_by_n2": 1e9}
Row = dict[str, Any]


def rows_of(document: Mapping[str, Any]) -> list[Row]:
    """A row for each case of a run, in its order."""
    shared = {
        "processor": document["machine"].get("processor"),
        "peak_gflops": document["machine"].get("peak_gflops"),
        "revision": document.get("revision"),
    }
    return [{**dict.fromkeys(COLUMNS), **shared, **_row(result)} for result in document["results"].values()]


def _row(result: Mapping[str, Any]) -> Row:
    case = Case.from_json(result["case"])
    row: Row = {name: getattr(case, name) for name in ("sweep", *_OF_CASE)}
    row |= {
        "system": case.system.label,
        "backend": Choice(case.backend, case.variant).label,
        "status": result["status"],
        "source": result.get("reason") or result.get("source"),
    }
    row |= {
        name: result.get(name) for name in ("n_species", "frames", "centres", "pairs", "features", "checksum")
    }
    if result.get("centres"):
        row["particles"] = result["centres"] / result["frames"]
        row["neighbors"] = result["pairs"] / result["centres"] - 1
    if result["status"] == "quoted":
        row["ns_a_pair"] = result["ns_a_pair"]
    if result["status"] == "done":
        row |= _times(result)
    return row


def _times(result: Mapping[str, Any]) -> Row:
    """Of repetitions: their least, their median, half of the range between quartiles over the median, the least processor time.

    Times a pair are of the least.
    """
    times = result["times"]
    median = statistics.median(times)
    quartiles = statistics.quantiles(times, n=4, method="inclusive") if len(times) > 1 else [median] * 3
    return {
        "repeats": len(times),
        "min": min(times),
        "median": median,
        "spread": (quartiles[2] - quartiles[0]) / 2 / median,
        "cpu": min(result["cpu_times"], default=None),
        "conversion": result["conversion_seconds"] or None,
        "ns_a_pair": 1e9 * min(times) / result["pairs"],
        "seconds_by_n2": min(times) / result["sum_n2"],
        "error": result["check"].get("error"),
        "peak_mib": result["peak_bytes"] / 2**20,
    }


def csv_text(rows: Iterable[Row]) -> str:
    """With a header; empty where there is no value."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _digits(row[name]) for name in COLUMNS})
    return out.getvalue()


def _digits(value: Any) -> Any:
    return f"{value:.6g}" if isinstance(value, float) else value


def markdown(rows: Sequence[Row]) -> str:
    """A table of what readers look for; columns without a value are left out."""
    names = [name for name in _SHOWN if any(row[name] not in (None, "") for row in rows)]
    lines = ["| " + " | ".join(_SHOWN[name] for name in names) + " |", "|" + " --- |" * len(names)]
    lines += ["| " + " | ".join(_shown(name, row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("|", "/")
    return f"{value * _SCALES.get(name, 1):.3g}" if isinstance(value, float) else f"{value:,}"


def summary(rows: Sequence[Row]) -> str:
    """How many there are of each status."""
    counts = {
        name: sum(row["status"] == name for row in rows) for name in ("done", "quoted", "absent", "failed")
    }
    return ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "no cases"


def aggregate(
    inputs: Sequence[str | os.PathLike[str]], outputs: Sequence[str | os.PathLike[str]]
) -> list[Row]:
    """Writes the rows of result files as .csv or .md, and returns them.

    Raises
    ------
    ArgumentError
        For files that are no results, and outputs of other suffixes.
    """
    for path in outputs:
        if Path(path).suffix not in _WRITERS:
            hint = _core.suggestion(Path(path).suffix, list(_WRITERS))
            raise ArgumentError("suffix of the output file", f"'{path}'", " or ".join(_WRITERS), hint)
    rows = [row for path in inputs for row in rows_of(checkpoint.read(path))]
    for path in outputs:
        write_text(path, _WRITERS[Path(path).suffix](rows))
    return rows


_WRITERS = {".csv": csv_text, ".md": markdown}
_TEXT = (
    "sweep",
    "system",
    "backend",
    "status",
    "basis",
    "quantity",
    "precision",
    "processor",
    "checksum",
    "revision",
    "source",
)


def read_csv(path: str | os.PathLike[str]) -> list[Row]:
    """Rows that ``aggregate`` wrote; numbers as numbers, None for what is empty.

    Raises
    ------
    ArgumentError
        For another file.
    """
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames is None or set(reader.fieldnames) != set(COLUMNS):
            expected = "a table of 'anisoap-md bench aggregate'"
            raise in_file(ArgumentError("table", "other columns", expected), path)
        try:
            return [{name: _value(name, text) for name, text in row.items()} for row in reader]
        except (ValueError, TypeError) as error:
            raise in_file(
                ArgumentError("table", f"'{error}'", "numbers in the columns of numbers"), path
            ) from None


def _value(name: str, text: str) -> Any:
    if name in _TEXT:
        return text
    return float(text) if text else None
