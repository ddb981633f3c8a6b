# SPDX-License-Identifier: MIT
"""Shortest vector that satisfies linear inequalities."""

import numpy as np
from scipy.optimize import nnls

_INFEASIBLE = 1e-12  # squared residual of the dual problem, of 1, below which there is no solution


def least_distance(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """v of the smallest |v| with a v >= b, and the multipliers [m], 0 for inequalities that do not bind.

    Problem LDP of C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), chapter 23: non-negative least squares on
    the dual. Rows are scaled to unit length, and lengths by the farthest inequality.

    Raises
    ------
    ValueError
        For inequalities that contradict each other.
    RuntimeError
        Where the iteration does not end.
    """
    norm = np.linalg.norm(a, axis=1)
    rows, far = a / norm[:, None], b / norm
    unit = float(far.max(initial=0.0))
    if unit <= 0:
        return np.zeros(a.shape[1]), np.zeros(len(a))
    dual = np.concatenate([rows.T, far[None] / unit])
    multipliers, _ = nnls(dual, np.append(np.zeros(a.shape[1]), 1.0), maxiter=20 * len(a))
    residual = dual @ multipliers
    residual[-1] -= 1
    if residual @ residual < _INFEASIBLE:
        raise ValueError("inequalities that contradict each other")
    return -unit * residual[:-1] / residual[-1], multipliers / norm
