# SPDX-License-Identifier: MIT
"""Options from a YAML file: keys are named as flags, and what is typed beside the file counts instead of it."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import _core
from ...common.documents.yaml import read_yaml
from ...common.errors import ArgumentError

_FLAG = "--config"
_COMMANDS = ("train",)  # that take options from a file; of others the flag means something else


def with_config(arguments: Sequence[str], parser: argparse.ArgumentParser, command: str | None) -> list[str]:
    """Arguments with the options of the file of ``--config`` that were not typed; its `input` becomes the default.

    Raises
    ------
    ArgumentError
        For keys that are no options of the command, and values that none of them takes.
    """
    words = list(arguments)
    child = _child(parser, command)
    path = _value(words) if command in _COMMANDS else None
    if child is None or path is None:
        return words
    actions = {_name(a): a for a in child._actions if a.dest != "help" and _FLAG not in a.option_strings}
    for name, value in read_yaml(Path(path), "train", "--config").items():
        action = actions.get(_key(name))
        if action is None:
            hint = _core.suggestion(_key(name), list(actions))
            raise ArgumentError(f"'{path}'", f"key '{name}'", f"options of {command}", hint)
        if not action.option_strings:
            action.nargs, action.required = "*", False
            action.default = [str(item) for item in (value if isinstance(value, list) else [value])]
        elif not _is_typed(action, arguments):
            words += _words(path, action, name, value)
    return words


def _child(parser: argparse.ArgumentParser, command: str | None) -> argparse.ArgumentParser | None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and command in action.choices:
            return action.choices[command]
    return None


def _value(words: Sequence[str]) -> str | None:
    """Behind the option, or joined to it."""
    for k, word in enumerate(words):
        if word == _FLAG and k + 1 < len(words):
            return words[k + 1]
        if word.startswith(f"{_FLAG}="):
            return word.partition("=")[2]
    return None


def _is_typed(action: argparse.Action, words: Sequence[str]) -> bool:
    return any(word.partition("=")[0] in action.option_strings for word in words)


def _key(name: str) -> str:
    return name.replace("_", "-")


def _name(action: argparse.Action) -> str:
    return action.option_strings[-1].lstrip("-") if action.option_strings else action.dest


def _words(path: str, action: argparse.Action, name: str, value: Any) -> list[str]:
    """Words of one option; none for null and false."""
    flag, what = action.option_strings[-1], f"'{path}': {name}"
    if value is None:
        return []
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise ArgumentError(what, repr(value), "true or false")
        return [flag] if value else []
    takes_names = isinstance(action.metavar, str) and "=" in action.metavar
    if isinstance(value, Mapping):
        if not takes_names:
            raise ArgumentError(what, "a mapping", "a value")
        return [flag, *(f"{key}={_text(entry)}" for key, entry in value.items())]
    if takes_names:
        raise ArgumentError(what, repr(value), "a mapping of names and values")
    if isinstance(value, list):
        if action.nargs is None or (isinstance(action.nargs, int) and len(value) != action.nargs):
            n = "one value" if action.nargs is None else f"{action.nargs} values"
            raise ArgumentError(what, f"a list of {len(value)}", n)
        return [flag, *map(_text, value)]
    return [f"{flag}={_text(value)}"] if action.nargs is None else [flag, _text(value)]


def _text(value: Any) -> str:
    """As it is typed: JSON of lists and mappings, words as they are."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
