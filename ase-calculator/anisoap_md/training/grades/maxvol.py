# SPDX-License-Identifier: MIT
"""Rows of a matrix that span a large volume: S. Goreinov et al., in Matrix Methods: Theory, Algorithms and Applications (World
Scientific, 2010), p. 247."""

import numpy as np
from scipy.linalg import qr

TOLERANCE = 1.001  # largest coefficient of any row in the chosen ones


def maxvol(rows: np.ndarray) -> np.ndarray:
    """Numbers [r] of r of the rows [n, r], in which no row has a coefficient larger than ``TOLERANCE``.

    The rows have full rank. Each exchange of a chosen row multiplies the volume by the coefficient that called for it.
    """
    chosen = qr(rows.T, mode="r", pivoting=True)[-1][: rows.shape[1]].copy()
    while True:
        coefficients = rows @ np.linalg.inv(rows[chosen])
        if np.abs(coefficients).max(initial=0.0) <= TOLERANCE:
            return chosen
        _exchange(coefficients, chosen)


def _exchange(coefficients: np.ndarray, chosen: np.ndarray) -> None:
    """Exchanges chosen rows until none is called for; `coefficients` [n, r] follow, up to round-off."""
    while True:
        i, j = divmod(int(np.abs(coefficients).argmax()), len(chosen))
        pivot = coefficients[i, j]
        if abs(pivot) <= TOLERANCE:
            return
        step = coefficients[i].copy()
        step[j] -= 1.0
        coefficients -= np.outer(coefficients[:, j], step / pivot)
        chosen[j] = i
