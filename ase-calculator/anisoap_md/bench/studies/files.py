# SPDX-License-Identifier: MIT
"""Studies of presets and of YAML files."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...common.documents.yaml import read_yaml
from ...common.errors import ArgumentError, ArgumentTypeError, in_file
from ..systems import System
from .study import SWEEPS, Hypers, Study, Sweep, require_known

PRESETS = ("tiny", "cpu", "gpu")
_FOLDER = Path(__file__).parent / "presets"
_OF_SYSTEMS = ("frames", "seed")  # of all of them, beside the settings of each


def preset(name: str) -> Study:
    """One of ``PRESETS``."""
    require_known("preset", name, PRESETS)
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
        require_known(f"key of {where}", key, known)


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
    require_known("sweep", name, SWEEPS)
    _require_keys(f"sweeps: {name}", given, [f.name for f in fields(Sweep)])
    systems = _systems(given["systems"], common, folder) if "systems" in given else ()
    backends = _words(f"sweeps: {name}: backends", given.get("backends", []))
    return Sweep(tuple(given.get("values", ())), systems, backends)
