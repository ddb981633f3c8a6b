# SPDX-License-Identifier: MIT
"""The ridge of the largest evidence where each target has a noise of its own.

One noise for all rows would be that of rows as they are weighted, and the ridge would follow the weights. Here the prior of the
weights and the noises are found from unweighted rows, in turn: the ridge of the largest evidence at given ratios of the noises, and
noises that explain what is left, s_t^2 = |y_t - X_t w|^2 / (N_t - gamma_t), where target t determines gamma_t of the weights
(D. MacKay, Neural Comput. 4, 415 (1992)). Weighted rows keep the prior: ridge = mean weighted noise variance / prior variance.
"""

import numpy as np

from ..problem import Problem
from .solver import Accumulator, Decomposition, Evidence, Solver, best_ridge

_MOST_ROUNDS = 8
_SETTLED = 0.05  # relative change of noises
_LEAST_FREE = 0.05  # part of the labels of a target that counts as free, at least
_RANGE = 1e-3  # smallest noise, of the largest, in units of the scales


def evidence_of(solver: Solver, rows: Accumulator, problem: Problem) -> Evidence:
    """Ridge for rows times `problem.row_factors`, relative to their largest squared singular value."""
    factors = {t: f for t, f in problem.row_factors.items() if f > 0 and rows.triangles[t].n_rows}
    noise = {t: float(getattr(problem.scales, t)) for t in factors}
    for _ in range(_MOST_ROUNDS if len(factors) > 1 else 1):
        factor, n_rows = rows.factor({t: 1 / s for t, s in noise.items()})
        svd = solver.decomposition(factor, n_rows)
        alpha = best_ridge(svd) * svd.largest**2
        before, noise = noise, _noises(solver, rows, problem, svd, alpha, noise, factor)
        shares = {t: before[t] ** 2 for t in noise}
        common = svd.misfit(alpha) / svd.n_free
        ratios = np.log([noise[t] / before[t] for t in noise])
        if np.ptp(ratios) < _SETTLED:
            break
    n = {t: rows.triangles[t].n_rows for t in factors}
    weighted = sum(n[t] * factors[t] ** 2 * shares[t] for t in factors) / sum(n.values())
    largest = solver.decomposition(*rows.factor(factors)).largest
    return Evidence(alpha * weighted / largest**2, {t: float(np.sqrt(shares[t] * common)) for t in factors})


def _noises(
    solver: Solver,
    rows: Accumulator,
    problem: Problem,
    svd: Decomposition,
    alpha: float,
    noise: dict[str, float],
    factor: np.ndarray,
) -> dict[str, float]:
    """Standard deviations that explain what a solution leaves of each target."""
    errors = rows.errors(solver.columns(factor, svd, alpha / svd.largest**2))
    found = {}
    for t, s in noise.items():
        n = rows.triangles[t].n_rows
        along = solver.whitened(rows.triangles[t].factor) @ svd.vh.T / s
        determined = float(np.sum((along**2).sum(axis=0) / (svd.s**2 + alpha)))
        found[t] = errors[t] * np.sqrt(n / max(n - determined, _LEAST_FREE * n))
    scales = {t: getattr(problem.scales, t) for t in found}
    least = _RANGE * max(found[t] / scales[t] for t in found)
    return {t: max(found[t], least * scales[t], np.finfo(float).tiny) for t in found}
