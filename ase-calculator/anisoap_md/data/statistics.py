# SPDX-License-Identifier: MIT
"""Mean and standard deviation of rows that come in parts."""

import numpy as np


class RunningStatistics:
    """Mean and standard deviation of rows that come in parts (Chan, Golub and LeVeque)."""

    def __init__(self, n_columns: int) -> None:
        self.count = 0
        self.mean = np.zeros(n_columns)
        self._squares = np.zeros(n_columns)

    def add(self, rows: np.ndarray) -> None:
        if not len(rows):
            return
        mean, total = rows.mean(axis=0), self.count + len(rows)
        step = mean - self.mean
        self._squares += ((rows - mean) ** 2).sum(axis=0) + step**2 * (self.count * len(rows) / total)
        self.mean += step * (len(rows) / total)
        self.count = total

    @property
    def deviation(self) -> np.ndarray:
        return np.sqrt(self._squares / max(self.count, 1))
