# SPDX-License-Identifier: MIT
"""How extended XYZ begins, and comment lines that read back as they were: ASE writes some that its reader takes for others or
refuses.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TextIO

import numpy as np
from ase.io.extxyz import key_val_dict_to_str, key_val_str_to_dict, parse_properties

from ..common.errors import ArgumentError

_OURS = ("Lattice", "Properties", "pbc")
_TAKEN = ("", "pos", "symbols", "positions", "move_mask")  # as array names
_BRACKETS = str.maketrans("", "", "[]")  # readers take them off: c_diameter[1] becomes c_diameter1
_LEAST, _MOST = -(2**31), 2**31 - 1  # of columns of integers
_END = " END=1"  # what a value must not swallow


def is_extended(file: TextIO) -> bool:
    """Whether a text begins as extended XYZ. ASE guesses by names and then by some hundred patterns, which take 10 ms."""
    return file.readline(80).strip().isdecimal() and "Properties=" in file.readline(4000)


def info_text(info: Mapping[str, Any]) -> str:
    """Keys and values between spaces.

    Raises
    ------
    ArgumentError
        For a key that no comment line holds.
    """
    return " ".join(filter(None, (_entry(key, value) for key, value in info.items())))


def _entry(key: str, value: Any) -> str:
    if isinstance(key, str) and key and key not in _OURS:
        text = key_val_dict_to_str({key: value})
        if not text or _reads_back(text, key, value):  # none: ASE has warned that it leaves the value out
            return text
        text = _as_json(key, value)
        if _reads_back(text, key, value):
            return text
    raise ArgumentError("info of a frame", f"key {key!r}", "a key and a value that extended XYZ holds")


def _reads_back(text: str, key: str, value: Any) -> bool:
    if len(text.splitlines()) != 1:
        return False
    try:
        read = key_val_str_to_dict(text + _END)
    except ValueError:
        return False
    if set(read) != {key, "END"}:
        return False
    if value is None or isinstance(value, str):
        return read[key] is value or (isinstance(read[key], str) and read[key] == value)
    return np.size(read[key]) > 0 if np.size(value) else np.size(read[key]) == 0


def _as_json(key: str, value: Any) -> str:
    text = json.dumps(value.tolist() if isinstance(value, np.ndarray) else value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return key_val_dict_to_str({key: 0}).removesuffix("=0") + f'="_JSON {escaped}"'


def require_values(name: str, values: np.ndarray) -> None:
    """ArgumentError for values [n, ...] that ASE's reader refuses: rows of nothing, integers of more than 32 bits."""
    if 0 in values.shape[1:]:
        raise ArgumentError("array of a frame", f"'{name}' of shape {values.shape}", "a column at least")
    if values.dtype.kind in "iu" and values.size:
        wrong = [v for v in (values.min(), values.max()) if not _LEAST <= v <= _MOST]
        if wrong:
            expected = f"integers from {_LEAST} to {_MOST} in extended XYZ, or floating-point numbers"
            raise ArgumentError("array of a frame", f"'{name}' with {wrong[0]}", expected)


@lru_cache
def require_columns(properties: str, names: tuple[str, ...]) -> None:
    """ValueError unless a reader of the properties finds arrays of these names, beside species and positions."""
    for name in names:
        if not _are_found(f"species:S:1:pos:R:3:{name}:R:1", (name,)):
            raise ArgumentError("array of a frame", f"'{name}'", "a name that extended XYZ holds")
    if not _are_found(properties, names):
        raise ArgumentError("arrays of a frame", ", ".join(names), "names that differ in more than a number")


def _are_found(properties: str, names: tuple[str, ...]) -> bool:
    try:
        read = key_val_str_to_dict(f"Properties={properties}{_END}")
        found = [name for name, _ in parse_properties(read["Properties"])[0].values()]
    except (ValueError, AttributeError):  # the second for a name that begins with a number
        return False
    expected = ["symbols", "positions", *(name.translate(_BRACKETS) for name in names)]
    return set(read) == {"Properties", "END"} and found == expected and not set(names) & set(_TAKEN)
