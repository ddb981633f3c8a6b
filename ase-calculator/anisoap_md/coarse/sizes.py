# SPDX-License-Identifier: MIT
"""Full diameters of the ellipsoid that stands for a body."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from ase.data.vdw import vdw_radii

from .. import _core
from ..common.checks import real
from ..common.errors import ArgumentError
from .bodies import BodyKind
from .orientation import Reference

WAYS = ("vdw", "gyration", "inertia")
_THINNEST = 0.1  # of the largest diameter of a shape that stands for moments of inertia


def diameters_of(kind: BodyKind, reference: Reference, given: Any) -> np.ndarray:
    """Diameters [3] along the body axes; those of axes with equal moments of inertia are averaged.

    Parameters
    ----------
    kind : BodyKind
    reference : Reference
    given : {'vdw', 'gyration', 'inertia'}, sequence of three lengths, or mapping of a body's name or symbol to either
        vdw: the smallest box along the body axes that holds the van der Waals spheres (radii of Bondi, ``ase.data.vdw``).
        gyration, inertia: the solid ellipsoid with the radii of gyration of the atoms, all alike, or with the moments of
        inertia of their masses.

    Raises
    ------
    ArgumentError
        For an unknown way, for elements without a radius, and for a diameter of 0, as planar bodies have it except with vdw.
    """
    if isinstance(given, Mapping):
        name = next((name for name in (kind.name, kind.symbol) if name in given), None)
        if name is None:
            raise ArgumentError(
                "diameters", f"none for the body '{kind.name}'", f"diameters={{'{kind.name}': ...}}"
            )
        given = given[name]
    if not isinstance(given, str):
        return _given(given)
    if given not in WAYS:
        hint = _core.suggestion(given, list(WAYS))
        raise ArgumentError("diameters", f"'{given}'", f"{', '.join(WAYS)} or three lengths", hint)
    if given == "vdw":
        return _averaged(_of_spheres(kind, reference), reference)
    squares = _squares(reference.masses if given == "inertia" else np.ones(len(reference.masses)), reference)
    if not squares.min() > 1e-6 * squares.max() or not squares.max() > 0:
        got = f"'{given}' for the flat, linear or single body '{kind.name}', which gives a diameter of 0"
        raise ArgumentError("diameters", got, "'vdw' or three lengths > 0")
    return _averaged(np.sqrt(squares), reference)


def shape_of_moments(reference: Reference) -> np.ndarray:
    """Diameters [3] of the solid ellipsoid with the body's mass and moments of inertia, none below a tenth of the largest.

    The limit acts on planar and linear bodies, whose ellipsoids have no extent along some axis, and on points.
    """
    diameters = np.sqrt(np.maximum(_squares(reference.masses, reference), 0.0))
    if not diameters.max() > 0:
        return np.ones(3)
    return _averaged(np.maximum(diameters, _THINNEST * diameters.max()), reference)


def _given(values: Any) -> np.ndarray:
    try:
        lengths = [real("diameters", value) for value in values]
    except TypeError as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError("diameters", repr(values), f"{', '.join(WAYS)} or three lengths") from None
    if len(lengths) != 3 or not all(np.isfinite(d) and d > 0 for d in lengths):
        raise ArgumentError("diameters", lengths, "three finite lengths > 0")
    return np.array(lengths)


def _averaged(diameters: np.ndarray, reference: Reference) -> np.ndarray:
    out = diameters.copy()
    if reference.equal:
        out[list(reference.equal)] = diameters[list(reference.equal)].mean()
    return out


def _of_spheres(kind: BodyKind, reference: Reference) -> np.ndarray:
    numbers = np.minimum(kind.numbers, len(vdw_radii) - 1)
    radii = np.where(kind.numbers > 0, vdw_radii[numbers], np.nan)
    if np.isnan(radii).any():
        got = f"'vdw' for the body '{kind.name}' with atoms that have no van der Waals radius"
        raise ArgumentError("diameters", got, "three lengths, or type_names={...} for types without elements")
    x = reference.positions
    return (x + radii[:, None]).max(axis=0) - (x - radii[:, None]).min(axis=0)


def _squares(weights: np.ndarray, reference: Reference) -> np.ndarray:
    """Of the diameters of a solid ellipsoid: <x^2> = d^2 / 20."""
    centred = reference.positions - weights @ reference.positions / weights.sum()
    return 20 * (weights @ centred**2) / weights.sum()
