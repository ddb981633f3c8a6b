# SPDX-License-Identifier: MIT
"""Loops of LAMMPS over frozen frames, without a style and then with it; the difference of their times, a step, is the style's."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

import numpy as np
from ase import Atoms

from ....backends import Options, Prepared
from ....backends.pairs import require_species
from ....common.errors import ArgumentError, message
from ....frames.species import to_symbols
from ....lammps.data_file import Box, data_file

PLAIN = (sys.executable, "-m", "anisoap_md", "lmp")  # the LAMMPS of the environment
_SKIN = 0.3
_TRIES, _FACTOR = 4, 4  # of a time that is not above 0, each with so many times the steps

_HEAD = """
clear
units lj
atom_style ellipsoid
boundary {boundary}
box tilt large
read_data {data}
comm_modify cutoff {reach}
neighbor {skin} bin
pair_style zero {cutoff}
pair_coeff * *
thermo 1
thermo_modify lost ignore
run ${{steps}}
"""
ENERGIES = """
compute e all pe/atom
run ${{steps}}
write_dump all custom {out} id c_e modify sort id format float %.17g
"""  # behind a pair style


@dataclass(frozen=True)
class Style:
    """A style as LAMMPS reads it.

    Attributes
    ----------
    script : str
        Commands behind those of the frame, with one ``run ${{steps}}``, a variable of LAMMPS, and a dump of rows to ``{out}``;
        names in braces are ``cutoff``, ``species`` and that.
    steps : int
        Of a timed loop; more where these take no more time than those without the style.
    files : dict
        Name -> text of what the script reads.
    command : tuple of str
        How LAMMPS starts, without the script.
    settings : dict
        Environment, beside that of this process.
    """

    script: str
    steps: int
    files: dict[str, str]
    command: tuple[str, ...] = PLAIN
    settings: dict[str, str] | None = None


def prepared(frames: Sequence[Atoms], options: Options, style: Style) -> Prepared:
    """Writes data files and the script; calls give the dumped rows of each frame and LAMMPS's own seconds."""
    require_species(frames, options)
    place = Path(mkdtemp(prefix="anisoap-bench-"))
    for name, text in style.files.items():
        (place / name).write_text(text)
    script = "".join(_part(k, atoms, options, style.script, place) for k, atoms in enumerate(frames))
    (place / "in.bench").write_text(script)
    command = [*_launcher(options), *style.command, "-in", "in.bench", "-log", "none"]
    settings = {**os.environ, "OMP_NUM_THREADS": str(options.threads or 1), **(style.settings or {})}
    steps = style.steps

    def run(prepared: Prepared) -> list[np.ndarray]:
        nonlocal steps
        seconds, steps = _positive(
            lambda n: _seconds([*command, "-var", "steps", str(n)], place, settings), steps
        )
        prepared.own_seconds = seconds / steps
        return [_rows(place / f"{k}.rows") for k in range(len(frames))]

    made = Prepared(run)
    finalize(made, shutil.rmtree, place, ignore_errors=True)
    return made


def _part(number: int, atoms: Atoms, options: Options, script: str, folder: Path) -> str:
    """Script of one frame, whose data file is written."""
    data = f"{number}.data"
    (folder / data).write_text(data_file(atoms, Box.of(atoms), options.numbers))
    words = {
        "boundary": " ".join("p" if periodic else "f" for periodic in atoms.pbc),
        "data": data,
        "reach": options.cutoff + 2 * _SKIN,
        "skin": _SKIN,
        "cutoff": options.cutoff,
        "out": f"{number}.rows",
        "species": " ".join(to_symbols(options.numbers)),
    }
    return (_HEAD + script).format(**words)


def _launcher(options: Options) -> list[str]:
    if options.ranks == 1:
        return []
    launcher = Path(sys.executable).with_name("mpiexec")
    if not launcher.exists():
        raise ArgumentError("ranks", f"{options.ranks} without '{launcher}'", "1, or the package lammps[mpi]")
    return [str(launcher), "-n", str(options.ranks)]


def _positive(seconds: Callable[[int], float], steps: int) -> tuple[float, int]:
    """Seconds of so many steps or of more, which are above 0, and how many these are: the difference of two times scatters.

    Raises
    ------
    RuntimeError
        Where the most steps take none either.
    """
    for _ in range(_TRIES):
        found = seconds(steps)
        if found > 0:
            return found, steps
        steps *= _FACTOR
    got = f"{found:.2g} s in {steps // _FACTOR} steps more than without it"
    raise RuntimeError(
        message("time of the style", got, "more than 0: larger frames, or a machine with less to do")
    )


def _seconds(command: list[str], folder: Path, settings: dict[str, str]) -> float:
    """Of the loops with the style, less those without."""
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)
    loops = [float(text) for text in re.findall(r"Loop time of (\S+)", done.stdout)]
    if done.returncode != 0 or not loops:
        lines = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(f"LAMMPS stopped: {(lines or [done.stderr.strip() or 'no word'])[0]}")
    return sum(loops[1::2]) - sum(loops[::2])


def _rows(file: Path) -> np.ndarray:
    """Columns behind the id of a dump of one frame."""
    return np.loadtxt(file, skiprows=9, ndmin=2)[:, 1:]
