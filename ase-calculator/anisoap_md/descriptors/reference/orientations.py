# SPDX-License-Identifier: MIT
"""Frames as the core reads them, from frames whose orientations are quaternions, matrices or missing."""

import warnings
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation

from ...common.errors import ArgumentError
from ...frames.bodies import quaternions

TOLERANCE = 1e-6  # of the entries of R R^T - 1


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
        quaternions = _from_matrices(
            atoms.arrays[rotation_key], len(atoms), f"frame {number}", f"array '{rotation_key}'"
        )
    else:
        return atoms
    return SimpleNamespace(arrays={**atoms.arrays, rotation_key: quaternions}, cell=atoms.cell, pbc=atoms.pbc)


def _from_matrices(given: Any, n: int, frame: str, array: str) -> np.ndarray:
    """[n, 4] quaternions (w, x, y, z) of [n, 3, 3] rotation matrices."""
    if n == 0:
        return np.empty((0, 4))
    try:
        matrices = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(f"{frame}: {array}", "values that are not numbers", f"({n}, 3, 3)") from None
    if matrices.shape != (n, 3, 3):
        raise ArgumentError(f"{frame}: shape of {array}", matrices.shape, f"({n}, 3, 3)")
    proper = is_proper(matrices)
    if not proper.all():
        k = int(np.argmin(proper))
        raise ArgumentError(
            f"{frame}, particle {k}: {array} is no rotation matrix",
            matrices[k].tolist(),
            f"finite entries, |R R^T - 1| < {TOLERANCE:g} and a determinant > 0",
        )
    return quaternions(Rotation.from_matrix(matrices))


def is_proper(matrices: np.ndarray) -> np.ndarray:
    """Which of [n, 3, 3] matrices are rotations."""
    with np.errstate(all="ignore"):
        deviation = np.abs(matrices @ matrices.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2))
        return (deviation < TOLERANCE) & (np.linalg.det(matrices) > 0)
