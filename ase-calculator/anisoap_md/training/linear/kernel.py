# SPDX-License-Identifier: MIT
"""Sparse Gaussian process: phi_m = (x . z_m)^zeta with x = p / |p| and representatives z_m among the training particles."""

import numpy as np

from ... import _core
from ...common.errors import ArgumentError
from ...common.packages import require_package

_RANK = 1e-13  # eigenvalues of K_mm, of the largest one, that are left out
_SAME = 12  # decimals in which unit vectors differ
CANDIDATES = 20000  # particles of a species that representatives are selected from


class Candidates:
    """A random sample of the rows that pass by, of bounded size (reservoir sampling)."""

    def __init__(self, seed: int, most: int = CANDIDATES) -> None:
        self._random = np.random.default_rng(seed)
        self._most, self._seen = most, 0
        self._rows: list[np.ndarray] = []

    def add(self, rows: np.ndarray) -> None:
        for row in rows:
            self._seen += 1
            if len(self._rows) < self._most:
                self._rows.append(row.copy())
            elif (k := int(self._random.integers(self._seen))) < self._most:
                self._rows[k] = row.copy()

    @property
    def rows(self) -> np.ndarray:
        return np.array(self._rows)


def unit_rows(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x = p / |p| and |p|; x = 0 for a particle whose power spectrum vanishes."""
    norm = np.linalg.norm(features, axis=1)
    return features / np.where(norm > 0, norm, 1.0)[:, None], norm


def require_skmatter() -> None:
    """RuntimeError that names the extra when scikit-matter is not installed."""
    require_package("skmatter", "train", "selection of representatives")


def select_points(rows: np.ndarray, n_points: int, selection: str) -> np.ndarray:
    """Unit vectors [<= n_points, F] of representatives among power spectra [k, F], each once.

    'fps': farthest-point sampling of the unit vectors; 'cur': CUR decomposition, which gives at most F of them.
    """
    require_skmatter()
    from skmatter.sample_selection import CUR, FPS

    x, norm = unit_rows(rows)
    x = x[norm > 0]
    x = x[np.sort(np.unique(np.round(x, _SAME), axis=0, return_index=True)[1])]
    if not len(x):
        raise ArgumentError("power spectra", "only zeros", "particles with neighbours within the cutoff")
    if selection == "cur":
        most = min(n_points, int(np.linalg.matrix_rank(x)))
        selector = CUR(n_to_select=most, recompute_every=1)
    else:
        most = min(n_points, len(x))
        selector = FPS(n_to_select=most)
    if most == len(x):
        return x
    return x[selector.fit(x).selected_idx_]


class KernelDesign:
    """Columns of one species."""

    has_constant_slope = False

    def __init__(self, points: np.ndarray, exponent: int) -> None:
        self.points, self.exponent = points, exponent

    @property
    def n_columns(self) -> int:
        return len(self.points)

    def values(self, features: np.ndarray) -> np.ndarray:
        return (unit_rows(features)[0] @ self.points.T) ** self.exponent

    def derivatives(self, features: np.ndarray, owner: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
        # d (x . z)^zeta = zeta (x . z)^(zeta - 1) (z - (x . z) x) . dp / |p|, one product of matrices for each owner
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        x, norm = unit_rows(features[owner[starts]])
        cosine = x @ self.points.T
        slope = self.exponent * cosine ** (self.exponent - 1) / np.where(norm > 0, norm, np.inf)[:, None]
        change = np.empty((*jacobian.shape[:2], self.n_columns))
        stops = [*starts[1:].tolist(), len(owner)]
        for k, (start, stop) in enumerate(zip(starts.tolist(), stops, strict=True)):
            gradient = (self.points.T - np.outer(x[k], cosine[k])) * slope[k]
            np.matmul(jacobian[start:stop], gradient, out=change[start:stop])
        return change

    def whitening(self) -> np.ndarray:
        values, vectors = np.linalg.eigh((self.points @ self.points.T) ** self.exponent)
        kept = values > _RANK * values[-1]
        return vectors[:, kept] / np.sqrt(values[kept])

    def local_energy(
        self, offset: float, weights: np.ndarray, variance_rows: np.ndarray, prior_variance: float
    ) -> _core.LocalEnergy:
        local = _core.LocalEnergy()
        local.kind = "kernel"
        local.offset = offset
        local.points, local.exponent, local.weights = self.points, self.exponent, weights
        local.prior_variance, local.variance_rows = prior_variance, variance_rows
        return local
