# SPDX-License-Identifier: MIT
"""Turning frames as a whole: ``ase.Atoms.rotate`` leaves orientations and other vectors where they were."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.stress import full_3x3_to_voigt_6_stress, voigt_6_to_full_3x3_stress
from scipy.spatial.transform import Rotation

from ..common.errors import ArgumentError
from ..descriptors.reference.orientations import TOLERANCE, is_proper
from ..frames import bodies
from ..io.frames import with_results

_VECTORS = ("momenta", "forces", "torques", "angular_momenta")  # arrays [n, 3] in the space frame


def rotated(atoms: Atoms, rotation: Rotation | np.ndarray, vectors: Iterable[str] = ()) -> Atoms:
    """Copy that is turned about the origin with all it has: positions, cell, orientations, vectors, stress and held results.

    Parameters
    ----------
    atoms : ase.Atoms
        Arrays of quaternions, momenta, forces, torques and angular momenta turn, ``info["stress"]`` too. Constraints stay.
    rotation : scipy.spatial.transform.Rotation or numpy.ndarray
        One rotation, or its matrix [3, 3].
    vectors : iterable of str, optional
        Names of further arrays [n, 3] of vectors in the space frame.

    Returns
    -------
    ase.Atoms
        Results that the calculator holds are in a ``SinglePointCalculator``, torques in the array ``torques``.

    Raises
    ------
    ArgumentError
        For what is no rotation, and for a name of `vectors` that is no array [n, 3].
    """
    turn = _rotation(rotation)
    out = with_results(atoms)
    results = {} if out.calc is None else out.calc.results
    out.calc = None
    out.set_constraint()
    out.set_cell(turn.apply(out.cell.array), scale_atoms=False)
    out.set_positions(turn.apply(out.positions.reshape(-1, 3)))
    for name in {*_VECTORS, *_named(out, vectors)} & set(out.arrays):
        out.arrays[name] = turn.apply(out.arrays[name]) if len(out) else out.arrays[name]
    if any(name in out.arrays for name in bodies.QUATERNIONS) and len(out):
        bodies.set_rotations(out, turn * bodies.rotations(out))
    if "stress" in out.info:
        out.info["stress"] = _turned_stress(out.info["stress"], turn)
    out.set_constraint(atoms.constraints)
    if results:
        out.calc = SinglePointCalculator(out, **{k: _turned(k, v, turn) for k, v in results.items()})
    return out


def _turned(name: str, value: Any, turn: Rotation) -> Any:
    if name in ("forces", "dipole"):
        return turn.apply(value)
    if name == "stress":
        return _turned_stress(value, turn)
    if name == "stresses":
        return np.array([_turned_stress(row, turn) for row in value])
    return value


def _turned_stress(stress: Any, turn: Rotation) -> np.ndarray:
    """In the form that it has: six numbers, nine, or [3, 3]."""
    given, matrix = np.asarray(stress, dtype=float), turn.as_matrix()
    full = voigt_6_to_full_3x3_stress(given) if given.shape == (6,) else given.reshape(3, 3)
    full = matrix @ full @ matrix.T
    return full_3x3_to_voigt_6_stress(full) if given.shape == (6,) else full.reshape(given.shape)


def _rotation(given: Any) -> Rotation:
    allowed = f"one scipy Rotation, or a matrix [3, 3] with |R R^T - 1| < {TOLERANCE:g} and a determinant > 0"
    if isinstance(given, Rotation):
        if not given.single:
            raise ArgumentError("rotation", f"{len(given)} rotations", allowed)
        return given
    matrix = np.asarray(given, dtype=float)
    if matrix.shape != (3, 3):
        raise ArgumentError("rotation", f"an array of shape {matrix.shape}", allowed)
    if not is_proper(matrix[None])[0]:
        raise ArgumentError("rotation", matrix.tolist(), allowed)
    return Rotation.from_matrix(matrix)


def _named(atoms: Atoms, vectors: Iterable[str]) -> list[str]:
    names = [vectors] if isinstance(vectors, str) else list(vectors)
    for name in names:
        if name not in atoms.arrays or atoms.arrays[name].shape != (len(atoms), 3):
            raise ArgumentError("vectors", f"'{name}'", "names of arrays [n, 3] of the atoms")
    return names
