# SPDX-License-Identifier: MIT
"""Terms that the point groups of two bodies allow (detail/symmetric_pair.hpp)."""

import numpy as np

from .... import _core


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


def terms_of(functions: np.ndarray, n_powers: int) -> np.ndarray:
    """Terms [n * n_powers, 6] of each function with each power, powers fastest."""
    powers = np.tile(np.arange(n_powers, dtype=np.int32), len(functions))
    return np.column_stack([powers, np.repeat(functions, n_powers, axis=0)])


def _orders(most: int, sines: bool) -> list[int]:
    return [*range(most + 1), *(range(-1, -most - 1, -1) if sines else [])]
