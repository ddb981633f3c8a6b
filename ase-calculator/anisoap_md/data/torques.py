# SPDX-License-Identifier: MIT
"""Torques that no model of uniaxial bodies carries: those about the axis. Torques of spheres are left to be seen as errors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..frames.bodies import quaternions_of, rotations_of
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
    if not len(data):
        return []
    torques = np.concatenate([_torques(labels) for labels in data.labels])
    numbers = np.concatenate([atoms.numbers for atoms in data.frames])
    turns = rotations_of(np.concatenate([quaternions_of(atoms) for atoms in data.frames]))
    out = np.zeros_like(torques)
    for number, body in zip(species, bodies, strict=True):
        chosen = np.flatnonzero(numbers == number)
        if body in _AXES and len(chosen):
            axes = turns[chosen].as_matrix()[:, :, _AXES.index(body)]
            out[chosen] = np.einsum("ki,ki->k", torques[chosen], axes)[:, None] * axes
    return np.split(out, np.cumsum([len(atoms) for atoms in data.frames[:-1]]))


def _torques(labels: Labels) -> np.ndarray:
    assert labels.torques is not None
    return labels.torques


def share_of(parts: Sequence[np.ndarray], data: Dataset) -> float:
    """Share of the squared torques; 0 where it is rounding of a file."""
    whole = sum(float((_torques(labels) ** 2).sum()) for labels in data.labels)
    part = sum(float((p**2).sum()) for p in parts)
    return part / whole if whole > 0 and part > _NONE * whole else 0.0


def without(data: Dataset, parts: Sequence[np.ndarray]) -> Dataset:
    """The same frames, less these parts of their torques."""
    left = [_less(labels, part) for labels, part in zip(data.labels, parts, strict=True)]
    return replace(data, labels=left)


def _less(labels: Labels, part: np.ndarray) -> Labels:
    return replace(labels, torques=_torques(labels) - part)
