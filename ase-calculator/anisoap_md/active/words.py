# SPDX-License-Identifier: MIT
"""Errors of fits and descriptors with the keys of the YAML file: the library speaks of arguments."""

import inspect
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..common.errors import ArgumentError
from ..common.words import alternatives, reworded
from ..descriptors.descriptor import Descriptor
from ..training.fitting import fit

_ELSEWHERE = {
    "frames": "initial.frames",
    "keys": "initial.keys",
    "descriptor": "descriptor",
    "device": "descriptor.device",
}
_NESTED = ("two_body", "networks")  # mappings of options in the section fit
_YAML = {"True": "true", "False": "false", "None": "null"}


@contextmanager
def words_of_the_file(descriptor: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[None]:
    """Names the keys in the ArgumentErrors of the block; `descriptor` and `options` are the sections descriptor and fit.

    ``weights['forces']`` becomes ``fit.weights.forces``, ``targets=(...)`` ``fit.targets``, ``kind='kernel'``
    ``fit.kind: kernel`` and ``cutoff`` ``fit.two_body.cutoff`` where that is given.
    """
    try:
        yield
    except ArgumentError as error:
        raise _with_keys(error, keys_of_arguments(descriptor, options)) from None


def keys_of_arguments(descriptor: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    """Argument -> key of the file."""
    keys = {name: f"descriptor.{name}" for name in inspect.signature(Descriptor).parameters}
    for section in _NESTED:
        given = options.get(section)
        names = given if isinstance(given, Mapping) else ()
        keys |= {name: f"fit.{section}.{name}" for name in names if name not in descriptor}
    keys |= {name: f"fit.{name}" for name in inspect.signature(fit).parameters}
    return keys | _ELSEWHERE


def _with_keys(error: ArgumentError, keys: Mapping[str, str]) -> ArgumentError:
    names = alternatives(keys)
    what = re.sub(rf"^({names})(?=$| of | with )", lambda m: keys[m[1]], _reworded(error.what, keys))
    expected, hint = (_plain(_reworded(text, keys)) for text in (error.expected, error.hint))
    return error.changed(what=what, expected=expected.removeprefix("null or "), hint=hint)


def _reworded(text: str, keys: Mapping[str, str]) -> str:
    return reworded(
        text,
        keys,
        lambda name, key: f"{keys[name]}.{key}",
        lambda name, value: f"{keys[name]}{_typed(value)}",
    )


def _typed(value: str) -> str:
    """What stands behind a key; nothing for ``(...)`` and the like."""
    if "..." in value and ":" not in value:
        return ""
    return f": {_plain(value).replace(chr(39), '')}" if value else ""


def _plain(text: str) -> str:
    """Constants as YAML writes them."""
    return re.sub(r"\b(True|False|None)\b", lambda m: _YAML[m[1]], text)
