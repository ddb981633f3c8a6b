# SPDX-License-Identifier: MIT
"""Frames as the core reads them, from frames whose orientations are quaternions, matrices or missing."""

import warnings
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation


def with_quaternions(frames: Sequence[Atoms], rotation_key: str, rotation_type: str) -> list[Any]:
    """Frames with quaternions (w, x, y, z) under `rotation_key`.

    Frames that have them are passed on; others get a stand-in that shares their other arrays. Particles without
    an orientation are not rotated, with a warning.

    Raises
    ------
    ValueError
        For a matrix that is no rotation.
    """
    oriented = []
    for k, atoms in enumerate(frames):  # a plain loop: the warning's stack level counts on it
        oriented.append(_oriented(atoms, k, rotation_key, rotation_type))
    return oriented


def _oriented(atoms: Atoms, number: int, rotation_key: str, rotation_type: str) -> Any:
    if rotation_key not in atoms.arrays:
        # The reference's text. It then computes with a zero matrix; here the orientation is the identity.
        warnings.warn(
            f"Frame {number} does not have rotations stored, this may cause errors down the line.",
            UserWarning,
            stacklevel=5,
        )
        quaternions = np.tile([1.0, 0.0, 0.0, 0.0], (len(atoms), 1))
    elif rotation_type == "matrix":
        quaternions = _from_matrices(atoms.arrays[rotation_key], len(atoms))
    else:
        return atoms
    return SimpleNamespace(arrays={**atoms.arrays, rotation_key: quaternions}, cell=atoms.cell, pbc=atoms.pbc)


def _from_matrices(matrices: Any, n: int) -> np.ndarray:
    if n == 0:
        return np.empty((0, 4))
    return np.roll(Rotation.from_matrix(np.asarray(matrices, dtype=float)).as_quat(), 1, axis=1)
