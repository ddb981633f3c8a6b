# SPDX-License-Identifier: MIT
"""Site rows: what the energy of a particle is linear in."""

from collections.abc import Iterator, Sequence
from itertools import repeat

import numpy as np
from ase import Atoms

from ... import _core
from ...data.environments import Environments


class SiteRows:
    """Rows of the particles of each species of a model: scaled features, then halves of the terms of its pairs' polynomials.

    Attributes
    ----------
    n_features : list of int
        Columns that are features, of each species.
    weights : list of numpy.ndarray
        [n_columns] of each species: the energy of a particle is its row times these, but for an offset.
    """

    def __init__(self, model: _core.Model, environments: Environments) -> None:
        self._environments, self._two_body = environments, model.two_body
        self._local, pairs = model.local, model.two_body.pairs
        self._pairs_with = [
            [k for k, pair in enumerate(pairs) if s in pair.species] for s in range(len(model.local))
        ]
        self.n_features = [len(one.weights) for one in model.local]
        of_pairs = [np.empty(0) if pair.polynomial is None else pair.polynomial.weights for pair in pairs]
        self.weights = [
            np.concatenate([one.weights, *(of_pairs[k] for k in mine)])
            for one, mine in zip(model.local, self._pairs_with, strict=True)
        ]

    def of(self, frames: Sequence[Atoms]) -> Iterator[list[np.ndarray]]:
        """Rows [n_s, n_columns] of the particles of each species, frame by frame."""
        nothing = repeat(np.empty((0, 0)))
        features = self._environments.features_of(frames) if any(self.n_features) else nothing
        for atoms, of_frame in zip(frames, features, strict=False):
            species, terms = self._environments.species_of(atoms), self._terms(atoms)
            yield [self._rows(s, species == s, of_frame, terms) for s in range(len(self._local))]

    def _terms(self, atoms: Atoms) -> list[np.ndarray]:
        """[n, n_terms] of each pair of species."""
        if not self._two_body.pairs:
            return []
        known = self._environments
        found = _core.pair_term_rows(
            self._two_body, atoms, known.species, known.num_threads, derivatives=False
        )
        return [of_pair["energies"] for of_pair in found]

    def _rows(
        self, s: int, mine: np.ndarray, features: np.ndarray, terms: Sequence[np.ndarray]
    ) -> np.ndarray:
        one = self._local[s]
        own = (features[mine] - one.shift) * one.scale if self.n_features[s] else np.empty((mine.sum(), 0))
        return np.concatenate([own, *(terms[k][mine] for k in self._pairs_with[s])], axis=1)
