# SPDX-License-Identifier: MIT
"""``compute anisoap`` and ``pair_style anisoap`` in the LAMMPS that ``anisoap-md lmp`` starts, on any number of ranks.

LAMMPS runs frozen frames with the style and without it; the difference of its loop times, a step, is the style's. The pair style
also computes forces, torques and the virial; its energies are compared. The variants with /kk run in a LAMMPS with KOKKOS, which
the environment names.
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
_KOKKOS = "/kk"  # behind a style
_KOKKOS_LMP, _KOKKOS_PLUGIN = "ANISOAP_KOKKOS_LMP", "ANISOAP_PLUGIN"  # paths, as in the tests
_KOKKOS_DEVICES = "ANISOAP_KOKKOS_DEVICES"  # "g 1" for a GPU


class Lammps:
    """Both styles, plain and /kk; ``variant`` says which, the plain compute without."""

    name = "lammps"

    def available(self) -> str | None:
        """None, or that this installation has no plugin or no LAMMPS."""
        try:
            require_package("lammps", "", "the backend lammps")
            plugin_folder()
        except (PackageMissing, RuntimeError) as error:
            return str(error)
        return None

    def lacks(self, options: Options) -> str | None:
        """None, or that no LAMMPS with KOKKOS is named."""
        if not _is_kokkos(options):
            return None
        missing = [name for name in (_KOKKOS_LMP, _KOKKOS_PLUGIN) if not os.environ.get(name)]
        if not missing:
            return None
        return f"no LAMMPS with KOKKOS: {' and '.join(missing)} not set, an lmp and the plugin that was built for it"

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
        command, settings = _command(options), _settings(options)

        def run(prepared: Prepared) -> list[np.ndarray]:
            prepared.own_seconds = _seconds(command, place, settings)
            return [_rows(place / f"{k}.rows") for k in range(len(frames))]

        made = Prepared(run)
        finalize(made, shutil.rmtree, place, ignore_errors=True)
        return made


def _style(options: Options) -> str:
    return options.variant.removesuffix(_KOKKOS) or "compute"


def _is_kokkos(options: Options) -> bool:
    return options.variant.endswith(_KOKKOS)


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


def _command(options: Options) -> list[str]:
    script = ["-in", "in.bench", "-log", "none"]
    if _is_kokkos(options):
        devices = os.environ.get(_KOKKOS_DEVICES, f"t {options.threads or 1}").split()
        package = ["-pk", "kokkos", "newton", "on", "neigh", "half"]
        command = [os.environ[_KOKKOS_LMP], "-k", "on", *devices, "-sf", "kk", *package, *script]
    else:
        command = [sys.executable, "-m", "anisoap_md", "lmp", *script]
    if options.ranks == 1:
        return command
    launcher = Path(sys.executable).with_name("mpiexec")
    if not launcher.exists():
        raise ArgumentError("ranks", f"{options.ranks} without '{launcher}'", "1, or the package lammps[mpi]")
    return [str(launcher), "-n", str(options.ranks), *command]


def _settings(options: Options) -> dict[str, str]:
    """Environment of the process; that of KOKKOS finds the MPI library of this environment."""
    settings = {**os.environ, "OMP_NUM_THREADS": str(options.threads or 1)}
    if _is_kokkos(options):
        settings["LAMMPS_PLUGIN_PATH"] = str(Path(os.environ[_KOKKOS_PLUGIN]).resolve().parent)
        paths = [str(Path(sys.prefix) / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
        settings["LD_LIBRARY_PATH"] = os.pathsep.join(path for path in paths if path)
    return settings


def _seconds(command: list[str], folder: Path, settings: dict[str, str]) -> float:
    """Of one evaluation of all frames; every frame has a loop without the style, then one with it."""
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
