# SPDX-License-Identifier: MIT
"""Errors in the words of the command line: the library speaks of arguments, the user typed options."""

import argparse
import re
from collections.abc import Mapping

from ..common.errors import ArgumentError

_OTHERS = {
    "num_threads": "threads",
    "n_trials": "trials",
    "space": "range",
}  # arguments with other names than their options
_WITH_NAMES = ("--range", "--two-body", "--networks")
_PLACES = {"info": "{}=... in the comment line", "arrays": "columns {}"}


def flags_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Argument -> option, of one command."""
    actions = [a for a in parser._actions if a.option_strings and a.dest != "help"]
    flags = {a.dest: a.option_strings[-1] for a in actions}
    return {**flags, **{name: flags[dest] for name, dest in _OTHERS.items() if dest in flags}}


def as_typed(error: Exception, flags: Mapping[str, str]) -> str:
    """Text of an error without Python's syntax; what it is about, and what is expected, are options.

    ``weights['forces']`` becomes ``--weights forces``, ``kind='kernel'`` ``--kind kernel``, ``two_body={'cutoff': length, ...}``
    ``--two-body cutoff=length ...``, ``keys={...}`` ``--keys NAME=VALUE``, ``targets=(...)`` and ``name=True`` the option alone.
    Names with an underscore become options too, unless they are what is typed behind one.
    """
    if not isinstance(error, ArgumentError) or not flags:
        return str(error)
    names = "|".join(sorted(map(re.escape, flags), key=len, reverse=True))
    what = re.sub(rf"^({names})(?=$| of | with )", lambda m: flags[m[1]], _options(error.what, names, flags))
    got, expected, hint = error.got, *(_options(text, names, flags) for text in (error.expected, error.hint))
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


def _options(text: str, names: str, flags: Mapping[str, str]) -> str:
    """Text with options in place of keywords with values."""

    def flag(found: re.Match[str], rest: str = "") -> str:
        return f"{flags[found[1]]} {rest}".rstrip()

    text = re.sub(rf"\b({names})\['([^']+)'\]", lambda m: flag(m, m[2]), text)
    text = re.sub(rf"\b({names})=\{{([^}}]*)\}}", lambda m: flag(m, _pairs(m[2])), text)
    text = re.sub(rf"\b({names})=(?:\(\.\.\.\)|\[\.\.\.\]|True\b)", flag, text)
    text = re.sub(rf"\b({names})='(\w+)'", lambda m: flag(m, m[2]), text)
    text = re.sub(rf"\bthe argument ({names})\b", flag, text)
    return re.sub(r"\b(info|arrays)\['([^']+)'\]", lambda m: _PLACES[m[1]].format(m[2]), text)


def _pairs(inside: str) -> str:
    """NAME=VALUE of what stands between the braces of a mapping."""
    return re.sub(r"'(\w+)': '?(\w+)'?,?", r"\1=\2", inside) if ":" in inside else "NAME=VALUE"
