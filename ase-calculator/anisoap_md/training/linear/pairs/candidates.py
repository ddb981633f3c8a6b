# SPDX-License-Identifier: MIT
"""Terms that the point groups of two bodies allow (detail/symmetric_pair.hpp)."""

import numpy as np

from .... import _core

_LOW_RANK, _FEW = (
    4,
    10,
)  # sum of the ranks of functions that have more powers, and how many of these there are at most


def functions_of(first: _core.PointGroup, second: _core.PointGroup, alike: bool, rank: int) -> np.ndarray:
    """Functions S [n, 5] of tensors up to a rank: rank and number of either tensor, m; that without orientations comes first."""
    tensors = [[(l, n) for l in range(rank + 1) for n in range(len(g.tensors(l)))] for g in (first, second)]
    sines = first.is_chiral or second.is_chiral
    rows = [
        (*a, *b, m)
        for a in tensors[0]
        for b in tensors[1]
        if not alike or a <= b
        for m in _orders(min(a[0], b[0]), sines)
    ]
    return np.array(rows, dtype=np.int32)


def n_functions(first: _core.PointGroup, second: _core.PointGroup, alike: bool, rank: int) -> int:
    """How many there are, without a list of them: at rank 24 there may be millions."""
    counts = [np.array([len(g.tensors(l)) for l in range(rank + 1)]) for g in (first, second)]
    sines = first.is_chiral or second.is_chiral
    orders = np.array([len(_orders(m, sines)) for m in range(rank + 1)])
    pairs = np.outer(*counts)  # of tensors, by their ranks
    if alike:
        pairs = np.triu(pairs, 1) + np.diag(counts[0] * (counts[0] + 1) // 2)
    ranks = np.arange(rank + 1)
    return int((pairs * orders[np.minimum.outer(ranks, ranks)]).sum())


def of_low_rank(functions: np.ndarray) -> np.ndarray:
    """True [n] for the functions whose ranks add up to at most 4, or to less where these are more than 10."""
    total = functions[:, 0] + functions[:, 2]
    counts = np.cumsum(np.bincount(total, minlength=_LOW_RANK + 1)[: _LOW_RANK + 1])
    return total <= np.flatnonzero(counts <= _FEW)[-1]


def terms_of(functions: np.ndarray, is_usual: np.ndarray) -> np.ndarray:
    """Terms [n, 6] of each function with its powers, powers fastest: the usual ones, functions of low ranks all.

    is_usual : numpy.ndarray
        [n_powers] True or False.
    """
    which, powers = np.nonzero(of_low_rank(functions)[:, None] | is_usual)
    return np.column_stack([powers.astype(np.int32), functions[which]])


def _orders(most: int, sines: bool) -> list[int]:
    return [*range(most + 1), *(range(-1, -most - 1, -1) if sines else [])]
