# SPDX-License-Identifier: MIT
"""``compute anisoap`` and ``pair_style anisoap`` in the LAMMPS that ``anisoap-md lmp`` starts, on any number of ranks.

LAMMPS runs frozen frames with the style and without it; the difference of its loop times, a step, is the style's. The pair style
also computes forces, torques and the virial; its energies are compared.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

import numpy as np
from ase import Atoms

from ... import _core
from ...backends import Options, Prepared
from ...backends.pairs import require_species
from ...common.errors import ArgumentError
from ...common.packages import PackageMissing, require_package
from ...lammps.data_file import Box, data_file
from ...lammps.plugin import plugin_folder
from .core import hypers_of

_STEPS = 20  # of a timed loop
_SKIN = 0.3
_SEED = 3  # of the weights of the pair style's model

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
run {steps}
"""
_COMPUTE = """
compute d all anisoap {cutoff} hypers hypers.json
compute sum all reduce sum c_d[1]
thermo_style custom step c_sum
run {steps}
write_dump all custom {out} id c_d[*] modify sort id format float %.17g
"""
_PAIR = """
pair_style anisoap
pair_coeff * * model.json {species}
compute e all pe/atom
run {steps}
write_dump all custom {out} id c_e modify sort id format float %.17g
"""
_STYLES = {"compute": _COMPUTE, "pair": _PAIR}


class Lammps:
    """Both styles; ``variant`` says which, the compute without."""

    name = "lammps"

    def available(self) -> str | None:
        """None, or that this installation has no plugin or no LAMMPS."""
        try:
            require_package("lammps", "", "the backend lammps")
            plugin_folder()
        except (PackageMissing, RuntimeError) as error:
            return str(error)
        return None

    def expected(self, rows: np.ndarray, options: Options) -> np.ndarray:
        """What the style gives for power spectra [n, n_features]: these, or energies [n, 1]."""
        return rows if _style(options) == "compute" else _energies(rows, options)

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Writes data files and the script."""
        require_species(frames, options)
        place = Path(mkdtemp(prefix="anisoap-bench-"))
        (place / "hypers.json").write_text(hypers_of(options).to_json())
        (place / "model.json").write_text(_model(options).to_json())
        script = "".join(_part(k, atoms, options, place) for k, atoms in enumerate(frames))
        (place / "in.bench").write_text(script)
        command = _command(options.ranks)

        def run(prepared: Prepared) -> list[np.ndarray]:
            prepared.own_seconds = _seconds(command, place, options)
            return [_rows(place / f"{k}.rows") for k in range(len(frames))]

        made = Prepared(run)
        finalize(made, shutil.rmtree, place, ignore_errors=True)
        return made


def _style(options: Options) -> str:
    return options.variant or "compute"


def _part(number: int, atoms: Atoms, options: Options, folder: Path) -> str:
    """Script of one frame, whose data file is written."""
    data = f"{number}.data"
    (folder / data).write_text(data_file(atoms, Box.of(atoms), options.numbers))
    words = {
        "boundary": " ".join("p" if periodic else "f" for periodic in atoms.pbc),
        "data": data,
        "reach": options.cutoff + 2 * _SKIN,
        "skin": _SKIN,
        "cutoff": options.cutoff,
        "steps": _STEPS,
        "out": f"{number}.rows",
        "species": " ".join(hypers_of(options).species),
    }
    return (_HEAD + _STYLES[_style(options)]).format(**words)


def _command(ranks: int) -> list[str]:
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", "in.bench", "-log", "none"]
    if ranks == 1:
        return command
    launcher = Path(sys.executable).with_name("mpiexec")
    if not launcher.exists():
        raise ArgumentError("ranks", f"{ranks} without '{launcher}'", "1, or the package lammps[mpi]")
    return [str(launcher), "-n", str(ranks), *command]


def _seconds(command: list[str], folder: Path, options: Options) -> float:
    """Of one evaluation of all frames; every frame has a loop without the style, then one with it."""
    settings = {**os.environ, "OMP_NUM_THREADS": str(options.threads or 1)}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)
    loops = [float(text) for text in re.findall(r"Loop time of (\S+)", done.stdout)]
    if done.returncode != 0 or not loops:
        lines = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(f"LAMMPS stopped: {(lines or [done.stderr.strip() or 'no word'])[0]}")
    return (sum(loops[1::2]) - sum(loops[::2])) / _STEPS


def _rows(file: Path) -> np.ndarray:
    """Columns behind the id of a dump of one frame."""
    return np.loadtxt(file, skiprows=9, ndmin=2)[:, 1:]


def _model(options: Options) -> _core.Model:
    """Linear in the power spectrum, with the same weights for each species."""
    model = _core.Model()
    model.hypers = hypers_of(options)
    model.allow_discontinuity = True
    model.units = "lj"
    n = model.n_features
    local = _core.LocalEnergy()
    local.kind = "linear"
    local.shift, local.scale = np.zeros(n), np.ones(n)
    local.weights = np.random.default_rng(_SEED).normal(size=n)
    model.local = [local] * len(options.numbers)
    return model


def _energies(rows: np.ndarray, options: Options) -> np.ndarray:
    """[n, 1] of the model, from columns of the upper triangle, those off the diagonal times sqrt(2)."""
    core = _core.Descriptor(hypers_of(options))
    full = {tuple(label): k for k, label in enumerate(core.labels().tolist())}
    upper = core.labels("symmetric")
    columns = [full[tuple(label)] for label in upper.tolist()]
    on_diagonal = (upper[:, 2:4] == upper[:, 4:6]).all(axis=1)
    weights = _model(options).local[0].weights * np.where(on_diagonal, 1, np.sqrt(2))
    return (rows[:, columns] @ weights)[:, None]


BACKEND = Lammps()
