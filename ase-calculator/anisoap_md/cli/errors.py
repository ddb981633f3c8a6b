# SPDX-License-Identifier: MIT
"""Errors in the words of the command line: the library speaks of arguments, the user typed options."""

import argparse
import re
from collections.abc import Mapping

_OTHERS = {"num_threads": "--threads", "n_trials": "--trials", "space": "--range"}
_WITH_NAMES = ("--range", "--two-body", "--networks")
_PLACES = {"info": "{}=... in the comment line", "arrays": "columns {}"}


def flags_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Argument -> option, of one command."""
    actions = [a for a in parser._actions if a.option_strings and a.dest != "help"]
    return {**{a.dest: a.option_strings[-1] for a in actions}, **_OTHERS}


def as_typed(text: str, flags: Mapping[str, str]) -> str:
    """An error of the library without Python's syntax.

    ``weights['forces']`` becomes ``--weights forces``, ``kind='kernel'`` ``--kind kernel``, ``two_body={'cutoff': length, ...}``
    ``--two-body cutoff=length ...``, ``keys={...}`` ``--keys NAME=VALUE``, ``targets=(...)`` and ``name=True`` the option alone.
    What the error is about, and names with an underscore, become options too; names that are typed behind an option stay.
    """
    names = "|".join(sorted(map(re.escape, flags), key=len, reverse=True))

    def flag(found: re.Match[str], rest: str = "") -> str:
        return f"{flags[found[1]]} {rest}".rstrip()

    text = re.sub(rf"\b({names})\['([^']+)'\]", lambda m: flag(m, m[2]), text)
    text = re.sub(rf"\b({names})=\{{([^}}]*)\}}", lambda m: flag(m, _pairs(m[2])), text)
    text = re.sub(rf"\b({names})=(?:\(\.\.\.\)|\[\.\.\.\]|True\b)", flag, text)
    text = re.sub(rf"\b({names})='(\w+)'", lambda m: flag(m, m[2]), text)
    text = re.sub(rf"\bthe argument ({names})\b", flag, text)
    text = re.sub(rf"^({names})(?=,| of | with )", flag, text)
    text = re.sub(r"\b(info|arrays)\['([^']+)'\]", lambda m: _PLACES[m[1]].format(m[2]), text)
    if not text.startswith(_WITH_NAMES):
        text = re.sub(rf"(?<![\w'-])({names})\b", lambda m: flag(m) if "_" in m[1] else m[1], text)
    return text.replace("expected None or ", "expected ")


def _pairs(inside: str) -> str:
    """NAME=VALUE of what stands between the braces of a mapping."""
    return re.sub(r"'(\w+)': '?(\w+)'?,?", r"\1=\2", inside) if ":" in inside else "NAME=VALUE"
