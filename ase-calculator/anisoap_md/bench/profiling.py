# SPDX-License-Identifier: MIT
"""Where the time of one case goes: cProfile always; py-spy, perf, ncu and gprof2dot where they are installed."""

import cProfile
import csv
import io
import os
import pstats
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..backends import Prepared
from ..common.errors import message
from ..common.files import write_text
from . import machine
from .backends import get, missing
from .cases import Case
from .systems import make

_COLUMNS = ("calls", "self", "cumulative", "function")
_SECONDS = 3.0  # of the loop that other tools look at


def profile(case: Case, folder: str | os.PathLike[str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Profiles a case and writes what each tool found into a folder.

    Parameters
    ----------
    case : Case
    folder : path
        Made where it is missing.

    Returns
    -------
    list of dict
        The rows of ``functions``.
    dict
        Tool -> the file that it wrote, or why there is none.

    Raises
    ------
    ArgumentError
        For frames and options that cannot be used.
    RuntimeError
        For a backend that cannot be used here.
    """
    run = run_of(case)
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    rows = functions(_profiled(run, place / "profile.pstats"))
    write_text(place / "functions.csv", csv_text(rows))
    found = {"cProfile": str(place / "functions.csv")}
    return rows, {**found, **_call_graph(place), **_other_tools(case, place)}


def run_of(case: Case) -> Prepared:
    """Computes the case once when it is called; RuntimeError for a backend that cannot be used here."""
    backend, frames = get(case.backend), make(case.system)
    options = case.options(sorted({z for atoms in frames for z in atoms.numbers.tolist()}))
    reason = missing(backend, options)
    if reason is not None:
        is_whole = reason.startswith("anisoap: ")  # of a missing package
        text = reason if is_whole else message(f"backend '{case.backend}'", reason, "one that is there")
        raise RuntimeError(text)
    return backend.prepare(frames, options)


def _profiled(run: Callable[[], Any], path: Path) -> pstats.Stats:
    """Of the second call."""
    run()
    profiler = cProfile.Profile()
    profiler.enable()
    run()
    profiler.disable()
    profiler.dump_stats(path)
    return pstats.Stats(profiler)


def functions(statistics: pstats.Stats) -> list[dict[str, Any]]:
    """Calls, seconds of its own and with all it called, of each function; the longest first."""
    rows = [
        {"calls": calls, "self": own, "cumulative": whole, "function": _name(where)}
        for where, (_, calls, own, whole, _) in statistics.stats.items()  # type: ignore[attr-defined]
    ]
    return sorted(rows, key=lambda row: -row["self"])


def _name(where: tuple[str, int, str]) -> str:
    file, line, function = where
    return function if line == 0 else f"{'/'.join(Path(file).parts[-2:])}:{line} {function}"


def csv_text(rows: Sequence[dict[str, Any]]) -> str:
    """A header, then a line for each function."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def markdown(rows: Sequence[dict[str, Any]], most: int = 15) -> str:
    """The first rows, times in ms."""
    lines = ["| calls | self, ms | cumulative, ms | function |", "| --- | --- | --- | --- |"]
    for row in rows[:most]:
        lines.append(
            f"| {row['calls']:,} | {1e3 * row['self']:.3g} | {1e3 * row['cumulative']:.3g} | {row['function']} |"
        )
    return "\n".join(lines) + "\n"


def _call_graph(folder: Path) -> dict[str, str]:
    """DOT of the profile, and SVG where Graphviz is installed."""
    tool = _tool("gprof2dot")
    if tool is None:
        return {"gprof2dot": _absent("gprof2dot", "pip install gprof2dot")}
    graph = folder / "calls.dot"
    done = _started([tool, "-f", "pstats", str(folder / "profile.pstats"), "-o", str(graph)])
    graphviz = _tool("dot")
    if done or graphviz is None:
        return {"gprof2dot": done or str(graph)}
    picture = folder / "calls.svg"
    return {"gprof2dot": _started([graphviz, "-Tsvg", str(graph), "-o", str(picture)]) or str(picture)}


def _other_tools(case: Case, folder: Path) -> dict[str, str]:
    """Each looks at a process of its own that repeats the case."""
    task = folder / "case.json"
    write_text(task, case.to_json())
    loop = [sys.executable, "-m", "anisoap_md.bench.profiling", str(task)]
    flame, record, kernels = folder / "flame.svg", folder / "perf.data", folder / "kernels"
    commands = {
        "py-spy": (["record", "--native", "-o", str(flame), "--", *loop], flame, "pip install py-spy"),
        "perf": (["record", "-q", "-g", "-o", str(record), *loop], record, "the package of your kernel"),
        "ncu": (["--set", "basic", "-f", "-o", str(kernels), *loop], kernels, "the toolkit of CUDA"),
    }
    found = {}
    for name, (words, out, source) in commands.items():
        tool = _tool(name)
        if tool is None:
            found[name] = _absent(name, source)
        elif name == "ncu" and case.options([0]).device == "cpu":
            found[name] = "not run: the case uses no device"
        else:
            found[name] = _started([tool, *words], case.threads) or str(out)
    return found


def _tool(name: str) -> str | None:
    """Beside this Python, or on the path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def _absent(name: str, source: str) -> str:
    return f"absent: no '{name}' ({source})"


def _started(command: list[str], threads: int = 1) -> str:
    """Empty, or how it failed."""
    environment = {**os.environ, **machine.pinned(threads)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    return f"failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"


def main(path: Path) -> None:
    """Repeats the case of a file for some seconds."""
    run = run_of(Case.from_text(path.read_text(encoding="utf-8")))
    end = time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
