# SPDX-License-Identifier: MIT
"""Principal components of standardised features, the inputs of networks."""

from dataclasses import dataclass

import numpy as np

_LEAST_VARIANCE = 1e-4  # of the largest one: components that vary less are not blown up to unit variance


@dataclass
class Components:
    """Inputs of the networks of one species: z = projection^T ((p - shift) * scale)."""

    shift: np.ndarray  # [F]
    scale: np.ndarray  # [F]
    projection: np.ndarray  # [F, k]

    @classmethod
    def of(cls, count: int, total: np.ndarray, products: np.ndarray, most: int) -> "Components":
        """From sums over particles of features [F] and of their products [F, F]."""
        mean = total / count
        covariance = products / count - np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        varies = spread > 1e-9 * max(float(np.abs(mean).max()), float(spread.max()), 1e-300)
        scale = np.where(varies, 1 / np.where(varies, spread, 1), 0.0)
        values, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
        values, vectors = values[::-1][:most], vectors[:, ::-1][:, :most]
        factors = 1 / np.sqrt(np.maximum(values, _LEAST_VARIANCE * max(float(values[0]), 1e-300)))
        return cls(mean, scale, vectors * factors)

    def reduced(self, features: np.ndarray) -> np.ndarray:
        return ((features - self.shift) * self.scale) @ self.projection

    def reduced_slopes(self, jacobian: np.ndarray) -> np.ndarray:
        return jacobian @ (self.scale[:, None] * self.projection)
