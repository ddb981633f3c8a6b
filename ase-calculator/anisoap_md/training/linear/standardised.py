# SPDX-License-Identifier: MIT
"""Linear model: phi is the standardised power spectrum, (p - shift) * scale."""

import numpy as np

from ... import _core
from ...data.statistics import RunningStatistics

_CONSTANT = 1e-12  # standard deviation, of the largest entry, below which a column is left out


class LinearDesign:
    """Columns of one species; constant ones have the scale 0 and no weight."""

    def __init__(self, shift: np.ndarray, scale: np.ndarray) -> None:
        self.shift, self.scale = shift, scale

    @classmethod
    def from_statistics(cls, statistics: RunningStatistics) -> "LinearDesign":
        deviation = statistics.deviation
        kept = deviation > _CONSTANT * max(
            deviation.max(initial=0.0), np.abs(statistics.mean).max(initial=0.0)
        )
        scale = np.zeros_like(deviation)
        scale[kept] = 1 / deviation[kept]
        return cls(statistics.mean, scale)

    @property
    def n_columns(self) -> int:
        return len(self.scale)

    has_constant_slope = True

    def values(self, features: np.ndarray) -> np.ndarray:
        return (features - self.shift) * self.scale

    def derivatives(self, features: np.ndarray, owner: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
        return jacobian * self.scale

    def whitening(self) -> np.ndarray:
        return np.eye(self.n_columns)[:, self.scale > 0]

    def local_energy(
        self, offset: float, weights: np.ndarray, variance_rows: np.ndarray, prior_variance: float
    ) -> _core.LocalEnergy:
        local = _core.LocalEnergy()
        local.kind = "linear"
        local.offset = offset
        local.shift, local.scale, local.weights = self.shift, self.scale, weights
        local.variance_rows = variance_rows
        return local
