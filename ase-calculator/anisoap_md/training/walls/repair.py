# SPDX-License-Identifier: MIT
"""The nearest weights of polynomials whose energy, closer than any label, does not turn down."""

from collections.abc import Sequence

import numpy as np

from ...common.errors import ArgumentError
from .angles import Approaches
from .holes import Wall, inequalities
from .least_distance import least_distance

_FEW, _MANY = 1000, 16000  # approaches of a pair of species in a round: at first, and in the last one
_CLEAN = 3  # last rounds without a violation, one after another
_MORE = 4  # times as many after a round without a violation
_ADDED = 150  # inequalities of each round and pair of species
_ROUNDS = 100
_NEAR = 0.5  # of an inequality's side: those that are satisfied by more are left out of the next round


def repaired(
    walls: Sequence[Wall],
    weights: Sequence[np.ndarray],
    roots: Sequence[np.ndarray],
    seed: int,
    most: float = np.inf,
) -> np.ndarray:
    """The shortest v with which none of the last random approaches turns down; 0 where none did.

    The last are `_CLEAN` rounds of `_MANY` fresh approaches of each pair of species, 48,000 of a pair; others may turn down.
    Weights of each pair of species are `weights` + `roots` v. Inequalities of the worst approaches among fresh ones are added
    round by round, and those that do not bind are dropped.

    Raises
    ------
    ArgumentError
        Where the rounds do not end, or |v|^2 is above `most`.
    """
    generator = np.random.default_rng(seed)
    width = roots[0].shape[1]
    a, b, v = np.empty((0, width)), np.empty(0), np.zeros(width)
    n, clean = _FEW, 0
    for _ in range(_ROUNDS):
        found = [
            _violated(wall, wall.approaches(n, generator), w, root, v)
            for wall, w, root in zip(walls, weights, roots, strict=True)
        ]
        rows, sides = (np.concatenate(part) for part in zip(*found, strict=True))
        if not len(rows):
            clean += n == _MANY
            n = min(_MORE * n, _MANY)
            if clean == _CLEAN:
                return v
            continue
        clean = 0
        a, b = np.concatenate([a, rows]), np.concatenate([b, sides])
        try:
            v, multipliers = least_distance(a, b)
        except (ValueError, RuntimeError) as error:  # none exists, or nnls does not end
            raise contradicted(f"and {error}") from None
        if v @ v > most:
            raise contradicted("which would raise the loss of the fit more than errors may rise")
        kept = (multipliers > 0) | (a @ v < b + _NEAR * np.abs(b))
        a, b = a[kept], b[kept]
    raise contradicted(f"and approaches that turn down after {_ROUNDS} rounds")


def contradicted(text: str) -> ArgumentError:
    """Of a repair that the labels, or the form of the polynomial, do not allow."""
    allowed = "powers that hold a wall (such as 1 2 3 6 9), labels at closer contacts, or walls 'off'"
    return ArgumentError("walls", f"'repair', {text}", allowed)


def _violated(
    wall: Wall, approaches: Approaches, weights: np.ndarray, root: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inequalities a v >= b that approaches violate most, by how far v is from satisfying them."""
    now = weights + root @ v
    rows, sides = inequalities(wall, approaches, wall.holes(now, approaches))
    a, b = rows @ root, sides - rows @ weights
    distance = (b - a @ v) / np.linalg.norm(a, axis=1)
    worst = np.argsort(-distance)[:_ADDED]
    return a[worst], b[worst]
