# SPDX-License-Identifier: MIT
"""The ridge of the largest evidence where each target has a noise of its own.

One noise for all rows would be that of rows as they are weighted, and the ridge would follow the weights. Here the prior of the
weights and the noises are found from unweighted rows, in turn: the ridge of the largest evidence at given ratios of the noises,
and noises that explain what is left, s_t^2 = |y_t - X_t w|^2 / (N_t - gamma_t), where target t determines gamma_t of the weights
(D. MacKay, Neural Comput. 4, 415 (1992)). Weighted rows keep the prior: ridge = mean weighted noise variance / prior variance.
"""

from collections.abc import Mapping

import numpy as np

from ..problem import MEANS
from .solver import Accumulator, Decomposition, Evidence, Solver, best_ridge

_MOST_ROUNDS = 8
_SETTLED = 0.05  # relative change of the noises' ratios
_LEAST_FREE = 0.05  # part of the labels of a target that counts as free, at least
_RANGE = 1e-3  # smallest noise, of the largest, in units of the labels' spreads


def evidence_of(solver: Solver, rows: Accumulator, factors: Mapping[str, float]) -> Evidence:
    """Ridge for rows times their target's factor, relative to the largest squared singular value."""
    used = {t: f for t, f in factors.items() if f > 0 and t != MEANS and rows.triangles[t].n_rows}
    spreads = {
        t: solver.spread(rows.triangles[t].factor, rows.triangles[t].n_rows) or 1 / used[t] for t in used
    }
    noise, done = spreads, False
    for _ in range(_MOST_ROUNDS):
        factor, n_rows = rows.factor({t: 1 / s for t, s in noise.items()})
        svd = solver.decomposition(factor, n_rows)
        alpha = best_ridge(svd) * svd.largest**2
        if done or len(used) == 1:
            break
        errors = rows.errors(solver.columns(factor, svd, alpha / svd.largest**2))
        found = {
            t: e * _inflation(solver, rows, t, svd, alpha, noise[t]) for t, e in errors.items() if t in used
        }
        least = _RANGE * max(found[t] / spreads[t] for t in used)
        before, noise = noise, {t: max(found[t], least * spreads[t]) or spreads[t] for t in used}
        done = np.ptp(np.log([noise[t] / before[t] for t in used])) < _SETTLED
    squared, n_rows = rows.squared_factors(factors), sum(rows.triangles[t].n_rows for t in used)
    weighted = sum(squared[t] * noise[t] ** 2 for t in used) / n_rows
    largest = solver.decomposition(*rows.factor(factors)).largest
    common = float(np.sqrt(float(svd.misfit(alpha)) / svd.n_free))
    return Evidence(alpha * weighted / largest**2, {t: s * common for t, s in noise.items()})


def _inflation(
    solver: Solver, rows: Accumulator, target: str, svd: Decomposition, alpha: float, noise: float
) -> float:
    """Noise over root mean square error of a target: weights that it determines take some of its noise in."""
    triangle = rows.triangles[target]
    along = solver.whitened(triangle.factor) @ svd.vh.T / noise
    determined = float(np.sum((along**2).sum(axis=0) / (svd.s**2 + alpha)))
    return float(np.sqrt(triangle.n_rows / max(triangle.n_rows - determined, _LEAST_FREE * triangle.n_rows)))
