# SPDX-License-Identifier: MIT
"""Progress bars, and messages of long computations for log files and for whoever listens to the logger."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm.auto import tqdm

from .. import _core

LOGGER = logging.getLogger("anisoap_md")


def progress(items: Iterable[Any] | None, what: str | None, unit: str, show: bool, done: int = 0) -> Any:
    """A bar over `items`, or one whose ``update`` counts from `done`; units stand behind the number."""
    return tqdm(items, desc=what, unit=f" {unit}", disable=not show, initial=done)


@contextmanager
def log_to(path: str | os.PathLike[str] | None) -> Iterator[None]:
    """Writes messages of the block with their times to a file, which begins with version and command line, and how it ended."""
    if path is None:
        yield
        return
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    level = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        LOGGER.info("anisoap-md %s, %s", _core.__version__, " ".join(sys.argv[1:]))
        yield
        LOGGER.info("finished")
    except BaseException as error:
        LOGGER.info("ended by %s: %s", type(error).__name__, error)
        raise
    finally:
        LOGGER.setLevel(level)
        LOGGER.removeHandler(handler)
        handler.close()
