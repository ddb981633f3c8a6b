# SPDX-License-Identifier: MIT
"""Two runs against each other, as ratios: how much slower the machine was is what a backend took that did not change."""

import math
import os
from typing import Any, NamedTuple

from ...common.errors import ArgumentError
from .. import checkpoint
from ..backends import choices
from ..backends.table import OF_DEVICES
from ..cases import Case


class Change(NamedTuple):
    """Of one case: new time over old time, over that of the baseline."""

    label: str
    ratio: float


class Comparison(NamedTuple):
    """How much longer the baseline took in the new run, and the changes of all other cases, slowest first."""

    machine: float
    changes: list[Change]

    def slower(self, threshold: float) -> list[Change]:
        """Changes above the threshold."""
        return [change for change in self.changes if change.ratio > threshold]


def compare(old: str | os.PathLike[str], new: str | os.PathLike[str], baseline: str = "numpy") -> Comparison:
    """Compares the least times of the cases that both files have.

    They are of the processor on one thread, which other jobs disturb less, and by the clock on several, on devices and in LAMMPS.

    Parameters
    ----------
    old, new : path
        Results of ``bench``.
    baseline : str
        Backend whose cases tell how fast a machine is: the geometric mean over those of both files.

    Raises
    ------
    ArgumentError
        For files that are no results, that share no case, or no case of the baseline.
    """
    name = choices(baseline)[0].backend
    before, after = (_times(path) for path in (old, new))
    common = [case for case in before if case in after]
    ratios = {case: after[case] / before[case] for case in common}
    of_baseline = [math.log(ratio) for case, ratio in ratios.items() if case.backend == name]
    if not of_baseline:
        raise ArgumentError(f"'{old}' and '{new}'", f"no case of '{name}' in both", "runs with the baseline")
    machine = math.exp(sum(of_baseline) / len(of_baseline))
    changes = [
        Change(_label(case), ratio / machine) for case, ratio in ratios.items() if case.backend != name
    ]
    if not changes:
        raise ArgumentError(f"'{old}' and '{new}'", "no other case in both", "runs of the same cases")
    return Comparison(machine, sorted(changes, key=lambda change: -change.ratio))


def _times(path: str | os.PathLike[str]) -> dict[Case, float]:
    """Of each case that was timed."""
    results: list[dict[str, Any]] = list(checkpoint.read(path)["results"].values())
    return {Case.from_json(r["case"]): _least(r) for r in results if r["status"] == "done"}


def _least(result: dict[str, Any]) -> float:
    case = Case.from_json(result["case"])
    on_device = case.backend in OF_DEVICES and case.variant not in ("", "cpu")
    by_clock = on_device or case.threads > 1 or not result["cpu_times"]
    return min(result["times"] if by_clock else result["cpu_times"])


def _label(case: Case) -> str:
    return " ".join(
        [
            case.label,
            *([f"sweep {case.sweep}"] if case.sweep else []),
            f"l_max {case.l_max}",
            case.precision,
            f"threads {case.threads}",
            *([f"batch {case.batch}"] if case.batch else []),
        ]
    )
