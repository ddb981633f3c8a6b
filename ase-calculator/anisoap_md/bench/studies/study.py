# SPDX-License-Identifier: MIT
"""What a study measures, and which values it may have."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ... import _core
from ...common.checks import integer, real
from ...common.errors import ArgumentError
from ..backends import choices
from ..systems import System
from ..systems.table import SPECIES_SYSTEMS

SWEEPS = ("species", "threads", "batch", "lmax", "neighbors", "size", "precision")
OF_LIQUIDS = ("species", "neighbors", "size")  # sweeps of what only made liquids vary
_BOUNDS = {
    "species": (1, len(SPECIES_SYSTEMS)),
    "threads": (1, 4096),
    "batch": (1, 10_000_000),
    "lmax": (0, _core.MAX_ANGULAR),
    "size": (1, 10_000_000),
}  # of the values of sweeps


@dataclass(frozen=True)
class Hypers:
    """Of all cases; lengths in those of the systems, Angstrom where they are made."""

    l_max: int = 6
    cutoff: float = 7.0
    width: float | None = 1.5
    basis: str = "gto"
    max_radial: Any = None

    def plain(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)


@dataclass(frozen=True)
class Sweep:
    """Values of one variable; empty ones are the defaults, systems and backends those of the study."""

    values: tuple[Any, ...] = ()
    systems: tuple[System, ...] = ()
    backends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Study:
    """What is measured.

    Attributes
    ----------
    systems : tuple of System
    backends : tuple of str
        NAME or NAME:VARIANT.
    hypers : Hypers
    sweeps : dict of Sweep
    repeat : int
        Timed repetitions of each case, one after the other.
    rounds : int
        How often all cases are gone through; their repetitions count together.
    threads : int
        Of all cases but those of the sweep over threads.
    seconds : float
        After which a case repeats no more; at least one repetition is timed.
    check_centres : int
        Centres whose rows are compared with the oracle's.
    device : str
        What there must be: '' or 'cuda'.
    """

    systems: tuple[System, ...]
    backends: tuple[str, ...]
    hypers: Hypers = Hypers()
    sweeps: Mapping[str, Sweep] = field(default_factory=dict)
    repeat: int = 5
    rounds: int = 1
    threads: int = 1
    seconds: float = 10.0
    check_centres: int = 4
    device: str = ""

    def __post_init__(self) -> None:
        for name, most in (
            ("repeat", 10_000),
            ("rounds", 10_000),
            ("threads", 4096),
            ("check_centres", 10_000),
        ):
            value = integer(name, getattr(self, name))
            if not 1 <= value <= most:
                raise ArgumentError(name, value, f"an integer from 1 to {most:,}")
        if not 0 < real("seconds", self.seconds) < 1e6:
            raise ArgumentError("seconds", self.seconds, "a number above 0")
        for name in ("systems", "backends"):
            if not getattr(self, name):
                raise ArgumentError(name, "none", "at least one")
        for word in self.backends + tuple(w for s in self.sweeps.values() for w in s.backends):
            choices(word)
        for name, sweep in self.sweeps.items():
            require_known("sweep", name, SWEEPS)
            _require_values(name, sweep.values)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return json.loads(json.dumps(asdict(self)))

    @property
    def fingerprint(self) -> str:
        """Tells studies apart."""
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True).encode()).hexdigest()[:16]


def _require_values(name: str, values: Sequence[Any]) -> None:
    """Those of ``neighbors`` and of ``precision`` are checked where systems and options are made."""
    if name not in _BOUNDS:
        return
    least, most = _BOUNDS[name]
    for value in values:
        if not least <= integer(f"value of sweep {name}", value) <= most:
            raise ArgumentError(f"value of sweep {name}", value, f"an integer from {least} to {most:,}")


def require_known(what: str, name: str, known: Sequence[str]) -> None:
    """ArgumentError for another name, with what it may have been meant to be."""
    if name not in known:
        hint = _core.suggestion(name, list(known))
        raise ArgumentError(what, f"'{name}'", f"one of {', '.join(known)}", hint)
