# SPDX-License-Identifier: MIT
"""One case in this process: its numbers against the oracle's, then its times."""

import math
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from ase import Atoms

from ..backends import Backend, Options, Prepared
from ..common.errors import ArgumentError
from .backends import get, missing
from .backends.core import Cpp
from .cases import Case

RTOL, ATOL = 1e-6, 1e-8  # in double precision; the latter of the largest entry where that is below 1
SINGLE = 1e-3  # of the largest entry, in single precision
_LEAST_SECONDS = 0.02  # of a timed repetition: shorter calls are repeated within it


@dataclass(frozen=True)
class Expected:
    """Rows of the oracle for some centres.

    Attributes
    ----------
    rows : numpy.ndarray
        [n_centres, n_columns]
    centres : numpy.ndarray
        [n_centres] rows of a backend's result that they are.
    """

    rows: np.ndarray
    centres: np.ndarray


def measure(
    case: Case, frames: Sequence[Atoms], species: list[int], expected: Expected, repeat: int, seconds: float
) -> dict[str, Any]:
    """Result of a case: a status 'done', 'failed', 'absent' or 'quoted', and what goes with it."""
    backend = _backend(case)
    options = case.options(species)
    reason = missing(backend, options)
    if reason is not None:
        quoted = getattr(backend, "quoted", lambda _: None)(options)
        return {"status": "absent", "reason": reason} if quoted is None else {"status": "quoted", **quoted}
    before = _peak_bytes()
    start = time.perf_counter()
    try:
        run = _Run([backend.prepare(batch, options) for batch in _batches(frames, case.batch)])
    except ArgumentError as error:
        if error.what != "device":
            raise
        return {"status": "absent", "reason": str(error)}
    prepare_seconds = time.perf_counter() - start
    checked, first, features = _first(run, backend, options, expected)
    if checked["error"]:
        return {"status": "failed", "reason": checked["error"]}
    return {
        "status": "done",
        "check": checked["found"],
        "prepare_seconds": prepare_seconds,
        "first_seconds": first,
        **_times(_repeated(run, repeat, seconds)),
        "features": features,
        "peak_bytes": _peak_bytes(),
        "bytes_before": before,
        **getattr(backend, "facts", dict)(),
    }


def joined(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Results of a case in two rounds as one: the second's where it failed, the first's where the second was not measured."""
    if after["status"] in ("absent", "quoted"):
        return before
    if after["status"] != "done":
        return after
    rounds = before.get("rounds", 1)
    conversion = (rounds * before["conversion_seconds"] + after["conversion_seconds"]) / (rounds + 1)
    return {
        **before,
        **{name: before[name] + after[name] for name in ("times", "cpu_times")},
        "conversion_seconds": conversion,
        "peak_bytes": max(before["peak_bytes"], after["peak_bytes"]),
        "rounds": rounds + 1,
    }


def _backend(case: Case) -> Backend:
    if case.quantity == "power_spectrum":
        return get(case.backend)
    if case.backend != "cpp":
        raise ArgumentError(f"quantity of {case.label}", f"'{case.quantity}'", "'power_spectrum'")
    return Cpp("coefficients")


def _batches(frames: Sequence[Atoms], n: int | None) -> list[Sequence[Atoms]]:
    n = n or len(frames)
    return [frames[k : k + n] for k in range(0, len(frames), n)]


class _Run:
    """All batches of a case, one call each."""

    def __init__(self, prepared: list[Prepared]) -> None:
        self._prepared = prepared
        self.wall = self.seconds = self.conversion = 0.0
        self.cpu: float | None = None

    def rows(self) -> np.ndarray:
        """[n_centres, n_columns]; sets the seconds that it took, of the processor and of conversions among them."""
        start, start_cpu = time.perf_counter(), time.process_time()
        found = [rows for prepared in self._prepared for rows in prepared()]
        self.wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        own = [prepared.own_seconds for prepared in self._prepared]
        self.seconds = self.wall if None in own else sum(s for s in own if s is not None)
        self.cpu = cpu if None in own else None
        self.conversion = sum(prepared.conversion_seconds for prepared in self._prepared)
        return _together(found)

    def of_core(self) -> np.ndarray | None:
        """What the core has for the next rows; None where they are the oracle's."""
        calls = [prepared.of_core for prepared in self._prepared if prepared.of_core is not None]
        return _together([rows for call in calls for rows in call()]) if calls else None


def _together(rows: list[np.ndarray]) -> np.ndarray:
    """Of all frames, without a copy of one frame's."""
    return rows[0] if len(rows) == 1 else np.concatenate(rows)


class _Repetition(NamedTuple):
    """Seconds a call: by the clock, of the processor (all threads; None beside an own clock), of conversions."""

    seconds: float
    cpu: float | None
    conversion: float


def _repeated(run: _Run, repeat: int, seconds: float) -> list[_Repetition]:
    """Short calls several times within a repetition, of which this is the mean."""
    calls = max(1, math.ceil(_LEAST_SECONDS / run.wall))
    found: list[_Repetition] = []
    end = time.perf_counter() + seconds
    while len(found) < repeat and (not found or time.perf_counter() < end):
        total = cpu = conversion = 0.0
        for _ in range(calls):
            run.rows()
            total += run.seconds
            cpu += run.cpu or 0.0
            conversion += run.conversion
        found.append(_Repetition(total / calls, None if run.cpu is None else cpu / calls, conversion / calls))
    return found


def _times(repetitions: Sequence[_Repetition]) -> dict[str, Any]:
    return {
        "times": [each.seconds for each in repetitions],
        "cpu_times": [each.cpu for each in repetitions if each.cpu is not None],
        "conversion_seconds": float(np.median([each.conversion for each in repetitions])),
    }


def _first(
    run: _Run, backend: Backend, options: Options, expected: Expected
) -> tuple[dict[str, Any], float, int]:
    """Of the first call: its check, seconds and columns. Its rows are held no longer."""
    of_core = run.of_core()
    rows = run.rows()
    got = rows[expected.centres]
    if not getattr(backend, "is_anisoap", True):
        checked: dict[str, Any] = {
            "error": "",
            "found": {"centres": 0, "against": "nothing: not AniSOAP"},
        }
    elif of_core is not None:
        checked = _checked(backend, options, got, of_core[expected.centres], "the core")
    else:
        translate: Callable[..., np.ndarray] = getattr(backend, "expected", lambda wanted, _: wanted)
        checked = _checked(backend, options, got, translate(expected.rows, options), "the oracle")
    return checked, run.seconds, int(rows.shape[1])


def _checked(
    backend: Backend, options: Options, got: np.ndarray, wanted: np.ndarray, against: str
) -> dict[str, Any]:
    """What was compared; `error` says what is wrong, and is empty where nothing is."""
    if got.shape != wanted.shape:
        return {"error": f"rows of shape {got.shape}, {against}'s have {wanted.shape}", "found": {}}
    difference = np.abs(got - wanted)
    largest = float(np.abs(wanted).max())
    relative = float(difference.max()) / largest
    of_largest = getattr(backend, "of_largest", None if options.precision == "float64" else SINGLE)
    if of_largest is None:
        good = bool((difference <= RTOL * np.abs(wanted) + ATOL * min(1.0, largest)).all())
    else:
        good = relative <= of_largest
    error = "" if good else f"an error of {relative:.2g} of the largest entry against {against}"
    return {"error": error, "found": {"centres": len(wanted), "error": relative, "against": against}}


def _peak_bytes() -> int:
    """Most memory of this process so far, or of a process that it started and that ended, whichever is more."""
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
