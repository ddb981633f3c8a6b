# SPDX-License-Identifier: MIT
"""Bayesian ridge regression on rows that come frame by frame.

Rows X and labels y are held as the triangular factor R of the QR decomposition of [X y]: R^T R is the matrix of the normal
equations, but its condition number is not squared, and its size does not depend on the number of rows. Only where frames of one
state come apart from each other (folds, learning curves) are six rows held for each state of several frames.

Loss: sum over targets of (weight / scale)^2 |y - X w|^2 + ridge |u|^2 with w = (offsets, T u). Offsets are not penalised.
With noise variance s2 the prior variance of u is s2 / ridge (D. MacKay, Neural Comput. 4, 415 (1992)).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.linalg import svd as _slower_svd
from scipy.optimize import minimize_scalar

from ...common.errors import ArgumentError
from ..problem import MEANS
from .pairs.design import PairDesign
from .rows import Design

_SINGULAR = 1e-13  # singular values, of the largest one, that count as zero
OFFSETS = 1e-10  # the same among the columns of the offsets
_LOWEST, _HIGHEST = -24.0, 2.0  # log10 of the ridge, of the largest squared singular value


class Triangle:
    """Factor R of all rows given so far: |R v| = |rows v| for every v. Memory: a few n_columns^2."""

    def __init__(self, n_columns: int) -> None:
        self.n_rows = 0
        self._factor = np.empty((0, n_columns))
        self._waiting: list[np.ndarray] = []
        self._held = 0
        self._most = max(4 * n_columns, 1024)

    def add(self, rows: np.ndarray) -> None:
        self.n_rows += len(rows)
        for start in range(0, len(rows), self._most):
            part = rows[start : start + self._most]
            self._waiting.append(part)
            self._held += len(part)
            if self._held >= self._most:
                self._reduce()

    @classmethod
    def merged(cls, parts: Sequence["Triangle"]) -> "Triangle":
        out = cls(parts[0]._factor.shape[1])
        for part in parts:
            out.add(part.factor)
        out.n_rows = sum(part.n_rows for part in parts)
        return out

    def _reduce(self) -> None:
        self._factor = _triangle(np.concatenate([self._factor, *self._waiting]))
        self._waiting, self._held = [], 0

    @property
    def factor(self) -> np.ndarray:
        """[<= n_columns, n_columns]."""
        if self._waiting:
            self._reduce()
        return self._factor

    @property
    def nbytes(self) -> int:
        return self._factor.nbytes + sum(part.nbytes for part in self._waiting)


class Accumulator:
    """One triangle per target, labels in the last column, and means over frames of one state.

    Sums of six rows are held for each state until `close`, or to the end.
    """

    def __init__(self, targets: Sequence[str], width: int) -> None:
        self.triangles = {t: Triangle(width + 1) for t in targets}
        self._means = Triangle(width + 1)  # of states that are complete, those of single frames among them
        self._sums: dict[int, tuple[int, np.ndarray]] = {}  # state -> number of frames, sum of their rows

    def add(
        self,
        target: str,
        rows: np.ndarray,
        labels: np.ndarray,
        divisor: float = 1.0,
        state: int | None = None,
    ) -> None:
        """Rows [k, width] and labels [k], both over `divisor`; with a state they count in its mean too."""
        whole = np.empty((len(rows), rows.shape[1] + 1))
        np.divide(rows, divisor, out=whole[:, :-1])
        np.divide(labels, divisor, out=whole[:, -1])
        self.triangles[target].add(whole)
        if state == -1:
            self._means.add(whole)
        elif state is not None:
            self._add_sum(state, 1, whole)

    def _add_sum(self, state: int, n: int, rows: np.ndarray) -> None:
        n_before, before = self._sums.get(state, (0, np.zeros_like(rows)))
        self._sums[state] = (n_before + n, before + rows)

    def close(self, state: int) -> None:
        """No more rows of a state come: only its mean is kept."""
        if state in self._sums:
            self._means.add(_mean(*self._sums.pop(state)))

    @classmethod
    def merged(cls, parts: Sequence["Accumulator"]) -> "Accumulator":
        """All rows of several accumulators; of one it is that itself."""
        if len(parts) == 1:
            return parts[0]
        out = cls.__new__(cls)
        out.triangles = {t: Triangle.merged([p.triangles[t] for p in parts]) for t in parts[0].triangles}
        out._means, out._sums = Triangle.merged([p._means for p in parts]), {}
        for part in parts:
            for state, (n, rows) in part._sums.items():
                out._add_sum(state, n, rows)
        return out

    @property
    def nbytes(self) -> int:
        sums = sum(rows.nbytes for _, rows in self._sums.values())
        return sums + self._means.nbytes + sum(t.nbytes for t in self.triangles.values())

    def factor(self, factors: Mapping[str, float]) -> tuple[np.ndarray, int]:
        """Factor of all rows times the factor of their target, or of `MEANS`, and the number of rows of the targets."""
        used = {t: f for t, f in factors.items() if f > 0}
        stacked = np.concatenate([f * self._rows_of(t) for t, f in used.items()])
        return _triangle(stacked), sum(self.triangles[t].n_rows for t in used if t != MEANS)

    def squared_factors(self, factors: Mapping[str, float]) -> dict[str, float]:
        """Squares of the factors of all rows of each target, summed; of the stress with those of the `MEANS`."""
        out = {t: tri.n_rows * factors.get(t, 0.0) ** 2 for t, tri in self.triangles.items()}
        if MEANS in factors:
            n_means = self._means.n_rows + sum(len(rows) for _, rows in self._sums.values())
            out["stress"] += n_means * factors[MEANS] ** 2
        return out

    def _rows_of(self, name: str) -> np.ndarray:
        """Rows with the squares of those of a target, or of `MEANS`: of n frames sqrt(n) times their mean."""
        if name != MEANS:
            return self.triangles[name].factor
        means = [_mean(*part) for part in self._sums.values()]
        return np.concatenate([self._means.factor, *means])

    def errors(self, weights: np.ndarray) -> dict[str, float]:
        """Root mean square errors of each target, in the units of the rows."""
        v = np.append(weights, -1.0)
        return {
            t: float(np.linalg.norm(tri.factor @ v) / np.sqrt(tri.n_rows))
            for t, tri in self.triangles.items()
            if tri.n_rows
        }


def _mean(n: int, total: np.ndarray) -> np.ndarray:
    """Of n frames, with the square of sqrt(n) times their mean."""
    return total / np.sqrt(n)


@dataclass
class Decomposition:
    """The regression after offsets are projected out and weights are whitened: |y - P diag(s) Vh u|^2 + rest."""

    s: np.ndarray  # [k] singular values
    vh: np.ndarray  # [k, n] rows span u
    r: np.ndarray  # [k] P^T y
    rest: float  # squared part of y that no weight reaches
    n_free: int  # rows less offsets
    norm: float  # |y|^2 after the projection

    @property
    def largest(self) -> float:
        return float(self.s.max(initial=0.0)) or 1.0

    @property
    def rank(self) -> int:
        return int(np.count_nonzero(self.s > _SINGULAR * self.largest))

    @property
    def condition_number(self) -> float:
        """Of the whitened rows, infinite where they are singular."""
        if len(self.s) < self.vh.shape[1] or self.rank < len(self.s):
            return np.inf
        return float(self.largest / self.s.min(initial=self.largest))

    def solution(self, ridge: float) -> np.ndarray:
        """u; the smallest one where ridge is 0."""
        s2 = self.s**2
        kept = s2 + ridge > (_SINGULAR * self.largest) ** 2
        return self.vh.T @ np.where(kept, self.s * self.r / np.where(kept, s2 + ridge, 1.0), 0.0)

    def misfit(self, ridge: npt.ArrayLike) -> np.ndarray:
        """Smallest values of the loss [...] at absolute ridges [...]."""
        ridges = np.asarray(ridge)[..., None]
        return np.asarray(self.rest + np.sum(self.r**2 * (ridges / (self.s**2 + ridges)), axis=-1))

    def log_evidence(self, ridge: npt.ArrayLike) -> np.ndarray:
        """[...] up to a constant, at the best noise variance, for absolute ridges [...]."""
        least = max(np.finfo(float).eps ** 2 * self.norm, np.finfo(float).tiny)
        complexity = np.sum(np.log1p(self.s**2 / np.asarray(ridge)[..., None]), axis=-1)
        return np.asarray(-0.5 * (self.n_free * np.log(np.maximum(self.misfit(ridge), least)) + complexity))


@dataclass
class Posterior:
    """Weights with their uncertainty. `ridge` is relative to the largest squared singular value."""

    offsets: np.ndarray  # [n_species]
    weights: list[np.ndarray]  # [n_columns] per species
    pair_weights: list[np.ndarray]  # [n_columns] per pair of species
    variance_rows: list[np.ndarray]  # [k, n_columns] per species
    pair_variance_rows: list[np.ndarray]  # [k, columns of the pairs of species with it] per species
    prior_variance: float
    noise_variance: float
    ridge: float
    rank: int
    n_weights: int
    condition_number: float
    log_evidence: float
    n_rows: int
    evidence: "Evidence | None" = None  # that chose the ridge

    @property
    def columns(self) -> np.ndarray:
        """Offsets and weights as the rows' columns."""
        return np.concatenate([self.offsets, *self.weights, *self.pair_weights])


@dataclass(frozen=True)
class Evidence:
    """Ridge of the largest evidence with one noise for each target."""

    ridge: float  # relative, of the rows times their factors
    noise: dict[str, float]  # standard deviation of each target, in the units of the rows


class Solver:
    """Solutions for one set of designs, and two-body polynomials beside them."""

    def __init__(
        self, designs: Sequence[Design], explains: bool, polynomials: PairDesign | None = None
    ) -> None:
        """explains: variance rows are of the variance that the data explain (kernels), not of what is left (linear)."""
        self._designs, self._explains, self._polynomials = designs, explains, polynomials
        self._whitenings = [d.whitening() for d in designs] + (
            polynomials.whitenings() if polynomials else []
        )
        self._columns = _slices([t.shape[0] for t in self._whitenings])
        self._parts_of_u = _slices([t.shape[1] for t in self._whitenings])

    def _parts(self, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Columns of the offsets, of the whitened weights, and labels."""
        n = len(self._designs)
        whitened = [
            factor[:, n:-1][:, part] @ t for part, t in zip(self._columns, self._whitenings, strict=True)
        ]
        return factor[:, :n], np.concatenate(whitened, axis=1), factor[:, -1]

    def decomposition(self, factor: np.ndarray, n_rows: int) -> Decomposition:
        return self._decompose(*self._parts(factor), n_rows)

    def without_offsets(self, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns of the whitened weights, and labels, as offsets leave them."""
        counts, x, y = self._parts(factor)
        u = _span(counts)
        return x - u @ (u.T @ x), y - u @ (u.T @ y)

    def _decompose(self, counts: np.ndarray, x: np.ndarray, y: np.ndarray, n_rows: int) -> Decomposition:
        u = _span(counts)
        x, y = x - u @ (u.T @ x), y - u @ (u.T @ y)
        p, s, vh = _svd(x)
        r = p.T @ y
        rest = float(np.sum((y - p @ r) ** 2))
        return Decomposition(s, vh, r, rest, max(1, n_rows - u.shape[1]), float(y @ y))

    def spread(self, factor: np.ndarray, n_rows: int) -> float:
        """Root mean square of labels that offsets do not explain."""
        counts, _, y = self._parts(factor)
        return float(
            np.linalg.norm(y - counts @ np.linalg.lstsq(counts, y, rcond=OFFSETS)[0]) / np.sqrt(n_rows)
        )

    @property
    def whitenings_of_pairs(self) -> list[np.ndarray]:
        """Of the polynomials of each pair of species."""
        return self._whitenings[len(self._designs) :]

    def whitened(self, factor: np.ndarray) -> np.ndarray:
        """Columns of the whitened weights."""
        return self._parts(factor)[1]

    def columns(self, factor: np.ndarray, svd: Decomposition, ridge: float) -> np.ndarray:
        """Offsets and weights at a relative ridge, as the rows' columns."""
        counts, x, y = self._parts(factor)
        u = svd.solution(ridge * svd.largest**2)
        offsets = np.linalg.lstsq(counts, y - x @ u, rcond=OFFSETS)[0]
        return np.concatenate([offsets, *self._weights(u)])

    def _weights(self, u: np.ndarray) -> list[np.ndarray]:
        """Of each design, and of each pair of species."""
        return [t @ u[part] for t, part in zip(self._whitenings, self._parts_of_u, strict=True)]

    def solve(self, factor: np.ndarray, n_rows: int, ridge: float | str) -> Posterior:
        """Posterior at a relative ridge, or at that of the largest evidence ('evidence').

        Raises
        ------
        ArgumentError
            For ridge = 0 and rows that do not determine every weight.
        """
        counts, x, y = self._parts(factor)
        svd = self._decompose(counts, x, y, n_rows)
        n_weights = x.shape[1]
        relative = best_ridge(svd) if ridge == "evidence" else float(ridge)
        if relative == 0 and svd.rank < n_weights:
            raise ArgumentError(
                "fit: a singular system",
                f"rank {svd.rank} of {n_weights} weights from {n_rows} labels",
                "more or other frames, fewer features, or ridge > 0",
            )
        alpha = relative * svd.largest**2
        u = svd.solution(alpha)
        offsets = np.linalg.lstsq(counts, y - x @ u, rcond=OFFSETS)[0]
        share = svd.s**2 / (svd.s**2 + alpha)
        n_left = max(svd.n_free - float(share.sum()), 1.0)
        residual = svd.rest + float(np.sum((svd.r * (1 - share)) ** 2))
        noise = float(svd.misfit(alpha)) / svd.n_free if ridge == "evidence" else residual / n_left
        prior = noise / alpha if alpha > 0 else 0.0
        n = len(self._designs)
        weights = self._weights(u)
        root = self._covariance_root(svd, noise, alpha, prior)
        rows = [self._variance_rows(root, s) for s in range(n)]
        return Posterior(
            offsets,
            weights[:n],
            weights[n:],
            [own for own, _ in rows],
            [of_pairs for _, of_pairs in rows],
            prior,
            noise,
            relative,
            svd.rank,
            n_weights,
            svd.condition_number,
            float(svd.log_evidence(alpha)) if alpha > 0 else np.nan,
            n_rows,
        )

    def moved(
        self, factor: np.ndarray, posterior: Posterior, step: Callable[[Sequence[np.ndarray]], np.ndarray]
    ) -> Posterior:
        """The posterior with other weights, whose uncertainty stays.

        `step` gets R [n_columns, n] of each pair of species, and gives v [n]: weights of pairs grow by R v, others along with
        them, and the loss by |v|^2.
        """
        counts, x, y = self._parts(factor)
        svd = self._decompose(counts, x, y, posterior.n_rows)
        root = self._inverse_root(svd, posterior.ridge * svd.largest**2)
        n = len(self._designs)
        of_pairs = list(zip(self._whitenings[n:], self._parts_of_u[n:], strict=True))
        v = step([t @ root[part] for t, part in of_pairs])
        u = svd.solution(posterior.ridge * svd.largest**2) + root @ v
        weights = self._weights(u)
        offsets = np.linalg.lstsq(counts, y - x @ u, rcond=OFFSETS)[0]
        return replace(posterior, offsets=offsets, weights=weights[:n], pair_weights=weights[n:])

    def _inverse_root(self, svd: Decomposition, alpha: float) -> np.ndarray:
        """H^-1/2 [n, n] of the loss |v|^2 of u = solution + H^-1/2 v; directions without a loss are left out."""
        curvature = svd.s**2 + alpha
        known = curvature > (_SINGULAR * svd.largest) ** 2
        root = (svd.vh.T * np.where(known, 1 / np.sqrt(np.where(known, curvature, 1.0)), 0.0)) @ svd.vh
        if alpha > 0:
            rest = _complement(svd.vh)
            root += rest.T @ rest / np.sqrt(alpha)
        return root

    def _covariance_root(self, svd: Decomposition, noise: float, alpha: float, prior: float) -> np.ndarray:
        """C with C^T C the covariance of u, or what the data explain of it."""
        if self._explains:
            spread = np.sqrt(prior * svd.s**2 / (svd.s**2 + alpha)) if alpha > 0 else 0 * svd.s
            return spread[:, None] * svd.vh
        known = np.sqrt(noise / (svd.s**2 + alpha))[:, None] * svd.vh
        return np.concatenate([known, np.sqrt(prior) * _complement(svd.vh)])

    def _variance_rows(self, root: np.ndarray, species: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows for the design of a species, and for the polynomials of its pairs."""
        pairs = self._polynomials.pairs_with(species) if self._polynomials else []
        blocks = [species, *(len(self._designs) + k for k in pairs)]
        columns = np.concatenate([np.r_[self._parts_of_u[b]] for b in blocks])
        rows = _triangle(root[:, columns])
        parts = _slices([self._whitenings[b].shape[1] for b in blocks])
        found = [rows[:, p] @ self._whitenings[b].T for p, b in zip(parts, blocks, strict=True)]
        return found[0], np.concatenate([np.empty((len(rows), 0)), *found[1:]], axis=1)


def _span(counts: np.ndarray) -> np.ndarray:
    """Orthonormal columns of the span of the offsets."""
    u, values, _ = np.linalg.svd(counts, full_matrices=False)
    return u[:, values > OFFSETS * values.max(initial=0.0)]


def _triangle(rows: np.ndarray) -> np.ndarray:
    """Triangular factor of the QR decomposition."""
    return cast(np.ndarray, np.linalg.qr(rows, mode="r"))


def _slices(lengths: Sequence[int]) -> list[slice]:
    stops = np.cumsum([0, *lengths]).tolist()
    return [slice(a, b) for a, b in zip(stops[:-1], stops[1:], strict=True)]


def _complement(vh: np.ndarray) -> np.ndarray:
    """Orthonormal rows of the directions that the data say nothing about."""
    if vh.shape[0] == vh.shape[1]:
        return np.empty((0, vh.shape[1]))
    return np.linalg.qr(vh.T, mode="complete")[0][:, vh.shape[0] :].T


def best_ridge(svd: Decomposition) -> float:
    """Relative ridge of the largest evidence: the best of a grid, refined."""
    unit = svd.largest**2

    def loss(log10_ridge: np.ndarray) -> np.ndarray:
        return -svd.log_evidence(unit * 10.0**log10_ridge)

    grid = np.linspace(_LOWEST, _HIGHEST, 53)
    losses = loss(grid)
    k = int(np.argmin(losses))
    low, high = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
    refined = minimize_scalar(loss, bounds=(low, high), method="bounded")
    best = refined.x if refined.fun <= losses[k] else grid[k]
    return float(10.0**best)


def _svd(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By LAPACK's gesdd, or gesvd, which converges where that does not: rows whose sizes differ by many orders."""
    try:
        return np.linalg.svd(x, full_matrices=False)
    except np.linalg.LinAlgError:
        found = _slower_svd(x, full_matrices=False, lapack_driver="gesvd")
        return cast(tuple[np.ndarray, np.ndarray, np.ndarray], found)
