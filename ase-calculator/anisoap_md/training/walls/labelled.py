# SPDX-License-Identifier: MIT
"""How close bodies of each orientation come in labelled frames."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms
from scipy.spatial import KDTree

from ... import _core
from .angles import RADIAL, telling_term
from .approaches import OVERLAP

_CLOSE = 0.7  # u of pairs that count as near each other
_FEW, _MANY = 1000, 50000  # pairs that are kept at least, where there are as many, and at most
_ALIKE = 32  # pairs of most similar orientation, the closest of which counts


class LabelledPairs:
    """Pairs of one pair of species in labelled frames.

    Parameters
    ----------
    inputs : numpy.ndarray
        [P, n_inputs] invariants, as ``_core.two_body_inputs`` has them.
    seed : int
        Of the choice among many.
    """

    def __init__(self, inputs: np.ndarray, seed: int = 0) -> None:
        order = np.argsort(-inputs[:, 2], kind="stable")
        n_close = max(int(np.count_nonzero(inputs[:, 2] > _CLOSE)), min(_FEW, len(order)))
        kept = order[:n_close]
        if n_close > _MANY:
            kept = np.random.default_rng(seed).permutation(kept)[:_MANY]
        self._u = inputs[kept, 2]
        angles = inputs[kept, RADIAL:]
        self._tree = KDTree(angles) if np.ptp(angles, axis=0).any() else None
        self.closest = float(inputs[order[0], 2])

    def closest_u(self, invariants: np.ndarray) -> np.ndarray:
        """[n] largest u among the labelled pairs of the most similar orientations."""
        if self._tree is None:
            return np.full(len(invariants), self.closest)
        _, near = self._tree.query(invariants, k=min(_ALIKE, len(self._u)))
        return self._u[near].reshape(len(invariants), -1).max(axis=1)

    def stay_apart(self, closest: np.ndarray) -> np.ndarray:
        """[n] whether labels that reach up to `closest` say nothing of full overlap."""
        return closest < OVERLAP


def labelled_pairs(
    term: _core.TwoBody, frames: Sequence[Atoms], species: Sequence[int], num_threads: int = 0
) -> list[LabelledPairs]:
    """Of each pair of species of a term."""
    inputs: list[list[np.ndarray]] = [[] for _ in term.pairs]
    telling = telling_term(term)
    for k, atoms in enumerate(frames):
        for rows, found in zip(
            inputs, _core.two_body_inputs(telling, atoms, species, num_threads, k), strict=True
        ):
            rows.append(found["inputs"][found["taper"] > 0])
    return [LabelledPairs(np.concatenate(rows)) for rows in inputs]
