# SPDX-License-Identifier: MIT
"""The YAML file of ``anisoap-md active-learn``. Unknown keys are refused; paths are relative to the file's folder."""

import inspect
import json
import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from .. import _core
from ..common.checks import integer, message, real, word
from ..common.documents.yaml import read_yaml
from ..common.errors import ArgumentError, ArgumentTypeError
from ..data.labels import label_keys
from ..data.prior import Prior, prior_commands
from ..descriptors.descriptor import Descriptor
from ..training.fitting import fit, require_options_of_fit
from .words import words_of_the_file

GIVEN = ("model", "threshold", "seed", "dump", "folder", "previous")  # variables of the exploration script
_PATH = r"[\w./+@-]+"
_VALUE = r"[ !#%&(-~]+"  # $ and quotes are read by LAMMPS
_ELSEWHERE = {
    "frames": "initial: frames",
    "keys": "initial: keys",
    "descriptor": "the section descriptor",
    "show_progress": "the option --quiet",
    "checkpoint": "the key state: its folder keeps the steps that are done",
    "device": "the option --device, or the section descriptor",
}


@dataclass(frozen=True)
class Initial:
    """First training frames. Without `label` they carry their own labels, under the names `keys`."""

    frames: Path
    index: str = ":"
    format: str | None = None
    diameters: list[float] | None = None
    label: bool = False
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Explore:
    """LAMMPS runs of a round: the same script with seeds of their own."""

    lammps: Path
    runs: int = 1
    seed: int = 1
    ranks: int = 1
    variables: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Threshold:
    """What a run stops above: an uncertainty (an energy, or a factor of that on the training frames), or a grade."""

    absolute: float | None = None
    factor: float | None = None
    grade: float | None = None

    @property
    def measure(self) -> str:
        """'uncertainty' or 'grade'."""
        return "uncertainty" if self.grade is None else "grade"


@dataclass(frozen=True)
class Reference:
    """Where labels come from: commands of a LAMMPS pair style, or a function that makes an ASE calculator."""

    lammps: Path | None = None
    calculator: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass
class Config:
    """All settings; `text` is the file as plain data, `folder` where it lies.

    `dimension` is that of all frames, 2 or 3: files of LAMMPS do not say it.
    """

    initial: Initial
    descriptor: dict[str, Any]
    explore: Explore
    threshold: Threshold
    label: Reference
    fit: dict[str, Any] = field(default_factory=dict)
    dimension: int | None = None
    rounds: int = 10
    frames: int = 10
    state: Path = Path("active")
    folder: Path = field(default=Path("."), init=False)
    text: dict[str, Any] = field(default_factory=dict, init=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Config":
        """Settings of a file, checked.

        Raises
        ------
        ArgumentError
            For YAML that cannot be read, unknown, missing or repeated keys, values out of range; the text names the key.
        OSError
            For a file that is missing.
        RuntimeError
            Without the package ruamel.yaml.
        """
        file = Path(path).resolve()
        content = read_yaml(file, "active", "active-learn")
        config = _section(cls, content, "", file.parent)
        config.folder, config.text = file.parent, content
        _check(config)
        return config

    @property
    def units(self) -> str:
        return self.fit.get("units", "metal")

    def words(self) -> AbstractContextManager[None]:
        """Errors of fits and descriptors in this context name keys of the file."""
        return words_of_the_file(self.descriptor, self.fit)

    @property
    def files(self) -> dict[str, Path]:
        """Input files by their keys."""
        found = {"initial.frames": self.initial.frames, "explore.lammps": self.explore.lammps}
        if self.label.lammps is not None:
            found["label.lammps"] = self.label.lammps
        for name in ("prior", "test"):
            if isinstance(self.fit.get(name), str):
                found[f"fit.{name}"] = self.folder / self.fit[name]
        return found


_SECTIONS = {"initial": Initial, "explore": Explore, "threshold": Threshold, "label": Reference}


def _section(cls: Any, content: Any, where: str, folder: Path) -> Any:
    """Dataclass of a mapping; unknown and missing keys are refused, values become the types of the fields."""
    if not isinstance(content, Mapping):
        raise ArgumentTypeError(where or "the configuration", repr(content), "keys and values")
    known = {f.name: f for f in fields(cls) if f.init}
    for key in content:
        _require_key(where, key, list(known))
    missing = [n for n, f in known.items() if _is_required(f) and n not in content]
    if missing:
        raise ArgumentError(f"{where}.{missing[0]}".lstrip("."), "none", "a value")
    values = {n: _value(f"{where}.{n}".lstrip("."), known[n], v, folder) for n, v in content.items()}
    defaults = {
        n: folder / f.default for n, f in known.items() if f.type is Path and isinstance(f.default, Path)
    }
    return cls(**{**defaults, **values})


def _is_required(f: Any) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _require_key(where: str, key: object, known: list[str]) -> None:
    if key not in known:
        what = f"key of {where or 'the configuration'}"
        hint = _core.suggestion(str(key), known)
        raise ArgumentError(what, f"'{key}'", f"one of {', '.join(known)}", hint)


def _value(name: str, f: Any, value: Any, folder: Path) -> Any:
    if name == "threshold" and not isinstance(value, Mapping):
        return Threshold(absolute=real(name, value))
    if name in _SECTIONS:
        return _section(_SECTIONS[name], value, name, folder)
    if value is None and f.default is None:
        return None
    # 'Path' of `Path | None`, 'dict' of `dict[str, Any]`
    kind = re.findall(r"(\w+)(?: \||\[|$)", getattr(f.type, "__name__", str(f.type)))[0]
    return folder / word(name, value) if kind == "Path" else _READERS[kind](name, value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ArgumentTypeError(name, repr(value), "true or false")
    return value


def _mapping(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ArgumentTypeError(name, repr(value), "keys and values")
    return dict(value)


def _numbers(name: str, value: object) -> list[float]:
    if not isinstance(value, list):
        raise ArgumentTypeError(name, repr(value), "a list of numbers")
    return [real(f"{name}[{k}]", v) for k, v in enumerate(value)]


_READERS = {"int": integer, "float": real, "bool": _flag, "str": word, "dict": _mapping, "list": _numbers}


def _check(config: Config) -> None:
    _one_of("threshold", asdict(config.threshold))
    _one_of("label", {name: getattr(config.label, name) for name in ("lammps", "calculator")})
    _check_numbers(config)
    _check_label(config.label)
    with config.words():
        label_keys(config.initial.keys)
    _check_variables(config.explore.variables)
    _check_plain(config.text)
    _check_fit(config)
    _check_state(os.path.relpath(config.state, config.folder))
    for name, path in config.files.items():
        if not path.is_file():
            raise FileNotFoundError(message(name, f"'{path}', which is no file", "a file"))
    _check_script(config.explore.lammps, config.dimension)
    prior = config.fit.get("prior")
    if prior is not None:
        commands = prior_commands(str(config.files["fit.prior"])) if isinstance(prior, str) else prior
        with config.words():
            Prior.of(commands, config.units, (1,))


def _check_state(path: str) -> None:
    """LAMMPS reads the paths of models, dumps and folders in its script."""
    if not re.fullmatch(_PATH, path, re.ASCII):
        raise ArgumentError("state", f"'{path}'", "a path of a-z A-Z 0-9 . _ - + @ and /, which LAMMPS reads")


def _check_numbers(config: Config) -> None:
    for name, value, least in (
        ("rounds", config.rounds, 0),
        ("frames", config.frames, 1),
        ("explore.runs", config.explore.runs, 1),
        ("explore.seed", config.explore.seed, 1),
        ("explore.ranks", config.explore.ranks, 1),
    ):
        if value < least:
            raise ArgumentError(name, value, f"an integer >= {least}")
    for name in ("absolute", "factor", "grade"):
        value = getattr(config.threshold, name)
        if value is not None and not 0 < value < float("inf"):
            raise ArgumentError(f"threshold.{name}", value, "a finite number > 0")
    if config.dimension not in (None, 2, 3):
        raise ArgumentError("dimension", config.dimension, "2 or 3")
    sizes = config.initial.diameters
    if sizes is not None and (len(sizes) != 3 or not all(0 < d < float("inf") for d in sizes)):
        raise ArgumentError("initial.diameters", sizes, "three finite lengths > 0")


def _check_label(label: Reference) -> None:
    if label.arguments and label.calculator is None:
        raise ArgumentError("label.arguments", "no calculator", "a calculator that takes them")
    if label.calculator is not None and label.calculator.count(":") != 1:
        raise ArgumentError("label.calculator", f"'{label.calculator}'", "'MODULE:FUNCTION'")


def _one_of(section: str, values: Mapping[str, Any]) -> None:
    n_given = sum(value is not None for value in values.values())
    if n_given != 1:
        got = {0: "neither", 2: "both"}.get(n_given, "all of them")
        raise ArgumentError(section, got, f"either {' or '.join(values)}")


def _check_plain(text: Mapping[str, Any]) -> None:
    """The state keeps the configuration as JSON."""
    try:
        json.dumps(text, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ArgumentError("a value", f"'{error}'", "finite numbers, words, lists and mappings") from None


def _check_variables(variables: Mapping[str, Any]) -> None:
    for name, value in variables.items():
        if name in GIVEN:
            raise ArgumentError("explore.variables", f"'{name}'", f"other names than {', '.join(GIVEN)}")
        if not re.fullmatch(r"\w+", name, re.ASCII):
            raise ArgumentError("explore.variables", f"'{name}'", "names of a-z A-Z 0-9 and _")
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise ArgumentTypeError(f"explore.variables.{name}", repr(value), "a number or a word")
        if not re.fullmatch(_VALUE, str(value)):
            raise ArgumentError(
                f"explore.variables.{name}", repr(value), "characters of ASCII without $ and quotes"
            )


def _check_fit(config: Config) -> None:
    for key in config.descriptor:
        _require_key("descriptor", key, list(inspect.signature(Descriptor).parameters))
    known = [name for name in inspect.signature(fit).parameters if name not in _ELSEWHERE]
    for key in config.fit:
        if key in _ELSEWHERE:
            raise ArgumentError("key of fit", f"'{key}'", f"{_ELSEWHERE[key]}")
        _require_key("fit", key, known)
    with config.words():
        require_options_of_fit(Descriptor(**config.descriptor), config.fit)
    if config.threshold.grade is not None and not config.fit.get("grade"):
        raise ArgumentError("threshold.grade", "a fit without grades", "fit.grade: true")


def _check_script(script: Path, dimension: int | None) -> None:
    """The script takes what it needs to be stopped, and has the dimension; one that includes others may have them there."""
    lines = [line.split("#")[0] for line in script.read_text(encoding="utf-8", errors="replace").splitlines()]
    _check_dimension(lines, dimension)
    if _includes_others(lines):
        return
    for name in ("model", "threshold", "dump"):
        if not re.search(rf"\$\{{{name}\}}|\bv_{name}\b", "\n".join(lines)):
            expected = (
                "pair_style anisoap threshold ${threshold} stop dump ${dump} and pair_coeff * * ${model} ..."
            )
            raise ArgumentError("explore.lammps", f"a script without ${{{name}}}", expected)


def _includes_others(lines: list[str]) -> bool:
    return any(line.split()[:1] in (["include"], ["jump"], ["python"]) for line in lines)


def _check_dimension(lines: list[str], dimension: int | None) -> None:
    """The script's `dimension` is the key's: frames of a run in two dimensions would get images along z."""
    given = [line.split()[1] for line in lines if line.split()[:1] == ["dimension"] and len(line.split()) > 1]
    if not given and _includes_others(lines):
        return
    found = given[-1] if given else "3"
    if found in ("2", "3") and found != str(dimension or 3):
        raise ArgumentError(
            "dimension", f"{dimension or 'none'} beside 'dimension {found}' of explore.lammps", found
        )
