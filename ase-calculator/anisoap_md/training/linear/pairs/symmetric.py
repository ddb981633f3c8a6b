# SPDX-License-Identifier: MIT
"""Expansions for bodies of any point group."""

from collections.abc import Sequence
from copy import copy

import numpy as np

from .... import _core
from ....common.errors import ArgumentError
from ....data.species_pairs import empty_two_body
from ...problem import Problem
from ..options import SymmetricOptions
from .candidates import functions_of, n_functions, terms_of
from .design import MOST_WEIGHTS, PairDesign
from .groups import body_name, groups_of

_SYMMETRIES: "dict[str, _core.Symmetry]" = {"sphere": "sphere", "z": "uniaxial", "biaxial": "biaxial"}
_USUAL_RANK, _USUAL_WEIGHTS = 8, 1500  # of one pair of species, where no rank is given


class SymmetricDesign(PairDesign):
    """Columns of the expansions of all pairs of species that meet in some frames: all terms up to a rank of the tensors.

    Without a rank each pair of species gets the largest one up to 8 that makes at most 1,500 terms.
    """

    has_variance = False

    def __init__(self, problem: Problem, options: SymmetricOptions) -> None:
        frames, species = problem.data.frames, problem.species
        groups = groups_of(frames, species, options.bodies)
        names = [body_name(g) for g in groups]
        term = empty_two_body(frames, species, options.cutoff, options.width, {})
        term.species = [
            _core.TwoBodySpecies(_SYMMETRIES[name], 2, g.name) for name, g in zip(names, groups, strict=True)
        ]
        super().__init__(problem, term)
        self.n_powers = len(options.powers) + len(options.distance_powers)
        pairs = self.two_body.pairs
        of_pairs = [(groups[a], groups[b], a == b) for a, b in (pair.species for pair in pairs)]
        ranks = [self._rank(*pair, options.max_degree) for pair in of_pairs]
        self._require_memory(sum(n_functions(*pair, n) for pair, n in zip(of_pairs, ranks, strict=True)))
        for pair, of, rank in zip(pairs, of_pairs, ranks, strict=True):
            functions = functions_of(*of, rank)
            pair.symmetric = _core.SymmetricExpansion(
                list(options.powers), list(options.distance_powers), terms_of(functions, self.n_powers)
            )
        self.two_body.pairs = pairs
        self._keep_met(problem.data, self.n_powers)
        self._keep([s > 0 for s in self._scale])

    def _rank(self, first: _core.PointGroup, second: _core.PointGroup, alike: bool, given: int | None) -> int:
        if given is not None:
            return given
        for rank in range(_USUAL_RANK, 0, -1):
            if n_functions(first, second, alike, rank) * self.n_powers <= _USUAL_WEIGHTS:
                return rank
        return 0

    def _require_memory(self, n_functions: int) -> None:
        n = n_functions * self.n_powers
        if n > MOST_WEIGHTS:
            allowed = f"a lower one, or fewer powers: at most {MOST_WEIGHTS}"
            raise ArgumentError("max_degree", f"one that makes {n} terms", allowed)

    def terms(self, k: int) -> np.ndarray:
        """[n, 6] of pair number `k`, as `_core.SymmetricExpansion.terms`."""
        return _expansion(self.two_body.pairs[k]).terms

    def n_terms(self, k: int) -> int:
        return len(self.terms(k))

    def restricted(self, kept: Sequence[np.ndarray]) -> "SymmetricDesign":
        """With some of the terms: [n_terms] True of each pair of species."""
        out = copy(self)
        out.two_body = _copy(self.two_body)
        out._keep(kept)
        return out

    def _keep(self, kept: Sequence[np.ndarray]) -> None:
        pairs = self.two_body.pairs
        for pair, chosen in zip(pairs, kept, strict=True):
            whole = _expansion(pair)
            pair.symmetric = _core.SymmetricExpansion(
                whole.gap_powers, whole.distance_powers, whole.terms[chosen]
            )
        self.two_body.pairs = pairs
        self._scale = [s[chosen] for s, chosen in zip(self._scale, kept, strict=True)]

    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        out, pairs = _copy(self.two_body), self.two_body.pairs
        for pair, w in zip(pairs, weights, strict=True):
            empty = _expansion(pair)
            pair.symmetric = _core.SymmetricExpansion(empty.gap_powers, empty.distance_powers, empty.terms, w)
        out.pairs = pairs
        return out


def _expansion(pair: _core.TwoBodyPair) -> _core.SymmetricExpansion:
    assert pair.symmetric is not None
    return pair.symmetric


def _copy(term: _core.TwoBody) -> _core.TwoBody:
    out = _core.TwoBody()
    out.cutoff, out.width, out.species, out.pairs = term.cutoff, term.width, term.species, term.pairs
    return out
