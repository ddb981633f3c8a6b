# SPDX-License-Identifier: MIT
"""Columns of two-body terms, one block for each pair of species."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from ase import Atoms

from .... import _core
from ....data.dataset import Dataset
from ....data.species_pairs import keep_pairs
from ...problem import Problem

MOST_WEIGHTS = 5000  # of all pairs of species: squares of this many numbers are held
_ROUNDOFF = 1e-10  # size of a term, of that without orientations, below which its column is left out


class PairDesign(ABC):
    """Columns of the two-body terms of all pairs of species that meet in some frames."""

    has_variance = True  # whether uncertainties of the weights go into documents

    def __init__(self, problem: Problem, two_body: _core.TwoBody) -> None:
        self.species, self._threads = problem.species, problem.execution.num_threads
        self.two_body = two_body
        self._scale: list[np.ndarray] = []

    @abstractmethod
    def n_terms(self, k: int) -> int:
        """Weights of pair number `k` of the term."""

    @abstractmethod
    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        """The term with the weights of each pair of species."""

    def _keep_met(self, data: Dataset, powers: Sequence[np.ndarray]) -> None:
        """Leaves the pairs of species that meet.

        `powers` [n_terms] of each pair: number of each term's power; the first terms are those without orientations, with the
        powers 0, 1, ...
        """
        squares = [np.zeros(self.n_terms(k)) for k in range(len(self.two_body.pairs))]
        for atoms in data.frames:
            for total, found in zip(squares, self._rows(atoms, False), strict=True):
                total += (found["energies"] ** 2).sum(axis=0)
        count = sum(map(len, data.frames))
        scales = [_scale_of(np.sqrt(s / count), of) for s, of in zip(squares, powers, strict=True)]
        met = [k for k, s in enumerate(scales) if s.any()]
        keep_pairs(self.two_body, met, self.species)
        self._scale = [scales[k] for k in met]

    def _rows(self, atoms: Atoms, derivatives: bool) -> list[dict[str, np.ndarray]]:
        return _core.pair_term_rows(
            self.two_body, atoms, self.species, self._threads, derivatives=derivatives
        )

    @property
    def n_columns(self) -> int:
        return sum(len(s) for s in self._scale)

    def whitenings(self) -> list[np.ndarray]:
        """Of each pair of species, as `Design.whitening`."""
        return [np.diag(s)[:, s > 0] for s in self._scale]

    def pairs_with(self, species: int) -> list[int]:
        """Pairs of species with a species, in the order of pair_variance_rows."""
        return [k for k, pair in enumerate(self.two_body.pairs) if species in pair.species]

    def rows(self, atoms: Atoms, derivatives: bool) -> dict[str, np.ndarray]:
        """Rows [k, n_columns] of each target, as those of `frame_rows`; the virial is [3, 3, n_columns]."""
        parts = self._rows(atoms, derivatives)
        joined = parts[0]
        if len(parts) > 1:
            joined = {name: np.concatenate([p[name] for p in parts], axis=-1) for name in joined}
        out = {"energy": joined["energies"].sum(axis=0, keepdims=True)}
        if derivatives:
            out |= {name: joined[name].reshape(3 * len(atoms), -1) for name in ("forces", "torques")}
            out["virial"] = joined["virial"]
        return out


def _scale_of(size: np.ndarray, power: np.ndarray) -> np.ndarray:
    """1 / root mean square of the terms, 0 for those that are never more than roundoff."""
    return np.divide(1.0, size, out=np.zeros_like(size), where=size > _ROUNDOFF * size[power])
