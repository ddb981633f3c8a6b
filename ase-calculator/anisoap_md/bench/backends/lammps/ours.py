# SPDX-License-Identifier: MIT
"""``compute anisoap`` and ``pair_style anisoap`` in the LAMMPS that ``anisoap-md lmp`` starts, on any number of ranks.

The pair style also computes forces, torques and the virial; its energies are compared. The variants with /kk run in a LAMMPS with
KOKKOS, which the environment names.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ase import Atoms

from ....backends import Options, Prepared
from ....common.packages import PackageMissing, require_package
from ....lammps.plugin import plugin_folder
from ..core import hypers_of
from ..models import linear_energies, linear_model
from .process import ENERGIES, Style, prepared

_STEPS = 20
_COMPUTE = """
compute d all anisoap {cutoff} hypers hypers.json
compute sum all reduce sum c_d[1]
thermo_style custom step c_sum
run ${{steps}}
write_dump all custom {out} id c_d[*] modify sort id format float %.17g
"""
_PAIR = "pair_style anisoap\npair_coeff * * model.json {species}\n" + ENERGIES
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
        return rows if _style(options) == "compute" else linear_energies(rows, options)

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Writes what LAMMPS reads."""
        files = {
            "hypers.json": hypers_of(options).to_json(),
            "model.json": linear_model(options).to_json(),
        }
        style = Style(_STYLES[_style(options)], _STEPS, files)
        if _is_kokkos(options):
            style = Style(style.script, _STEPS, files, _kokkos_command(options), _kokkos_settings())
        return prepared(frames, options, style)


def _style(options: Options) -> str:
    return options.variant.removesuffix(_KOKKOS) or "compute"


def _is_kokkos(options: Options) -> bool:
    return options.variant.endswith(_KOKKOS)


def _kokkos_command(options: Options) -> tuple[str, ...]:
    devices = os.environ.get(_KOKKOS_DEVICES, f"t {options.threads or 1}").split()
    package = ("-pk", "kokkos", "newton", "on", "neigh", "half")
    return (os.environ[_KOKKOS_LMP], "-k", "on", *devices, "-sf", "kk", *package)


def _kokkos_settings() -> dict[str, str]:
    """That LAMMPS finds its plugin, and the MPI library of this environment."""
    paths = [str(Path(sys.prefix) / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    return {
        "LAMMPS_PLUGIN_PATH": str(Path(os.environ[_KOKKOS_PLUGIN]).resolve().parent),
        "LD_LIBRARY_PATH": os.pathsep.join(path for path in paths if path),
    }


BACKEND = Lammps()
