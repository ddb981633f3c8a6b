# SPDX-License-Identifier: MIT
"""Torques that no model of uniaxial bodies carries: those about the axis. Torques of spheres are left to be seen as errors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from ase import Atoms

from ..frames.bodies import rotations
from .dataset import Dataset, Labels

_AXES = "xyz"
_NONE = 1e-10  # share of the squared torques that files leave by rounding


def beyond_reach(data: Dataset, species: Sequence[int], bodies: Sequence[str]) -> list[np.ndarray]:
    """The part [n, 3] of each frame's torques that the bodies cannot carry.

    Parameters
    ----------
    data : Dataset
        With torques.
    species : sequence of int
        Atomic numbers.
    bodies : sequence of str
        Of each species: 'x', 'y', 'z' (the axis of a uniaxial body), 'sphere' or 'biaxial', of which nothing is taken.
    """
    body_of = dict(zip(species, bodies, strict=True))
    return [
        _beyond(atoms, labels.torques, body_of)
        for atoms, labels in zip(data.frames, data.labels, strict=True)
        if labels.torques is not None
    ]


def _beyond(atoms: Atoms, torques: np.ndarray, body_of: dict[int, str]) -> np.ndarray:
    out = np.zeros_like(torques)
    for number, body in body_of.items():
        chosen = np.flatnonzero(atoms.numbers == number)
        if body in _AXES and len(chosen):
            axes = rotations(atoms[chosen]).as_matrix()[:, :, _AXES.index(body)]
            out[chosen] = np.einsum("ki,ki->k", torques[chosen], axes)[:, None] * axes
    return out


def share_of(parts: Sequence[np.ndarray], data: Dataset) -> float:
    """Share of the squared torques; 0 where it is rounding of a file."""
    whole = sum(float((x.torques**2).sum()) for x in data.labels if x.torques is not None)
    part = sum(float((p**2).sum()) for p in parts)
    return part / whole if whole > 0 and part > _NONE * whole else 0.0


def without(data: Dataset, parts: Sequence[np.ndarray]) -> Dataset:
    """The same frames, less these parts of their torques."""
    left = [_less(labels, part) for labels, part in zip(data.labels, parts, strict=True)]
    return replace(data, labels=left)


def _less(labels: Labels, part: np.ndarray) -> Labels:
    assert labels.torques is not None
    return replace(labels, torques=labels.torques - part)
