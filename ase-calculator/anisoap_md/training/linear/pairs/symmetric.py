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
from .candidates import functions_of, n_functions, of_low_rank, terms_of
from .design import MOST_WEIGHTS, PairDesign
from .groups import body_name, groups_of

_SYMMETRIES: "dict[str, _core.Symmetry]" = {"sphere": "sphere", "z": "uniaxial", "biaxial": "biaxial"}
_USUAL_RANK, _USUAL_WEIGHTS = 8, 1500  # of one pair of species, where no rank is given
_FIRST = 0.4  # of a selection, most terms of low ranks that are taken before others


class SymmetricDesign(PairDesign):
    """Columns of the expansions of all pairs of species that meet in some frames: all terms up to a rank of the tensors.

    Without a rank each pair of species gets the largest one up to 8 that makes at most 1,500 terms. Functions of low ranks have
    more powers of the distance than others: the mean force between two bodies at each distance, which decides how far apart they
    are in a run, is right where the function without orientations can follow it.
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
        self._has_low_ranks, self._usual = len(options.low_rank_powers) > 0, tuple(options.distance_powers)
        distances = options.all_distance_powers
        is_usual = np.isin(distances, options.distance_powers)
        is_usual = np.concatenate([np.ones(len(options.powers), dtype=bool), is_usual])
        pairs = self.two_body.pairs
        of_pairs = [(groups[a], groups[b], a == b) for a, b in (pair.species for pair in pairs)]
        n_usual = int(is_usual.sum())
        ranks = [_rank(*pair, options.max_degree, n_usual) for pair in of_pairs]
        n_usual_terms = n_usual * sum(n_functions(*pair, n) for pair, n in zip(of_pairs, ranks, strict=True))
        _require_memory(n_usual_terms)
        terms = [
            terms_of(functions_of(*of, rank), is_usual) for of, rank in zip(of_pairs, ranks, strict=True)
        ]
        _require_memory(sum(map(len, terms)))
        for pair, of_pair in zip(pairs, terms, strict=True):
            pair.symmetric = _core.SymmetricExpansion(list(options.powers), distances, of_pair)
        self.two_body.pairs = pairs
        self._keep_met(problem.data, [of_pair[:, 0] for of_pair in terms])
        self._keep([s > 0 for s in self._scale])

    def terms(self, k: int) -> np.ndarray:
        """[n, 6] of pair number `k`, as `_core.SymmetricExpansion.terms`."""
        return _expansion(self.two_body.pairs[k]).terms

    def n_terms(self, k: int) -> int:
        return len(self.terms(k))

    def first_terms(self, k: int, most: int) -> np.ndarray:
        """Numbers of the terms of pair number `k` that a selection of `most` takes before others, in order.

        Those without orientations, and where functions of low ranks have powers of their own also theirs, up to two fifths of
        `most`; more of those alone that are without orientations and have the powers of all functions.
        """
        terms = self.terms(k)
        total = terms[:, 1] + terms[:, 3]
        alone = np.flatnonzero(total == 0)
        if not self._has_low_ranks:
            return alone
        size = int(_FIRST * most)
        if size < len(alone):
            whole = _expansion(self.two_body.pairs[k])
            is_usual = [True] * len(whole.gap_powers) + [p in self._usual for p in whole.distance_powers]
            usual = np.array(is_usual)[terms[alone, 0]]
            return np.concatenate([alone[usual], alone[~usual]])[: max(int(usual.sum()), size)]
        functions, which = np.unique(terms[:, 1:], axis=0, return_inverse=True)
        low = np.flatnonzero(of_low_rank(functions)[which.ravel()])
        low = low[np.argsort(total[low], kind="stable")]
        return low[:size]

    def restricted(self, kept: Sequence[np.ndarray]) -> "SymmetricDesign":
        """With some of the terms: [n_terms] True of each pair of species."""
        out = copy(self)
        out.two_body = _copy(self.two_body)
        out._keep(kept)
        return out

    def _keep(self, kept: Sequence[np.ndarray]) -> None:
        pairs = self.two_body.pairs
        for pair, chosen in zip(pairs, kept, strict=True):
            pair.symmetric = _with_terms(_expansion(pair), chosen)
        self.two_body.pairs = pairs
        self._scale = [s[chosen] for s, chosen in zip(self._scale, kept, strict=True)]

    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        out, pairs = _copy(self.two_body), self.two_body.pairs
        for pair, w in zip(pairs, weights, strict=True):
            empty = _expansion(pair)
            pair.symmetric = _core.SymmetricExpansion(empty.gap_powers, empty.distance_powers, empty.terms, w)
        out.pairs = pairs
        return out


def _rank(
    first: _core.PointGroup, second: _core.PointGroup, alike: bool, given: int | None, n_powers: int
) -> int:
    if given is not None:
        return given
    for rank in range(_USUAL_RANK, 0, -1):
        if n_functions(first, second, alike, rank) * n_powers <= _USUAL_WEIGHTS:
            return rank
    return 0


def _require_memory(n_terms: int) -> None:
    if n_terms > MOST_WEIGHTS:
        allowed = f"a lower one, or fewer powers: at most {MOST_WEIGHTS}"
        raise ArgumentError("max_degree", f"one that makes {n_terms} terms", allowed)


def _expansion(pair: _core.TwoBodyPair) -> _core.SymmetricExpansion:
    assert pair.symmetric is not None
    return pair.symmetric


def _with_terms(whole: _core.SymmetricExpansion, chosen: np.ndarray) -> _core.SymmetricExpansion:
    """Without the powers that no term is left of."""
    terms, n_gap = whole.terms[chosen], len(whole.gap_powers)
    powers = np.array([*whole.gap_powers, *whole.distance_powers])
    used, terms[:, 0] = np.unique(terms[:, 0], return_inverse=True)
    gaps, distances = powers[used[used < n_gap]], powers[used[used >= n_gap]]
    return _core.SymmetricExpansion(gaps.tolist(), distances.tolist(), terms)


def _copy(term: _core.TwoBody) -> _core.TwoBody:
    out = _core.TwoBody()
    out.cutoff, out.width, out.species, out.pairs = term.cutoff, term.width, term.species, term.pairs
    return out
