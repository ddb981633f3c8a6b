# SPDX-License-Identifier: MIT
"""Files that are either whole or not there: written under a temporary name in the same folder, then renamed."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import message

# Errors of writing, some of which name no file.
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG)


def require_writable(path: str | os.PathLike[str]) -> None:
    """OSError for a path that is a folder, or whose folder is missing or cannot be written."""
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(message("output file", f"the folder '{target}'", "a file name"))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            message("output file", f"'{target}' in a folder that does not exist", "an existing folder")
        )
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise PermissionError(
            message("output file", f"'{target}' in a folder without permission to write", "a writable folder")
        )


def same_file(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> bool:
    """True for two names of one file, links included, and for equal paths of a file that does not exist."""
    if os.path.exists(a) and os.path.exists(b):
        return os.path.samefile(a, b)
    return os.path.realpath(a) == os.path.realpath(b)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Gives a temporary path with the suffix of `path`; renames it to `path` unless the block raises.

    Raises
    ------
    OSError
        That names `path`, where it cannot be written: no space, no permission.
    """
    require_writable(path)
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.tmp{target.suffix}")
    try:
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        is_of_file = error.filename is not None and os.fspath(error.filename) == os.fspath(temporary)
        if error.errno is None or not (is_of_file or error.errno in _OF_WRITING):
            raise
        raise OSError(error.errno, os.strerror(error.errno), os.fspath(target)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_text(path: str | os.PathLike[str], text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
