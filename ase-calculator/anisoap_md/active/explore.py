# SPDX-License-Identifier: MIT
"""LAMMPS runs with the current model, which stop and leave a configuration where the model is uncertain, or extrapolates.

Each run has a folder: it is made under another name and renamed when the run is over, so that one that was killed leaves
nothing behind that counts.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ..common.checks import message
from ..common.execution import Execution
from ..common.files import write_text
from ..common.progress import progress
from .config import Config
from .state import State

DUMP = "uncertain.dump"
_FACTS = "run.json"
_REACHED = re.compile(  # what pair_style anisoap logs at the end of a run, and where a run stops
    r"^(?:WARNING: )?Pair anisoap: (?:uncertainty|grade) "
    r"(?:at most (\S+) in|(\S+) of atom ID|above threshold .* largest (\S+)$)",
    re.MULTILINE,
)


def explore(config: Config, state: State, number: int, execution: Execution) -> dict[str, Any]:
    """Runs of a round, those that are done left out; their facts."""
    folder = state.round_folder(number)
    for left in folder.glob(".run_*"):
        shutil.rmtree(left, ignore_errors=True)  # a LAMMPS whose parent was killed may still be writing
    for k in progress(range(config.explore.runs), f"round {number}: LAMMPS", "runs", execution.progress):
        if not run_folder(state, number, k).exists():
            _run(config, state, number, k)
    return {"runs": [_facts(run_folder(state, number, k)) for k in range(config.explore.runs)]}


def threshold_of(config: Config, state: State, number: int) -> float:
    """Uncertainty, or grade, above which the runs of a round stop."""
    given = config.threshold
    fixed = given.absolute or given.grade
    return fixed or given.factor * state.facts(number - 1, "train")["typical_uncertainty"]


def run_folder(state: State, number: int, k: int) -> Path:
    return state.round_folder(number) / f"run_{k:03d}"


def _facts(folder: Path) -> dict[str, Any]:
    return json.loads((folder / _FACTS).read_text(encoding="utf-8"))


def _run(config: Config, state: State, number: int, k: int) -> None:
    target = run_folder(state, number, k)
    folder = Path(mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    seed = config.explore.seed + sum(len(state.facts(j, "explore")["runs"]) for j in range(1, number)) + k
    previous = state.folder / f"round_{number - 1:03d}" / target.name
    threshold = threshold_of(config, state, number)
    variables = {
        **config.explore.variables,
        "model": _relative(state.model_file(number - 1), config),
        "threshold": f"grade {threshold!r}" if config.threshold.grade else repr(threshold),
        "seed": seed,
        "dump": _relative(folder / DUMP, config),
        "folder": _relative(folder, config),
        "previous": _relative(previous, config) if previous.exists() else "none",
    }
    command = [*_launcher(config.explore.ranks), "-in", _relative(config.explore.lammps, config)]
    command += ["-log", _relative(folder / "log.lammps", config), "-screen", "none"]
    for name, value in variables.items():
        command += ["-var", name, str(value)]
    done = subprocess.run(
        command, cwd=config.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    has_frames = (folder / DUMP).exists()
    if done.returncode != 0 and not has_frames:
        raise RuntimeError(
            message(
                f"round {number}, run {k}: LAMMPS",
                f"'{_problem(folder, done.stdout)}' (log in {_relative(folder, config)})",
                "a run without error",
            )
        )
    facts = {
        "seed": seed,
        "threshold": threshold,
        "stopped": has_frames,
        "failed": done.returncode != 0,
        "largest_uncertainty": _largest_uncertainty(folder, number, k),
    }
    write_text(folder / _FACTS, json.dumps(facts) + "\n")
    folder.rename(target)


def _largest_uncertainty(folder: Path, number: int, k: int) -> float | None:
    """Of all particles and steps; None where LAMMPS wrote another log.

    Raises
    ------
    RuntimeError
        For a run that ended without a threshold.
    """
    log = _text(folder / "log.lammps")
    found = [float(next(filter(None, values))) for values in _REACHED.findall(log)]
    if not found and "Total wall time" in log:
        expected = "pair_style anisoap threshold ${threshold} stop dump ${dump}"
        raise RuntimeError(message(f"round {number}, run {k}: LAMMPS", "a run without a threshold", expected))
    return max(found, default=None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _relative(path: Path, config: Config) -> str:
    """As LAMMPS reads it, which runs in the folder of the configuration."""
    return os.path.relpath(path, config.folder)


def _launcher(ranks: int) -> list[str]:
    lammps = [sys.executable, "-m", "anisoap_md", "lmp"]
    if ranks == 1:
        return lammps
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    mpiexec = shutil.which("mpiexec", path=places)
    if mpiexec is None:
        raise RuntimeError(message("explore.ranks", f"{ranks} and no mpiexec", "the package lammps[mpi]"))
    return [mpiexec, "-n", str(ranks), *lammps]


def _problem(folder: Path, output: str) -> str:
    """Error line of the log, else the last line of the output."""
    text = _text(folder / "log.lammps") + "\n" + output
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return errors[0] if errors else lines[-1] if lines else "no output"
