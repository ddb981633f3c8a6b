# SPDX-License-Identifier: MIT
"""Frames as other programs name their arrays, under the names of this package."""

from collections.abc import Callable
from typing import Any

import numpy as np
from ase import Atoms

from .programs import ovito

KEY = "anisoap_arrays"  # of info, or of a calculator's parameters: arrays that ASE leaves out of .traj
_DUMPED = {"forces": ("fx", "fy", "fz"), "torques": ("tqx", "tqy", "tqz")}  # columns of LAMMPS


def restored(atoms: Atoms, where: str, convert: Callable[[Atoms, str], None]) -> Atoms:
    """The frame itself. `convert` changes the quaternions as the file has them; those of OVITO are known."""
    for name, values in {**_of_calculator(atoms), **atoms.info.pop(KEY, {})}.items():
        atoms.set_array(name, np.asarray(values))
    convert(atoms, where)
    if "orientation" in atoms.arrays and "aspherical_shape" in atoms.arrays:
        ovito.rename(atoms, where)
    for name, columns in _DUMPED.items():
        if name not in atoms.arrays and all(c in atoms.arrays for c in columns):
            atoms.set_array(name, np.column_stack([atoms.arrays.pop(c) for c in columns]))
    return atoms


def _of_calculator(atoms: Atoms) -> dict[str, Any]:
    """Arrays in the parameters of its calculator, which ASE wrote; results are there only where they are of this frame."""
    kept = getattr(atoms.calc, "parameters", {}).pop(KEY, {})
    return dict(kept) if getattr(atoms.calc, "results", {}) else {}
