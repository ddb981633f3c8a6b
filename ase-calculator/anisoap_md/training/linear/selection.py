# SPDX-License-Identifier: MIT
"""Which terms of expansions are worth a weight: greedy steps on the normal equations.

Each step takes the term that lowers the squared error of all labels most beside those taken before, by a Cholesky decomposition
that grows with them (orthogonal least squares; S. Chen et al., Int. J. Control 50, 1873 (1989)), for the time that a run spends
on it: one more power of a function of orientations costs little.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import block_diag

from ...common.errors import ArgumentError
from ..problem import Problem
from ..walls.options import OFF, WallOptions
from ..walls.outcome import Walls
from . import passes
from .pairs.symmetric import SymmetricDesign
from .regression import one_thread, repaired_weights
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
    if walls is not None and walls.walls != OFF:
        x, y = _with_ascents(x, y, solver, rows, Walls(design.two_body, problem, walls), problem)
    owner = np.repeat(np.arange(len(counts)), counts)
    terms = np.concatenate([design.terms(k) for k in range(len(counts))])
    function = np.unique(np.column_stack([owner, terms[:, 1:]]), axis=0, return_inverse=True)[1].ravel()
    chosen = greedy(x.T @ x, x.T @ y, owner, function, np.flatnonzero(_without_orientations(terms)), most)
    return design.restricted(np.split(chosen, np.cumsum(counts)[:-1]))


def _with_ascents(
    x: np.ndarray, y: np.ndarray, solver: Solver, rows: Accumulator, walls: Walls, problem: Problem
) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and energies of repaired walls with as much to say as one target; labels alone where all terms hold none."""
    factors = problem.row_factors
    factor, n_rows = rows.factor(factors)
    whole = solver.solve(factor, n_rows, "evidence")
    try:
        weights = repaired_weights(walls, solver, rows, factors, whole).pair_weights
    except ArgumentError:
        return x, y
    of_walls, energies = walls.ascents(weights, _APPROACHES)
    if not energies.any():
        return x, y
    say = np.linalg.norm(y) / np.sqrt(sum(w > 0 for w in problem.weights.values())) / np.linalg.norm(energies)
    whitened = of_walls @ block_diag(*solver.whitenings_of_pairs)
    return np.concatenate([x, say * whitened]), np.concatenate([y, say * energies])


def _without_orientations(terms: np.ndarray) -> np.ndarray:
    return (terms[:, [1, 3]] == 0).all(axis=1)


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
