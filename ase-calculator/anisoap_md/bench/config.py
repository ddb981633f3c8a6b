# SPDX-License-Identifier: MIT
"""A study: what it measures, from a preset or a YAML file, and what the command line changes of it."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from .. import _core
from ..common.checks import integer, real
from ..common.documents.yaml import read_yaml
from ..common.errors import ArgumentError, ArgumentTypeError, in_file
from .backends import choices
from .systems import System
from .systems.table import NAMES as SYSTEMS
from .systems.table import SPECIES_SYSTEMS

PRESETS = ("tiny", "cpu", "gpu")
SWEEPS = ("species", "threads", "batch", "lmax", "neighbors", "size", "precision")
OF_LIQUIDS = ("species", "neighbors", "size")  # sweeps of what only made liquids vary
_OF_SYSTEMS = ("frames", "seed")  # of all of them, beside the settings of each
_BOUNDS = {
    "species": (1, len(SPECIES_SYSTEMS)),
    "threads": (1, 4096),
    "batch": (1, 10_000_000),
    "lmax": (0, _core.MAX_ANGULAR),
    "size": (1, 10_000_000),
}  # of the values of sweeps
_FOLDER = Path(__file__).parent / "presets"


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
    """Attributes
    ----------
    systems : tuple of System
    backends : tuple of str
        NAME or NAME:VARIANT.
    hypers : Hypers
    sweeps : dict of Sweep
    repeat : int
        Timed repetitions of each case.
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
    threads: int = 1
    seconds: float = 10.0
    check_centres: int = 4
    device: str = ""

    def __post_init__(self) -> None:
        for name, least, most in (("repeat", 1, 10_000), ("threads", 1, 4096), ("check_centres", 1, 10_000)):
            value = integer(name, getattr(self, name))
            if not least <= value <= most:
                raise ArgumentError(name, value, f"an integer from {least} to {most:,}")
        if not 0 < real("seconds", self.seconds) < 1e6:
            raise ArgumentError("seconds", self.seconds, "a number above 0")
        for name in ("systems", "backends"):
            if not getattr(self, name):
                raise ArgumentError(name, "none", "at least one")
        for word in self.backends + tuple(w for s in self.sweeps.values() for w in s.backends):
            choices(word)
        for name, sweep in self.sweeps.items():
            _require_known("sweep", name, SWEEPS)
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


def _require_known(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        hint = _core.suggestion(name, list(known))
        raise ArgumentError(what, f"'{name}'", f"one of {', '.join(known)}", hint)


def preset(name: str) -> Study:
    """One of ``PRESETS``."""
    _require_known("preset", name, PRESETS)
    return load(_FOLDER / f"{name}.yaml")


def load(path: str | os.PathLike[str]) -> Study:
    """Study of a YAML file; files of systems are relative to its folder.

    Raises
    ------
    ArgumentError
        For YAML that cannot be read, unknown keys and values that cannot be used.
    PackageMissing
        Without ruamel.yaml.
    """
    file = Path(path)
    content = read_yaml(file, "bench", "a study")
    try:
        return _study(content, file.parent)
    except ArgumentError as error:
        raise in_file(error, file) from None


def _study(content: dict[str, Any], folder: Path) -> Study:
    given = dict(content)
    _require_keys("the study", given, [*(f.name for f in fields(Study)), *_OF_SYSTEMS])
    common: dict[str, Any] = {name: given.pop(name) for name in _OF_SYSTEMS if name in given}
    systems = _systems(given.pop("systems", None), common, folder)
    hypers = _filled(Hypers, "hypers", given.pop("hypers", {}))
    sweeps = {
        name: _sweep(name, value or {}, common, folder)
        for name, value in _mapping("sweeps", given.pop("sweeps", {})).items()
    }
    backends = _words("backends", given.pop("backends", None))
    return Study(systems, backends, hypers, sweeps, **given)


def _require_keys(where: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in given:
        _require_known(f"key of {where}", key, known)


def _mapping(where: str, value: object) -> dict[str, Any]:
    """A list of names is a mapping to nothing."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return dict.fromkeys(value)
    if not isinstance(value, dict):
        raise ArgumentTypeError(where, repr(value), "keys and values, or a list of names")
    return value


def _words(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ArgumentTypeError(where, repr(value), "a list of names")
    return tuple(value)


def _filled(cls: Any, where: str, value: object) -> Any:
    given = _mapping(where, value)
    _require_keys(where, given, [f.name for f in fields(cls)])
    return cls(**given)


def _systems(value: object, common: dict[str, Any], folder: Path) -> tuple[System, ...]:
    made = []
    for name, settings in _mapping("systems", value).items():
        given = {**common, **_mapping(f"systems: {name}", settings or {}), "name": name}
        if given.get("file") is not None:
            given["file"] = os.path.normpath(folder / str(given["file"]))
        made.append(_filled(System, f"systems: {name}", given))
    return tuple(made)


def _sweep(name: str, value: object, common: dict[str, Any], folder: Path) -> Sweep:
    """A list is the values alone."""
    given = {"values": value} if isinstance(value, list) else _mapping(f"sweeps: {name}", value)
    _require_known("sweep", name, SWEEPS)
    _require_keys(f"sweeps: {name}", given, [f.name for f in fields(Sweep)])
    systems = _systems(given["systems"], common, folder) if "systems" in given else ()
    backends = _words(f"sweeps: {name}: backends", given.get("backends", []))
    return Sweep(tuple(given.get("values", ())), systems, backends)


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
    if word not in SYSTEMS and (os.path.exists(word) or os.path.splitext(word)[1]):
        return System(os.path.basename(word), file=word)
    return System(word)
