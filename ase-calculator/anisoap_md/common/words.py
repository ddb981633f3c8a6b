# SPDX-License-Identifier: MIT
"""Texts of the library, which writes arguments as Python does, in the words of another interface."""

import re
from collections.abc import Callable, Iterable

Form = Callable[
    [str, str], str
]  # of an argument and what stands behind it: a key, a value as Python writes it, or nothing

_PLACES = {"info": "{}=... in the comment line", "arrays": "columns {}"}  # of extended XYZ


def reworded(text: str, arguments: Iterable[str], key: Form, value: Form) -> str:
    """Text with ``key(name, k)`` for ``name['k']``, and ``value(name, v)`` for ``name=v`` and for ``the argument name``.

    v is a mapping, a quoted word, True, ``(...)`` or ``[...]``. Labels are told by their place in a file.
    """
    names = alternatives(arguments)
    text = re.sub(rf"\b({names})\['([^']+)'\]", lambda m: key(m[1], m[2]), text)
    values = r"\{[^}]*\}|\(\.\.\.\)|\[\.\.\.\]|True\b|'\w+'"
    text = re.sub(rf"\b({names})=({values})", lambda m: value(m[1], m[2]), text)
    text = re.sub(rf"\bthe argument ({names})\b", lambda m: value(m[1], ""), text)
    return re.sub(r"\b(info|arrays)\['([^']+)'\]", lambda m: _PLACES[m[1]].format(m[2]), text)


def alternatives(names: Iterable[str]) -> str:
    """Regular expression of any of the names."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
