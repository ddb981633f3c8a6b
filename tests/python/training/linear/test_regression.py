# SPDX-License-Identifier: MIT
"""Bayesian regression, representatives and standardisation, each against another way to compute it."""

import numpy as np
import pytest
from anisoap_md.data.statistics import RunningStatistics
from anisoap_md.training.linear import kernel as _kernel
from anisoap_md.training.linear import passes as _accumulate
from anisoap_md.training.linear import solver as _solve
from anisoap_md.training.linear import standardised as _linear
from testing.helpers import assert_close


def test_memory_does_not_grow_with_frames():
    generator = np.random.default_rng(0)
    accumulator = _solve.Accumulator(["forces"], 20)
    sizes = []
    everything = []
    for _ in range(60):
        block = generator.normal(size=(300, 21))
        everything.append(block)
        accumulator.add("forces", block[:, :-1], block[:, -1])
        sizes.append(accumulator.nbytes)
    assert max(sizes) <= (1024 + 300 + 21) * 21 * 8
    factor, n_rows = accumulator.factor({"forces": 1.0})
    stacked = np.concatenate(everything)
    assert n_rows == len(stacked)
    assert_close(factor.T @ factor, stacked.T @ stacked, 1e-13)


class Plain:
    """Columns that are not whitened."""

    def __init__(self, n: int) -> None:
        self.n_columns = n

    def whitening(self) -> np.ndarray:
        return np.eye(self.n_columns)


def regression(n_rows=60, n=8, noise=0.3, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n_rows, n)) * np.logspace(0, -2, n)
    y = x @ generator.normal(size=n) + noise * generator.normal(size=n_rows)
    return x, y


def solved(x, y, ridge, explains=False):
    solver = _solve.Solver([Plain(x.shape[1])], explains)
    return solver.solve(np.column_stack([np.zeros(len(x)), x, y]), len(x), ridge)


def test_evidence_agrees_with_scikit_learn():
    from sklearn.linear_model import BayesianRidge

    x, y = regression()
    theirs = BayesianRidge(
        fit_intercept=False, tol=1e-12, max_iter=5000, alpha_1=0, alpha_2=0, lambda_1=0, lambda_2=0
    ).fit(x, y)
    ours = solved(x, y, "evidence")
    largest = np.linalg.svd(x, compute_uv=False)[0] ** 2
    assert_close(ours.ridge * largest, theirs.lambda_ / theirs.alpha_, 1e-3)
    assert_close(ours.noise_variance, 1 / theirs.alpha_, 1e-3)
    assert_close(ours.weights[0], theirs.coef_, 1e-4)
    rows = ours.variance_rows[0]
    assert_close(rows.T @ rows, theirs.sigma_, 1e-2)


@pytest.mark.parametrize("n_rows", [60, 5])
def test_variance_of_linear_models_is_that_of_the_posterior(n_rows):
    x, y = regression(n_rows)
    found = solved(x, y, 0.01)
    alpha = 0.01 * np.linalg.svd(x, compute_uv=False)[0] ** 2
    inverse = np.linalg.inv(x.T @ x + alpha * np.eye(8))
    n_left = max(n_rows - np.trace(x @ inverse @ x.T), 1.0)
    assert_close(found.noise_variance, np.sum((y - x @ inverse @ x.T @ y) ** 2) / n_left, 1e-10)
    covariance = found.noise_variance * inverse
    rows = found.variance_rows[0]
    assert rows.shape == (8, 8)
    assert_close(rows.T @ rows, covariance, 1e-10)


def test_offsets_are_not_penalised():
    x, y = regression()
    solver = _solve.Solver([Plain(8)], False)
    ones = np.ones(len(x))
    a, b = (solver.solve(np.column_stack([ones, x, y + c]), len(x), 0.1) for c in (0.0, 100.0))
    assert_close(b.weights[0], a.weights[0], 1e-10)
    assert_close(b.offsets - a.offsets, [100.0], 1e-12)


def test_cross_validation_is_that_of_refits():
    x, y = regression(50)
    solver = _solve.Solver([Plain(8)], False)
    folds = []
    for k in range(5):
        fold = _solve.Accumulator(["forces"], 9)
        fold.add("forces", np.column_stack([np.zeros(10), x[k::5]]), y[k::5])
        folds.append(fold)
    squares = 0.0
    for k in range(5):
        rest = np.arange(50) % 5 != k
        alpha = 1e-3 * np.linalg.svd(x[rest], compute_uv=False)[0] ** 2
        w = np.linalg.solve(x[rest].T @ x[rest] + alpha * np.eye(8), x[rest].T @ y[rest])
        squares += np.sum((y[~rest] - x[~rest] @ w) ** 2)
    found = _accumulate.held_out_errors(solver, folds, {"forces": 1.0}, [1e-3])
    assert_close(found[0]["forces"], np.sqrt(squares / 50), 1e-10)
    ridge = _accumulate.cross_validated_ridge(solver, folds, {"forces": 1.0}, {"forces": 1.0})
    assert ridge in _accumulate.RIDGES


def test_representatives():
    generator = np.random.default_rng(0)
    rows = np.repeat(generator.random((6, 4)), 5, axis=0)
    rows[::5] *= 3.0  # the same directions
    rows = np.concatenate([rows, np.zeros((2, 4))])
    for selection, most in (("fps", 6), ("cur", 4)):
        points = _kernel.select_points(rows, 100, selection)
        assert len(points) == most
        assert_close(np.linalg.norm(points, axis=1), np.ones(most), 1e-14)
        assert len(_kernel.select_points(rows, 3, selection)) == 3
    with pytest.raises(ValueError, match="power spectra, got only zeros"):
        _kernel.select_points(np.zeros((4, 3)), 2, "fps")


def test_candidates_are_a_bounded_uniform_sample():
    sample = _kernel.Candidates(0, most=50)
    for start in range(0, 1000, 10):
        sample.add(np.arange(start, start + 10, dtype=float)[:, None])
    rows = sample.rows[:, 0]
    assert len(rows) == len(set(rows.tolist())) == 50
    assert 350 < rows.mean() < 650


def test_variance_of_kernel_models_is_that_of_the_sparse_process():
    """k(x, x) - k^T (K^-1 / ... ) k against the formula with explicit inverses (deterministic training conditional)."""
    generator = np.random.default_rng(3)
    points = _kernel.unit_rows(generator.random((5, 7)))[0]
    features = generator.random((30, 7))
    design = _kernel.KernelDesign(points, 2)
    phi, y = design.values(features), generator.normal(size=30)
    solver = _solve.Solver([design], True)
    found = solver.solve(np.column_stack([np.zeros(30), phi, y]), 30, 1e-3)
    k_mm = (points @ points.T) ** 2
    prior, noise = found.prior_variance, found.noise_variance
    covariance = np.linalg.inv(phi.T @ phi / noise + k_mm / prior)
    test = design.values(generator.random((4, 7)))
    expected = prior - np.einsum("am,mn,an->a", test, prior * np.linalg.inv(k_mm) - covariance, test)
    got = prior - np.sum((test @ found.variance_rows[0].T) ** 2, axis=1)
    assert_close(got, expected, 1e-8)
    assert_close(found.weights[0], covariance @ phi.T @ y / noise, 1e-8)


def test_standardisation_in_parts():
    rows = 1e6 + np.random.default_rng(0).normal(size=(40, 3))
    rows[:, 2] = 5.0
    moments = RunningStatistics(3)
    for part in np.split(rows, [3, 3, 20]):
        moments.add(part)
    assert_close(moments.mean, rows.mean(axis=0), 1e-14)
    assert_close(moments.deviation, rows.std(axis=0), 1e-9)
    assert _linear.LinearDesign.from_statistics(moments).scale[2] == 0
