# SPDX-License-Identifier: MIT
"""YAML 1.2 files that hold words as keys, and plain values."""

from pathlib import Path
from typing import Any

from ..errors import ArgumentError
from ..packages import require_package

_MOST_VALUES = 100_000  # aliases written out


def read_yaml(file: Path, extra: str, purpose: str) -> dict[str, Any]:
    """Content of a file; `purpose` and the `extra` that installs what it needs are for the error.

    Raises
    ------
    ArgumentError
        For YAML that cannot be read, repeated keys, keys that are no words, aliases within themselves or of more than
        100,000 values, and a file that holds something else.
    RuntimeError
        Without the package ruamel.yaml.
    """
    require_package("ruamel.yaml", extra, purpose)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        text = " ".join(str(error).split())
        raise ArgumentError(f"'{file.name}'", f"'{text}'", "a YAML file") from None
    if not isinstance(content, dict):
        raise ArgumentError(f"'{file.name}'", f"{type(content).__name__}", "keys and values")
    if _count(content, "", {}) > _MOST_VALUES:
        raise ArgumentError(f"'{file.name}'", "aliases of aliases", f"at most {_MOST_VALUES} values")
    return content


def _count(value: Any, where: str, counts: dict[int, int]) -> int:
    """How many values there are with aliases written out; each is looked at once."""
    if not isinstance(value, (list, dict)):
        return 1
    if counts.get(id(value)) == 0:
        raise ArgumentError(where, "an alias within itself", "a value")
    if id(value) not in counts:
        counts[id(value)] = 0
        items = value.items() if isinstance(value, dict) else ((f"[{k}]", v) for k, v in enumerate(value))
        counts[id(value)] = 1 + sum(
            _count(v, f"{where}.{_word(k, where)}".lstrip("."), counts) for k, v in items
        )
    return counts[id(value)]


def _word(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise ArgumentError(f"key of {where or 'the configuration'}", repr(key), "a word")
    return key
