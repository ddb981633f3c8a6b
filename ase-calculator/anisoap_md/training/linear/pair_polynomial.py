# SPDX-License-Identifier: MIT
"""Two-body polynomials: columns of a linear fit, one block for each pair of species."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms

from ... import _core
from ...common.errors import ArgumentError
from ...data.dataset import Dataset
from ...data.species_pairs import empty_two_body, keep_pairs
from ..problem import Problem
from .options import PolynomialOptions

_USUAL_DEGREE, _USUAL_WEIGHTS = 12, 500  # of one pair of species, where no degree is given
_MOST_WEIGHTS = 5000  # of all pairs of species: squares of this many numbers are held
_ROUNDOFF = 1e-10  # size of a term, of that of the constant monomial, below which its column is left out


class PairDesign:
    """Columns of the polynomials of all pairs of species that meet in some frames.

    Without a degree each pair of species gets the largest one up to 12 that makes at most 500 weights: 12 for bodies of one axis,
    4 for three different axes (with the powers of `PolynomialOptions`).
    """

    def __init__(self, problem: Problem, options: PolynomialOptions) -> None:
        data, species = problem.data, problem.species
        self.species, self._threads = species, problem.execution.num_threads
        self.two_body = empty_two_body(
            data.frames, species, options.cutoff, options.width, options.bodies or {}
        )
        for k in range(len(self.two_body.pairs)):
            self._set_degree(k, options)
        self._require_memory()
        scales = self._scales(data)
        met = [k for k, s in enumerate(scales) if s.any()]
        keep_pairs(self.two_body, met, species)
        self._scale = [scales[k] for k in met]

    def _set_degree(self, k: int, options: PolynomialOptions) -> None:
        given = options.degree
        for degree in range(_USUAL_DEGREE, -1, -1) if given is None else [given]:
            pairs = self.two_body.pairs
            pairs[k].polynomial = _core.PairPolynomial(list(options.powers), degree)
            self.two_body.pairs = pairs
            if self.two_body.n_terms(k) <= _USUAL_WEIGHTS:
                return

    def _require_memory(self) -> None:
        n = sum(self.two_body.n_terms(k) for k in range(len(self.two_body.pairs)))
        if n > _MOST_WEIGHTS:
            degrees = [pair.polynomial.degree for pair in self.two_body.pairs if pair.polynomial]
            text = f"{max(degrees)}, which makes {n} weights or more"
            raise ArgumentError("degree", text, f"a lower one, or fewer powers: at most {_MOST_WEIGHTS}")

    def _scales(self, data: Dataset) -> list[np.ndarray]:
        """1 / root mean square of the terms of each pair of species, 0 for those that are never more than roundoff."""
        squares = [np.zeros(self.two_body.n_terms(k)) for k in range(len(self.two_body.pairs))]
        for atoms in data.frames:
            for total, found in zip(squares, self._rows(atoms, False), strict=True):
                total += (found["energies"] ** 2).sum(axis=0)
        count = sum(map(len, data.frames))
        return [self._scale_of(k, np.sqrt(s / count)) for k, s in enumerate(squares)]

    def _scale_of(self, k: int, size: np.ndarray) -> np.ndarray:
        polynomial = self.two_body.pairs[k].polynomial
        assert polynomial is not None
        n_powers = len(polynomial.powers)
        constant = size[:n_powers]  # the first monomial is 1
        least = np.tile(_ROUNDOFF * constant, len(size) // n_powers)
        return np.divide(1.0, size, out=np.zeros_like(size), where=size > least)

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
        joined = {name: np.concatenate([p[name] for p in parts], axis=-1) for name in parts[0]}
        out = {"energy": joined["energies"].sum(axis=0, keepdims=True)}
        if derivatives:
            out |= {name: joined[name].reshape(3 * len(atoms), -1) for name in ("forces", "torques")}
            out["virial"] = joined["virial"]
        return out

    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        """The term with the weights of each pair of species."""
        pairs = self.two_body.pairs
        for pair, w in zip(pairs, weights, strict=True):
            empty = pair.polynomial
            assert empty is not None
            pair.polynomial = _core.PairPolynomial(empty.powers, empty.degree, w)
        out = self.two_body
        out.pairs = pairs
        return out
