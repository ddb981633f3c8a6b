# SPDX-License-Identifier: MIT
"""Orientations, sizes and torques of the particles of an ``ase.Atoms``, under any of the names that the core reads."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError
from scipy.spatial.transform import Rotation

from ..common.errors import ArgumentError, message

QUATERNIONS = ("c_q", "quaternion", "quaternions", "quat")
DIAMETER_COLUMNS = (
    ("c_diameter[1]", "c_diameter[2]", "c_diameter[3]"),
    ("c_diameter1", "c_diameter2", "c_diameter3"),
)
DIAMETERS = ("c_diameter", "shape", "shapes")
ANGULAR_MOMENTA = "angular_momenta"  # array [n, 3], space frame, amu A^2 / (ASE time unit)
_SAME = 1e-6  # radians, relative difference of diameters; files round
_ASE_NAMES = ("positions", "numbers", "initial_charges", "initial_magmoms")
ALL_NAMES = (*QUATERNIONS, *DIAMETER_COLUMNS[0], *DIAMETER_COLUMNS[1], *DIAMETERS)


def quaternions_of(atoms: Atoms) -> np.ndarray:
    """Quaternions [n, 4], w x y z, as the atoms hold them.

    Raises
    ------
    ArgumentError
        For an array that is missing, of another shape, or quaternions that are zero or not finite.
    """
    name = next((name for name in QUATERNIONS if name in atoms.arrays), None)
    if name is None:
        raise ArgumentError("quaternions", "no array 'c_q' in atoms.arrays", "[n, 4] in the order w, x, y, z")
    q = np.asarray(atoms.arrays[name], dtype=float)
    if q.shape != (len(atoms), 4):
        raise ArgumentError(f"shape of array '{name}'", q.shape, f"({len(atoms)}, 4)")
    wrong = ~(np.isfinite(q).all(axis=1) & (q != 0).any(axis=1))
    if wrong.any():
        k = int(np.argmax(wrong))
        raise ArgumentError(f"quaternion of particle {k} in '{name}'", q[k].tolist(), "finite, not all zero")
    return q


def rotations(atoms: Atoms) -> Rotation:
    """Rotations [n] from body axes to the space frame; errors as ``quaternions_of``."""
    return rotations_of(quaternions_of(atoms))


def rotations_of(q: np.ndarray) -> Rotation:
    """Rotations [n] of quaternions [n, 4], w x y z."""
    return Rotation.from_quat(np.roll(q, -1, axis=1))


def quaternions(rotations: Rotation) -> np.ndarray:
    """Unit quaternions [n, 4], w x y z, of rotations [n]."""
    return np.roll(rotations.as_quat(), 1, axis=1)


def set_rotations(atoms: Atoms, rotations: Rotation) -> None:
    """Writes unit quaternions (w, x, y, z) into every array of quaternions that the atoms have."""
    q = quaternions(rotations)
    for name in QUATERNIONS:
        if name in atoms.arrays:
            atoms.arrays[name] = q.copy()


def has_diameters(atoms: Any) -> bool:
    """Whether there are arrays of diameters, under any of their names."""
    whole = tuple((name,) for name in DIAMETERS)
    return any(all(name in atoms.arrays for name in names) for names in (*DIAMETER_COLUMNS, *whole))


def diameters(atoms: Atoms) -> np.ndarray:
    """Full diameters [n, 3] along the body axes, as a new array.

    Raises
    ------
    ArgumentError
        For missing arrays.
    """
    arrays = atoms.arrays
    for names in DIAMETER_COLUMNS:
        if all(name in arrays for name in names):
            return np.column_stack([np.asarray(arrays[name], dtype=float).reshape(-1) for name in names])
    for name in DIAMETERS:
        if name in arrays:
            return np.array(arrays[name], dtype=float)
    raise ArgumentError(
        "diameters",
        "neither 'c_diameter[1]' ... nor 'shape' in atoms.arrays",
        "full diameters of the body axes",
    )


def changed(a: Atoms, b: Atoms) -> list[str]:
    """Names of the arrays of quaternions and diameters in which two frames differ."""
    return [name for name in ALL_NAMES if _differs(a.arrays.get(name), b.arrays.get(name))]


def moved(a: Atoms, b: Atoms) -> bool:
    """Whether positions, species, cells or periods of two frames differ, or what else results of calculators depend on in ASE."""
    if not (np.array_equal(a.cell.array, b.cell.array) and np.array_equal(a.pbc, b.pbc)):
        return True
    return any(_differs(a.arrays.get(name), b.arrays.get(name)) for name in _ASE_NAMES)


def _differs(mine: Any, theirs: Any) -> bool:
    if mine is None or theirs is None:
        return mine is not theirs
    return not np.array_equal(mine, theirs)


def same_bodies(a: Atoms, b: Atoms) -> bool:
    """Whether orientations and diameters agree as far as both frames have them, under any names; q and -q are one orientation."""
    if not changed(a, b):  # nearly always, and much quicker
        return True
    has_q, has_sizes = (all(_has(x, kind) for x in (a, b)) for kind in (rotations, diameters))
    if has_q and not ((rotations(a).inv() * rotations(b)).magnitude() <= _SAME).all():
        return False
    return not has_sizes or np.allclose(diameters(a), diameters(b), rtol=_SAME, atol=0)


def turned_or_resized(atoms: Atoms) -> bool:
    """Whether the results of the atoms' calculator are of other orientations or diameters."""
    of_results = getattr(atoms.calc, "atoms", None)
    return isinstance(of_results, Atoms) and not same_bodies(of_results, atoms)


def _has(atoms: Atoms, kind: Any) -> bool:
    try:
        kind(atoms)
    except ValueError:
        return False
    return True


def with_diameters(atoms: Atoms, values: np.ndarray) -> Atoms:
    """Copy whose only diameters are `values` [n, 3], in the array c_diameter."""
    out = atoms.copy()
    for name in (*DIAMETER_COLUMNS[0], *DIAMETER_COLUMNS[1], *DIAMETERS):
        out.arrays.pop(name, None)
    out.arrays["c_diameter"] = np.array(values, dtype=float)
    return out


def frames_with_diameters(frames: Iterable[Atoms], diameters: list[float] | None) -> Iterator[Atoms]:
    """The frames, whose particles have the diameters [3] where there are any, in the columns c_diameter[1] ..."""
    for atoms in frames:
        if diameters is not None:
            for k, d in enumerate(diameters, start=1):
                atoms.arrays.pop(f"c_diameter{k}", None)  # the same column as extended XYZ spells it
                atoms.set_array(f"c_diameter[{k}]", np.full(len(atoms), d))
            if atoms.calc is not None:
                atoms.calc.atoms = atoms.copy()  # the file's labels are those of bodies of this size
        yield atoms


def torques(atoms: Atoms) -> np.ndarray:
    """Torques [n, 3] in the space frame, from the calculator of the atoms.

    Raises
    ------
    RuntimeError
        For atoms without a calculator.
    PropertyNotImplementedError
        For a calculator that has no torques.
    """
    calculator: Any = atoms.calc
    if calculator is None:
        raise RuntimeError(message("atoms", "no calculator", "a calculator with the property 'torques'"))
    if "torques" not in getattr(calculator, "implemented_properties", ()):
        raise PropertyNotImplementedError(
            message("calculator", type(calculator).__name__, "one with the property 'torques'")
        )
    return calculator.get_property("torques", atoms)
