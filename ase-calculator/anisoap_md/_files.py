# SPDX-License-Identifier: MIT
"""Files that are either whole or not there: written under a temporary name in the same folder, then renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Gives a temporary path with the suffix of `path`; renames it to `path` unless the block raises."""
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"anisoap: output file, got the folder '{target}'; expected a file name")
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.tmp{target.suffix}")
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
