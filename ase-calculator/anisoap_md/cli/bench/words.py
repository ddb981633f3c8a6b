# SPDX-License-Identifier: MIT
"""Options that take names between commas."""

from typing import Any


def add_names(group: Any, flag: str, names: str) -> None:
    """An option that may be repeated."""
    group.add_argument(flag, action="append", metavar="NAME,...", help=names)


def names_of(given: list[str] | None) -> list[str] | None:
    """All that were given; None for none."""
    if given is None:
        return None
    return [word for words in given for word in words.split(",") if word]
