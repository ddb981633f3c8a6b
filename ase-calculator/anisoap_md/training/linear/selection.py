# SPDX-License-Identifier: MIT
"""Which terms of expansions are worth a weight: greedy steps on the normal equations.

Each step takes the term that lowers the squared error of all labels most beside those taken before, by a Cholesky decomposition
that grows with them (orthogonal least squares; S. Chen et al., Int. J. Control 50, 1873 (1989)), for the time that a run spends
on it: one more power of a function of orientations costs little.
"""

import warnings
from collections.abc import Sequence

import numpy as np

from ...common.errors import ArgumentError, message
from ..problem import Problem
from ..walls.options import OFF, WallOptions
from ..walls.outcome import Walls
from . import passes
from .pairs.symmetric import SymmetricDesign
from .regression import one_thread, repaired_weights, solved
from .rows import Isolated, LinearSystem, NoDesign
from .solver import Accumulator, Solver

_APPROACHES = 2000  # of each pair of species, whose energies are looked at
_NEW = 1e-6  # part of a column that the ones before do not span, below which it is not taken
_FUNCTION = 3.0  # time of a function of orientations beside that of one more power of it


@one_thread
def selected(
    problem: Problem, design: SymmetricDesign, most: int | None, walls: WallOptions | None = None
) -> SymmetricDesign:
    """At most so many terms of each pair of species, as if there were no many-body term; None for all.

    Where walls are to be repaired, energies closer than all labels count beside these: those of all terms, repaired. Terms that
    are chosen by labels alone may hold no wall.
    """
    counts = [design.n_terms(k) for k in range(len(design.two_body.pairs))]
    if most is None or max(counts) <= most:
        return design
    none = [NoDesign() for _ in problem.species]
    system = LinearSystem(problem.environments, none, design, Isolated.of(problem, none))
    rows = passes.accumulate(system, problem.data, show=problem.execution.progress)[0]
    solver = Solver(none, False, design)
    x, y = solver.without_offsets(rows.factor(problem.row_factors)[0])
    gram, moment = x.T @ x, x.T @ y
    if walls is not None and walls.walls != OFF:
        size = float(np.linalg.norm(y))
        _add_ascents(gram, moment, size, solver, rows, Walls(design.two_body, problem, walls), problem)
    owner = np.repeat(np.arange(len(counts)), counts)
    terms = np.concatenate([design.terms(k) for k in range(len(counts))])
    function = np.unique(np.column_stack([owner, terms[:, 1:]]), axis=0, return_inverse=True)[1].ravel()
    starts = np.cumsum([0, *counts])
    first = np.concatenate([starts[k] + design.first_terms(k, most) for k in range(len(counts))])
    chosen = greedy(gram, moment, owner, function, first, most)
    return design.restricted(np.split(chosen, starts[1:-1]))


def _add_ascents(
    gram: np.ndarray,
    moment: np.ndarray,
    size: float,
    solver: Solver,
    rows: Accumulator,
    walls: Walls,
    problem: Problem,
) -> None:
    """Beside labels of the norm `size`, energies of repaired walls with as much to say as one target; none where all terms hold
    none. Pairs of species have columns of their own: their blocks are made one by one."""
    factors = problem.row_factors
    whole = solved(solver, rows, factors, "evidence")
    try:
        weights = repaired_weights(walls, solver, rows, factors, whole).pair_weights
    except ArgumentError as error:
        _warn_of_labels_alone(error)
        return
    blocks = []
    for (of_walls, energies), whitening in zip(
        walls.ascents(weights, _APPROACHES), solver.whitenings_of_pairs, strict=True
    ):
        whitened = of_walls @ whitening
        blocks.append((whitened.T @ whitened, whitened.T @ energies, float(energies @ energies)))
    squares = sum(square for _, _, square in blocks)
    say = size**2 / sum(w > 0 for w in problem.weights.values()) / squares if squares else 0.0
    first = 0
    for of_pair, side, _ in blocks:
        part = slice(first, first + len(side))
        gram[part, part] += say * of_pair
        moment[part] += say * side
        first = part.stop


def _warn_of_labels_alone(error: ArgumentError) -> None:
    expected = "walls that all terms hold; those that are fitted are chosen by labels alone"
    warnings.warn(message("choice of terms: walls", error.got, expected), stacklevel=2)


def greedy(
    gram: np.ndarray,
    moment: np.ndarray,
    owner: np.ndarray,
    function: np.ndarray,
    first: Sequence[int] | np.ndarray,
    most: int,
) -> np.ndarray:
    """Columns [n] that are taken: `first`, and then the best ones for their time, at most so many of each owner.

    Parameters
    ----------
    gram, moment : numpy.ndarray
        X^T X [n, n] and X^T y [n].
    owner, function : numpy.ndarray
        [n] numbers from 0; the second: of the function of orientations.
    """
    unit = 1 / np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    gram, left = gram * unit[:, None] * unit, moment * unit
    new = np.ones(len(left))
    taken, counts = np.zeros(len(left), dtype=bool), np.zeros(owner.max() + 1, dtype=int)
    time = np.full(len(left), 1 + _FUNCTION)
    rows = np.empty((min(len(left), most * len(counts)), len(left)))
    waiting = list(first)
    for k in range(len(rows)):
        allowed = ~taken & (counts[owner] < most) & (new > _NEW)
        waiting = [j for j in waiting if allowed[j]]
        if not allowed.any():
            break
        j = (
            waiting[0]
            if waiting
            else int(np.argmax(np.where(allowed, left**2 / (np.maximum(new, _NEW) * time), -1.0)))
        )
        size = np.sqrt(new[j])
        rows[k] = (gram[j] - rows[:k, j] @ rows[:k]) / size
        left = left - left[j] / size * rows[k]
        new = new - rows[k] ** 2
        taken[j] = True
        time[function == function[j]] = 1
        counts[owner[j]] += 1
    return taken
