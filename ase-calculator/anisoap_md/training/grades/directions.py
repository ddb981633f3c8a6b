# SPDX-License-Identifier: MIT
"""Leading directions of rows that come frame by frame."""

from typing import cast

import numpy as np

_SINGULAR = 1e-7  # singular values, of the largest one, that count as zero


class Directions:
    """Singular value decomposition of all rows given so far, each column over its root mean square.

    Columns without a weight have no say: they hold round-off, or are constant.
    """

    def __init__(self, weights: np.ndarray) -> None:
        self._used = weights != 0
        self._factor = np.empty((0, np.count_nonzero(self._used)))  # R of the QR decomposition
        self.n_rows = 0

    def add(self, rows: np.ndarray) -> None:
        """Rows [k, n_columns]."""
        self.n_rows += len(rows)
        stacked = np.concatenate([self._factor, rows[:, self._used]])
        self._factor = cast(np.ndarray, np.linalg.qr(stacked, mode="r"))

    @property
    def n_columns(self) -> int:
        return self._factor.shape[1]

    def leading(self, most: int) -> tuple[np.ndarray, int]:
        """T [n_columns, r] with r <= `most`, where all rows times T are orthonormal columns; and how many there could be."""
        sizes = np.linalg.norm(self._factor, axis=0)
        scale = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        _, s, vh = np.linalg.svd(self._factor * scale, full_matrices=False)
        rank = int(np.count_nonzero(s > _SINGULAR * s.max(initial=0.0)))
        kept = min(rank, most)
        out = np.zeros((len(self._used), kept))
        out[self._used] = scale[:, None] * vh[:kept].T / s[:kept]
        return out, rank
