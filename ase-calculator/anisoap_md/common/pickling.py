# SPDX-License-Identifier: MIT
"""Copies and pickles of the core's objects: documents go as their JSON, others are refused, in every protocol of pickle."""

import copyreg
from typing import Any, NoReturn

from .. import _core

_DOCUMENTS = (_core.Hypers, _core.Model)


def register() -> None:
    """Tells pickle and copy. What pickle's protocols 0 and 1 do by themselves to these objects ends the process."""
    for kind in vars(_core).values():
        if isinstance(kind, type):
            copyreg.pickle(kind, _by_document if kind in _DOCUMENTS else _refused)


def _by_document(document: Any) -> tuple[Any, tuple[type, str]]:
    return _read, (type(document), document.to_json())


def _read(kind: Any, text: str) -> Any:
    return kind.from_json(text)


def _refused(value: object) -> NoReturn:
    name = type(value).__name__
    raise TypeError(
        f"anisoap: copy or pickle, got a _core.{name}; expected a Model, a Descriptor or their documents"
    )
