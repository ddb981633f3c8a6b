# SPDX-License-Identifier: MIT
"""Passes over the frames: designs from their power spectra, rows into accumulators, and cross-validation of the ridge."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from ...common.progress import progress
from ...data.dataset import PER_PARTICLE, Dataset
from ...data.statistics import RunningStatistics
from ..problem import Problem
from .evidence import evidence_of
from .kernel import Candidates, KernelDesign, select_points
from .options import KernelOptions
from .rows import Design, LinearSystem
from .solver import Accumulator, Solver
from .standardised import LinearDesign

RIDGES = 10.0 ** np.arange(-16, 1.1)  # relative; those that cross-validation compares


def linear_designs(problem: Problem) -> list[LinearDesign]:
    """Designs from the means and standard deviations of the power spectra of each species."""
    environments = problem.environments
    statistics = [RunningStatistics(0) for _ in environments.species]
    for k, (features, species_index) in enumerate(_features(problem)):
        if k == 0:
            statistics = [RunningStatistics(features.shape[1]) for _ in environments.species]
        for s, part in enumerate(statistics):
            part.add(features[species_index == s])
    return [LinearDesign.from_statistics(m) for m in statistics]


def kernel_designs(problem: Problem, options: KernelOptions) -> list[Design]:
    """Designs with representatives among the particles of each species."""
    environments = problem.environments
    candidates = [Candidates(problem.seed + s) for s in range(len(environments.species))]
    for features, species_index in _features(problem):
        for s, part in enumerate(candidates):
            part.add(features[species_index == s])
    points = [select_points(c.rows, options.n_points, options.selection) for c in candidates]
    return [KernelDesign(p, options.exponent) for p in points]


def _features(problem: Problem) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Power spectra [n, F] of the training frames, one after the other, and [n] species."""
    frames, environments = problem.data.frames, problem.environments
    bar = progress(frames, "features", "frames", problem.execution.progress)
    for atoms, features in zip(bar, environments.features_of(frames), strict=True):
        yield features, environments.species_of(atoms)


def accumulate(
    system: LinearSystem,
    data: Dataset,
    n_folds: int = 1,
    show: bool = False,
    after: Callable[[int, list[Accumulator]], None] | None = None,
) -> list[Accumulator]:
    """Rows of all frames, frame k in accumulator k mod n_folds. `after(n, accumulators)` is called after n frames.

    Where neither asks for the order of the frames, those of one state come one behind another, and its sums are let go.
    """
    by_state = n_folds == 1 and after is None
    if by_state and data.states is not None:
        data = data.subset(np.argsort(data.states, kind="stable").tolist())
    states = data.states
    folds = [Accumulator(data.targets, system.n_columns) for _ in range(n_folds)]
    labelled = zip(data.frames, data.labels, strict=True)
    bar = progress(list(labelled), "rows", "frames", show)
    for k, ((atoms, labels), of_frame) in enumerate(
        zip(bar, system.rows_of(data.frames, data.targets), strict=True)
    ):
        for target, rows in of_frame.items():
            divisor = (len(atoms) if target in PER_PARTICLE else 1) / data.weight_of(k)
            state = states[k] if states is not None and target == "stress" else None
            folds[k % n_folds].add(target, rows, system.right(atoms, labels, target), divisor, state)
            if by_state and states is not None and state is not None and states[k + 1 : k + 2] != [state]:
                folds[0].close(state)
        if after is not None:
            after(k + 1, folds)
    return folds


def held_out_errors(
    solver: Solver, folds: Sequence[Accumulator], factors: Mapping[str, float], ridges: Sequence[float | str]
) -> list[dict[str, float]]:
    """Root mean square errors of each target over the folds, each predicted from the others, for every ridge."""
    squares: list[dict[str, float]] = [dict.fromkeys(folds[0].triangles, 0.0) for _ in ridges]
    counts = {t: sum(f.triangles[t].n_rows for f in folds) for t in folds[0].triangles}
    for k, held in enumerate(folds):
        others = Accumulator.merged([f for j, f in enumerate(folds) if j != k])
        factor, n_rows = others.factor(factors)
        decomposition = solver.decomposition(factor, n_rows)
        for total, ridge in zip(squares, ridges, strict=True):
            best = evidence_of(solver, others, factors).ridge if ridge == "evidence" else float(ridge)
            columns = solver.columns(factor, decomposition, best)
            for t, error in held.errors(columns).items():
                total[t] += error**2 * held.triangles[t].n_rows
    return [{t: float(np.sqrt(v / counts[t])) for t, v in total.items()} for total in squares]


def loss_of(errors: Mapping[str, float], factors: Mapping[str, float]) -> float:
    """Root of the mean over the targets of the squared errors, each times its factor."""
    used = [t for t, f in factors.items() if f > 0]
    return float(np.sqrt(sum((errors[t] * factors[t]) ** 2 for t in used) / len(used)))


def cross_validated_ridge(
    solver: Solver,
    folds: Sequence[Accumulator],
    factors: Mapping[str, float],
    error_factors: Mapping[str, float],
) -> float:
    """Relative ridge with the smallest error on held-out folds, each error times its factor."""
    found = held_out_errors(solver, folds, factors, RIDGES.tolist())
    return float(RIDGES[int(np.argmin([loss_of(e, error_factors) for e in found]))])
