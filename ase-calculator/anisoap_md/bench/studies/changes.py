# SPDX-License-Identifier: MIT
"""What the command line changes of a study."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..systems import NAMES, System
from .study import OF_LIQUIDS, Study, Sweep


def changed(
    study: Study,
    systems: Sequence[str] | None = None,
    backends: Sequence[str] | None = None,
    sweeps: Sequence[str] | None = None,
    frames: int | None = None,
    seed: int | None = None,
    **others: Any,
) -> Study:
    """The study with what was given in place of its own; a system is a name, or the path of a file.

    Systems and backends are those of sweeps too, whose values stay. A sweep that has none of the backends is left out, unless it
    is among the `sweeps`.
    """
    given = {name: value for name, value in others.items() if value is not None}
    if systems is not None:
        given["systems"] = tuple(_named(study, word) for word in systems)
    if backends is not None:
        given["backends"] = tuple(backends)
    found = replace(study, **given)
    chosen = dict(study.sweeps) if sweeps is None else {n: study.sweeps.get(n, Sweep()) for n in sweeps}
    if systems is not None:
        chosen = {n: s if n in OF_LIQUIDS else replace(s, systems=()) for n, s in chosen.items()}
    if backends is not None:
        chosen = {n: _with_backends(s, backends) for n, s in chosen.items() if sweeps or _has(s, backends)}
    of_system: dict[str, Any] = {n: v for n, v in (("frames", frames), ("seed", seed)) if v is not None}
    return replace(
        found,
        systems=tuple(replace(system, **of_system) for system in found.systems),
        sweeps={
            name: replace(sweep, systems=tuple(replace(s, **of_system) for s in sweep.systems))
            for name, sweep in chosen.items()
        },
    )


def _backend(word: str) -> str:
    return word.partition(":")[0]


def _has(sweep: Sweep, backends: Sequence[str]) -> bool:
    return not sweep.backends or bool(_with_backends(sweep, backends).backends)


def _with_backends(sweep: Sweep, backends: Sequence[str]) -> Sweep:
    """Those of the sweep that are given, in the words that are given."""
    own = {_backend(word) for word in sweep.backends}
    return replace(sweep, backends=tuple(word for word in backends if _backend(word) in own))


def _named(study: Study, word: str) -> System:
    own = {system.name: system for system in study.systems}
    if word in own:
        return own[word]
    if word not in NAMES and (os.path.exists(word) or os.path.splitext(word)[1]):
        return System(os.path.basename(word), file=word)
    return System(word)
