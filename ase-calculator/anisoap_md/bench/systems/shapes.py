# SPDX-License-Identifier: MIT
"""Bodies of the particles of a made frame, and rounding: machines differ in the last bits of what they make."""

import numpy as np
from ase import Atoms

_DIGITS = 9


def ellipsoids(atoms: Atoms, quaternions: np.ndarray, diameters: np.ndarray) -> Atoms:
    """The atoms with arrays c_q [n, 4] (made unit) and c_diameter[1..3]; all numbers rounded.

    Parameters
    ----------
    atoms : ase.Atoms
    quaternions : numpy.ndarray
        [n, 4], w x y z, of any norm.
    diameters : numpy.ndarray
        [n, 3], full.
    """
    atoms.set_cell(np.round(atoms.cell.array, _DIGITS))
    atoms.positions = np.round(atoms.positions, _DIGITS)
    unit = quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
    atoms.set_array("c_q", np.round(unit, _DIGITS))
    for k in range(3):
        atoms.set_array(f"c_diameter[{k + 1}]", np.round(diameters[:, k], _DIGITS))
    return atoms
