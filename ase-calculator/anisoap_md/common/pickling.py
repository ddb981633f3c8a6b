# SPDX-License-Identifier: MIT
"""Copies and pickles of the core's objects: documents go as their JSON, others are refused, in every protocol of pickle."""

from typing import Any, NoReturn

from .. import _core
from .errors import ArgumentTypeError

_DOCUMENTS = (_core.Hypers, _core.Model)


def register() -> None:
    """Tells pickle and copy: what Python does by itself to these objects in protocols 0 and 1 ends the process."""
    for kind in vars(_core).values():
        if isinstance(kind, type):
            reduce = _by_document if kind in _DOCUMENTS else _refused
            kind.__reduce__ = reduce  # type: ignore[method-assign,assignment]


def _by_document(document: Any) -> tuple[Any, tuple[type, str]]:
    return _read, (type(document), document.to_json())


def _read(kind: Any, text: str) -> Any:
    return kind.from_json(text)


def _refused(value: object) -> NoReturn:
    allowed = "a Model, a Descriptor or their documents"
    raise ArgumentTypeError("copy or pickle", f"a _core.{type(value).__name__}", allowed)
