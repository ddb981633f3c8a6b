# SPDX-License-Identifier: MIT
"""Text files that may be compressed."""

import bz2
import errno
import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError)  # and an OSError without errno


def open_text(path: Path) -> TextIO:
    return _OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8")


def begins(path: Path, test: Callable[[TextIO], bool]) -> bool:
    """Whether the text of a file passes a test of its first lines."""
    try:
        with open_text(path) as file:
            return test(file)
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EISDIR):
            raise
        return False
