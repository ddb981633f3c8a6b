# SPDX-License-Identifier: MIT
"""The JSON file of a study: written as a whole after each case, read to go on."""

import json
import os
from pathlib import Path
from typing import Any

from ..common.errors import ArgumentError, in_file
from ..common.files import write_text

FORMAT, VERSION = "anisoap-md bench", 1
_KEYS = {"study": dict, "fingerprint": str, "machine": dict, "systems": dict, "results": dict}


def write(path: str | os.PathLike[str], document: dict[str, Any]) -> None:
    """Replaces the file, or leaves it."""
    write_text(path, json.dumps({"format": FORMAT, "version": VERSION, **document}, indent=1) + "\n")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Document of a file.

    Raises
    ------
    ArgumentError
        For a file that is truncated, of another format or of a newer version.
    OSError
        For a file that cannot be read.
    """
    try:
        return _checked(Path(path).read_bytes().decode("utf-8", errors="backslashreplace"))
    except ArgumentError as error:
        raise in_file(error, path) from None


def _checked(text: str) -> dict[str, Any]:
    expected = "a whole file that 'anisoap-md bench' wrote, or none"
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ArgumentError("results", f"no JSON: {error}, as of a truncated file", expected) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ArgumentError("results", "another document", expected)
    if document.get("version") != VERSION:
        raise ArgumentError("version of the results", document.get("version"), str(VERSION))
    for name, kind in _KEYS.items():
        if not isinstance(document.get(name), kind):
            raise ArgumentError("results", f"no '{name}'", expected)
    return document
