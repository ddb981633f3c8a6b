# SPDX-License-Identifier: MIT
"""What is wrong with a value of the caller: ``ArgumentError`` and its text. The C++ core raises these classes as well."""

import os
from typing import TypeVar

_Error = TypeVar("_Error", bound="ArgumentError")


def message(what: str, got: object, expected: str, hint: str = "") -> str:
    """The text of all errors."""
    return f"anisoap: {what}, got {got}; expected {expected}" + (f", {hint}" if hint else "")


class ArgumentError(ValueError):
    """An argument, a file or a frame that cannot be used. Values of a wrong type raise one that is a ``TypeError`` as well.

    Its text is "anisoap: <what>, got <got>; expected <expected>, <hint>", made of the fields when it is asked for.

    Attributes
    ----------
    what : str
        The argument as the caller wrote it, or its place: ``cutoff_radius``, ``frame 3, particle 7: diameters``.
    got : str
        Its value, or what is missing.
    expected : str
        What is allowed.
    hint : str
        What may help, such as the nearest name that is known; empty where there is none.
    """

    def __init__(self, what: str, got: object, expected: str, hint: str = "") -> None:
        super().__init__(what, str(got), expected, hint)
        self.what, self.got, self.expected, self.hint = what, str(got), expected, hint

    def __str__(self) -> str:
        return message(self.what, self.got, self.expected, self.hint)

    def changed(self: _Error, **fields: str) -> _Error:
        """The same error with other `fields`, for whoever knows more about where the value comes from."""
        given = {"what": self.what, "got": self.got, "expected": self.expected, "hint": self.hint}
        return type(self)(**{**given, **fields})


class ArgumentTypeError(ArgumentError, TypeError):
    """An ArgumentError for a value of a wrong type."""


class UnknownSpecies(ArgumentError):
    """A particle whose species the caller did not give."""


def in_file(error: _Error, path: str | os.PathLike[str]) -> _Error:
    """The error of a file's content with the file's name."""
    return error.changed(what=f"file '{os.fspath(path)}': {error.what}")
