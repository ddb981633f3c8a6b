# SPDX-License-Identifier: MIT
"""Files that are either whole or not there: written under a temporary name in the same folder, then renamed."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .checks import message

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # errors of writing, which name no file
_HDF5 = re.compile(r"\berrno = (\d+)")  # in texts of h5py


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
    except (OSError, RuntimeError) as error:
        named = _named(error, temporary, target)
        if named is None:
            raise
        raise named from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def _named(error: Exception, temporary: Path, target: Path) -> Exception | None:
    """The error of writing with the name of the target; None for another one."""
    text = str(error)
    number = getattr(error, "errno", None) or next(map(int, _HDF5.findall(text)), None)
    if number in _FULL:
        return OSError(number, os.strerror(number), os.fspath(target))
    if os.fspath(temporary) not in text:
        return None
    return type(error)(text.replace(os.fspath(temporary), os.fspath(target)))


def write_text(path: str | os.PathLike[str], text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
