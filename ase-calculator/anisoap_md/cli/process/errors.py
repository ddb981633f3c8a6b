# SPDX-License-Identifier: MIT
"""Errors in the words of the command line: the library speaks of arguments, the user typed options."""

import argparse
import re
from collections.abc import Mapping

from ...common.errors import ArgumentError
from ...common.words import alternatives, reworded

_OTHERS = {
    "num_threads": "threads",
    "n_trials": "trials",
    "space": "range",
}  # arguments with other names than their options
_WITH_NAMES = ("--range", "--two-body", "--networks")


def flags_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Argument -> option, of one command and those below it."""
    actions = [a for a in parser._actions if a.option_strings and a.dest != "help"]
    flags = {a.dest: a.option_strings[-1] for a in actions}
    for children in (a for a in parser._actions if isinstance(a, argparse._SubParsersAction)):
        for child in children.choices.values():
            flags |= flags_of(child)
    return {**flags, **{name: flags[dest] for name, dest in _OTHERS.items() if dest in flags}}


def as_typed(error: Exception, flags: Mapping[str, str]) -> str:
    """Text of an error without Python's syntax; what it is about, and what is expected, are options.

    ``weights['forces']`` becomes ``--weights forces``, ``kind='kernel'`` ``--kind kernel``, ``two_body={'cutoff': length, ...}``
    ``--two-body cutoff=length ...``, ``keys={...}`` ``--keys NAME=VALUE``, ``targets=(...)`` and ``name=True`` the option alone.
    Names with an underscore become options too, unless they are what is typed behind one.
    """
    if not isinstance(error, ArgumentError) or not flags:
        return str(error)
    names = alternatives(flags)
    what = re.sub(rf"^({names})(?=$| of | with )", lambda m: flags[m[1]], _options(error.what, flags))
    got, expected, hint = error.got, *(_options(text, flags) for text in (error.expected, error.hint))
    if not what.startswith(_WITH_NAMES):
        got, expected = (_with_underscores(text, names, flags) for text in (got, expected))
    return str(error.changed(what=what, got=got, expected=expected.removeprefix("None or "), hint=hint))


def _with_underscores(text: str, names: str, flags: Mapping[str, str]) -> str:
    """Outside of quotes."""
    parts = re.split(r"('[^']*')", text)
    for k in range(0, len(parts), 2):
        parts[k] = re.sub(
            rf"(?<![\w/-])({names})\b", lambda m: flags[m[1]] if "_" in m[1] else m[1], parts[k]
        )
    return "".join(parts)


def _options(text: str, flags: Mapping[str, str]) -> str:
    """Text with options in place of keywords with values."""
    return reworded(
        text,
        flags,
        lambda name, key: f"{flags[name]} {key}",
        lambda name, value: f"{flags[name]} {_typed(value)}".rstrip(),
    )


def _typed(value: str) -> str:
    """What stands behind an option: NAME=VALUE of a mapping, a word, or nothing."""
    if value.startswith("{"):
        return re.sub(r"'(\w+)': '?(\w+)'?,?", r"\1=\2", value[1:-1]) if ":" in value else "NAME=VALUE"
    return value.strip("'") if value.startswith("'") else ""
