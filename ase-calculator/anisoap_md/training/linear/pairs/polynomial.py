# SPDX-License-Identifier: MIT
"""Two-body polynomials."""

from collections.abc import Sequence

import numpy as np

from .... import _core
from ....common.errors import ArgumentError
from ....data.species_pairs import empty_two_body
from ...problem import Problem
from ..options import PolynomialOptions
from .design import MOST_WEIGHTS, PairDesign

_USUAL_DEGREE, _USUAL_WEIGHTS = 12, 500  # of one pair of species, where no degree is given


class PolynomialDesign(PairDesign):
    """Columns of the polynomials of all pairs of species that meet in some frames.

    Without a degree each pair of species gets the largest one up to 12 that makes at most 500 weights: 12 for bodies of one axis,
    4 for three different axes (with the powers of `PolynomialOptions`).
    """

    def __init__(self, problem: Problem, options: PolynomialOptions) -> None:
        data, bodies = problem.data, options.bodies or {}
        term = empty_two_body(data.frames, problem.species, options.cutoff, options.width, bodies)
        super().__init__(problem, term)
        for k in range(len(self.two_body.pairs)):
            self._set_degree(k, options)
        self._require_memory()
        n_powers = len(options.powers)
        self._keep_met(data, [np.arange(self.n_terms(k)) % n_powers for k in range(len(self.two_body.pairs))])

    def n_terms(self, k: int) -> int:
        return self.two_body.n_terms(k)

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
        if n > MOST_WEIGHTS:
            degrees = [pair.polynomial.degree for pair in self.two_body.pairs if pair.polynomial]
            text = f"{max(degrees)}, which makes {n} weights or more"
            raise ArgumentError("degree", text, f"a lower one, or fewer powers: at most {MOST_WEIGHTS}")

    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        pairs = self.two_body.pairs
        for pair, w in zip(pairs, weights, strict=True):
            empty = pair.polynomial
            assert empty is not None
            pair.polynomial = _core.PairPolynomial(empty.powers, empty.degree, w)
        out = self.two_body
        out.pairs = pairs
        return out
