# SPDX-License-Identifier: MIT
"""Cases of a study: its table, and one variable at a time in its sweeps."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..backends import Options
from .backends import Choice, choices
from .backends.table import OF_DEVICES
from .studies import OF_LIQUIDS, Study
from .systems.table import SPECIES_SYSTEMS, System


@dataclass(frozen=True)
class Case:
    """One measurement.

    Attributes
    ----------
    sweep : str
        What varies among the cases beside it; empty for those of the table.
    system : System
    backend, variant : str
    l_max, cutoff, width, basis, max_radial
        As in ``backends.Options``.
    precision : {'float64', 'float32'}
    threads, ranks : int
    batch : int, optional
        Frames a call; None is all of them.
    quantity : {'power_spectrum', 'coefficients'}
    """

    sweep: str
    system: System
    backend: str
    variant: str
    l_max: int
    cutoff: float
    width: float | None
    basis: str
    max_radial: Any
    precision: str = "float64"
    threads: int = 1
    ranks: int = 1
    batch: int | None = None
    quantity: str = "power_spectrum"

    def __post_init__(self) -> None:
        if isinstance(self.max_radial, list):
            object.__setattr__(self, "max_radial", tuple(self.max_radial))

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Case":
        """From what ``asdict`` made."""
        return cls(**{**plain, "system": System(**plain["system"])})

    @classmethod
    def from_text(cls, text: str) -> "Case":
        """From what ``to_json`` made."""
        return cls.from_json(json.loads(text))

    def to_json(self) -> str:
        """As text, the same for equal cases."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def key(self) -> str:
        """Tells cases apart, whatever the order of a study."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    @property
    def label(self) -> str:
        """For progress and errors."""
        return f"{self.system.label}, {Choice(self.backend, self.variant).label}"

    def options(self, species: list[int]) -> Options:
        """Of the backend."""
        has_device = self.backend in OF_DEVICES
        return Options(
            l_max=self.l_max,
            cutoff=self.cutoff,
            species=species,
            width=self.width,
            basis=self.basis,
            max_radial=self.max_radial,
            device=self.variant if has_device else "cpu",
            precision=self.precision,
            threads=self.threads,
            ranks=self.ranks,
            variant="" if has_device else self.variant,
        )


def cases_of(study: Study) -> list[Case]:
    """The table, then each sweep, without repetitions."""
    found = dict.fromkeys(_table(study))
    for name in study.sweeps:
        found.update(dict.fromkeys(_sweep(study, name)))
    return list(found)


def _base(study: Study, sweep: str, system: System, choice: Choice) -> Case:
    return Case(sweep, system, *choice, **study.hypers.plain(), threads=study.threads)


def _table(study: Study) -> Iterator[Case]:
    for system in study.systems:
        for word in study.backends:
            for choice in choices(word):
                yield _base(study, "", system, choice)


def _sweep(study: Study, name: str) -> Iterator[Case]:
    """Of a backend that several variants stand for, the first."""
    sweep = study.sweeps[name]
    for system in sweep.systems or (_swept_system(study, name),):
        for word in sweep.backends or study.backends:
            base = _base(study, name, system, choices(word)[0])
            for value in sweep.values or DEFAULTS[name]:
                yield from _VARIED[name](base, value)


def _swept_system(study: Study, name: str) -> System:
    """The study's first; a liquid for what only liquids vary."""
    first = study.systems[0]
    return System("one_species", first.frames, first.seed) if name in OF_LIQUIDS else first


def _species(case: Case, value: int) -> Iterator[Case]:
    """The same particles under other labels; the core's density step too, up to coefficients."""
    varied = replace(case, system=replace(case.system, name=SPECIES_SYSTEMS[value - 1]))
    yield varied
    if case.backend == "cpp":
        yield replace(varied, quantity="coefficients")


def _threads(case: Case, value: int) -> Iterator[Case]:
    yield replace(case, ranks=value) if case.backend == "lammps" else replace(case, threads=value)


def _batch(case: Case, value: int) -> Iterator[Case]:
    """As far as there are frames."""
    if value <= case.system.frames:
        yield replace(case, batch=value)


def _of_case(field: str) -> Callable[[Case, Any], Iterator[Case]]:
    return lambda case, value: iter([replace(case, **{field: value})])


def _of_system(field: str) -> Callable[[Case, Any], Iterator[Case]]:
    return lambda case, value: iter([replace(case, system=replace(case.system, **{field: value}))])


_VARIED: dict[str, Callable[[Case, Any], Iterator[Case]]] = {
    "species": _species,
    "threads": _threads,
    "batch": _batch,
    "lmax": _of_case("l_max"),
    "neighbors": _of_system("neighbors"),
    "size": _of_system("particles"),
    "precision": _of_case("precision"),
}
DEFAULTS: dict[str, tuple[Any, ...]] = {
    "species": (1, 2, 3, 4),
    "threads": (1, 2),
    "batch": (1, 5, 10, 25, 50),
    "lmax": (2, 4, 6, 8),
    "neighbors": (10.0, 28.0, 64.0, 128.0),
    "size": (50, 200, 1000, 5000),
    "precision": ("float64", "float32"),
}
