# SPDX-License-Identifier: MIT
"""Types of arguments. Ranges are checked by the core."""

import functools
import inspect
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from .. import _core
from .errors import ArgumentError, ArgumentTypeError
from .errors import message as message

_Function = TypeVar("_Function", bound=Callable[..., Any])


def suggests_keywords(function: _Function) -> _Function:
    """Makes a function answer unknown keyword arguments with the nearest known name (TypeError)."""
    names = list(inspect.signature(function).parameters)
    if names[0] in ("self", "cls"):
        names = names[1:]

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        for name in kwargs:
            if name not in names:
                hint = _core.suggestion(name, names)
                raise ArgumentTypeError("keyword argument", f"'{name}'", f"one of {', '.join(names)}", hint)
        return function(*args, **kwargs)

    return checked  # type: ignore[return-value]


def require_options(
    argument: str, given: Iterable[str], names: Iterable[str], hints: Mapping[str, str] | None = None
) -> None:
    """ValueError for an option that is not among `names`; `hints` say where some others belong."""
    known = sorted(names)
    for name in given:
        if name not in known:
            elsewhere = (hints or {}).get(name, "")
            hint = "" if elsewhere else _core.suggestion(name, known)
            raise ArgumentError(argument, f"option '{name}'", f"some of {', '.join(known)}{elsewhere}", hint)


def integer(name: str, value: object) -> int:
    if isinstance(value, (bool, np.bool_)):
        raise ArgumentTypeError(name, value, "an integer")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ArgumentTypeError(name, repr(value), "an integer") from None
    if not -(2**31) <= number < 2**31:
        raise ArgumentError(name, number, "an integer of 32 bits")
    return number


def real(name: str, value: object) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise ArgumentTypeError(name, repr(value), "a number")
    return float(value)


def flag(name: str, value: object) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentTypeError(name, repr(value), "True or False")
    return bool(value)


def word(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ArgumentTypeError(name, repr(value), "a string")
    return value


def optional_length(name: str, value: object) -> float:
    """0 for None, which is how the core says "not given"; a zero that the user wrote is refused."""
    if value is None:
        return 0.0
    length = real(name, value)
    if length == 0:
        raise ArgumentError(name, 0, "None or a finite length > 0")
    return length


def max_radial(value: object, max_angular: int) -> int | list[int] | None:
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, np.ndarray)):
        return integer("max_radial", value)
    entries = [integer("max_radial", n) for n in value]
    if len(entries) != max_angular + 1:
        raise ArgumentError(
            "max_radial",
            f"{len(entries)} entries",
            f"one number, or max_angular + 1 = {max_angular + 1} of them",
        )
    return entries


def thread_count(value: object) -> int:
    """0 for None: the OpenMP default."""
    if value is None:
        return 0
    n = integer("num_threads", value)
    if not 0 < n <= 4096:
        raise ArgumentError("num_threads", n, "None or an integer from 1 to 4096")
    return n


def float_dtype(value: object) -> np.dtype:
    try:
        name = None if value is None else np.dtype(value).name  # type: ignore[call-overload]
    except TypeError:
        name = None
    if name not in ("float32", "float64"):
        hint = _core.suggestion(value, ["float64", "float32"]) if isinstance(value, str) else ""
        raise ArgumentError("dtype", repr(value), "'float64' or 'float32'", hint)
    return np.dtype(name)
