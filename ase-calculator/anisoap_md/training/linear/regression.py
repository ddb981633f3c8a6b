# SPDX-License-Identifier: MIT
"""The many-body term of a fit, polynomials beside it, and facts about both."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ... import _core
from ...common.documents.json import finite
from ...common.errors import ArgumentError, message
from ...data.dataset import Dataset, species_counts, species_energies
from ..problem import Problem
from ..walls.options import OFF
from ..walls.outcome import Outcome, Walls
from . import passes as _accumulate
from .evidence import evidence_of
from .options import SystemOptions
from .pairs.design import PairDesign
from .rows import Design, Isolated, LinearSystem, NoDesign
from .solver import Accumulator, Posterior, Solver

# QR decompositions of some thousand rows are fastest on one thread, and far slower on all where cores are shared.
one_thread = threadpool_limits.wrap(limits=1, user_api="blas")
_BLOCKS = 5  # of the held-out frames, over which errors of a learning curve are averaged
_PLENTY = 5  # labels a weight, from which on walls that they contradict are refused
_CURVE = (0.125, 0.25, 0.5, 1.0)  # parts of the training frames


def fill_many_body(
    model: _core.Model, problem: Problem, options: SystemOptions, polynomials: PairDesign | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fills model.local, and model.two_body by `polynomials`; facts for the document, and the learning curve."""
    if options.kind == "none" and polynomials is None:
        _fill_offsets(model, problem)
        return {}, []
    designs = designs_of(problem, options)
    system = LinearSystem(problem.environments, designs, polynomials, Isolated.of(problem, designs))
    posterior, curve, walls = _regression(system, problem, options)
    _fill(model, system, posterior)
    return _facts(posterior, options, walls), curve


def fill_polynomials_first(
    model: _core.Model, problem: Problem, options: SystemOptions, polynomials: PairDesign
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Fills model.two_body as if there were no many-body term; facts for the document, and rows of the variance, if any."""
    designs: list[Design] = [NoDesign()] * len(problem.species)
    system = LinearSystem(problem.environments, designs, polynomials, Isolated.of(problem, designs))
    posterior, _, walls = _regression(system, problem, options)
    model.two_body = polynomials.filled(posterior.pair_weights)
    variances = posterior.pair_variance_rows if polynomials.has_variance else []
    return _facts(posterior, options, walls), variances


def _fill(model: _core.Model, system: LinearSystem, posterior: Posterior) -> None:
    local = []
    with_variance = system.polynomials is None or system.polynomials.has_variance
    for s, design in enumerate(system.designs):
        weights, offset = posterior.weights[s], float(posterior.offsets[s])
        one = design.local_energy(
            offset if system.isolated is None else system.isolated.offset(s, weights),
            weights,
            posterior.variance_rows[s] if with_variance else posterior.variance_rows[s][:0],
            posterior.prior_variance,
        )
        if with_variance:
            one.pair_variance_rows = posterior.pair_variance_rows[s]
        local.append(one)
    model.local = local
    if system.polynomials is not None:
        model.two_body = system.polynomials.filled(posterior.pair_weights)


def add_pair_variances(model: _core.Model, of_pairs: Sequence[np.ndarray]) -> None:
    """Rows of two-body polynomials that were fitted before the many-body term, as independent ones."""
    local = model.local
    for one, rows in zip(local, of_pairs, strict=True):
        own = one.variance_rows
        if one.kind == "linear":  # |V x + V_p t|^2: either has zeros where the other has rows
            one.variance_rows = np.concatenate([own, np.zeros((len(rows), own.shape[1]))])
            rows = np.concatenate([np.zeros((len(own), rows.shape[1])), rows])
        one.pair_variance_rows = rows
    model.local = local


def _fill_offsets(model: _core.Model, problem: Problem) -> None:
    """Energies per particle of each species that are nearest to the labels, the smallest ones where they are not unique."""
    data = problem.data
    if problem.isolated is not None:
        offsets = np.array(problem.isolated)
    elif "energy" in data.targets:
        energies = np.array([labels.energy for labels in data.labels])
        offsets = species_energies(species_counts(data.frames, problem.species), energies, data.weights)
    else:
        return
    local = model.local
    for one, offset in zip(local, offsets.tolist(), strict=True):
        one.offset = offset
    model.local = local


@one_thread
def designs_of(problem: Problem, options: SystemOptions) -> list[Design]:
    if options.kind == "none":
        return [NoDesign()] * len(problem.species)
    if options.kind == "linear":
        designs = _accumulate.linear_designs(problem)
        if problem.isolated is not None:
            for design, alone in zip(
                designs, problem.environments.isolated(problem.data.frames), strict=True
            ):
                design.shift = alone
        return list(designs)
    return _accumulate.kernel_designs(problem, options.kernel)


@one_thread
def _regression(
    system: LinearSystem, problem: Problem, options: SystemOptions
) -> tuple[Posterior, list[dict[str, Any]], Outcome | None]:
    solver = Solver(system.designs, options.kind == "kernel", system.polynomials)
    data, factors, ridge = problem.data, problem.row_factors, options.solver.ridge
    n_folds = min(options.solver.n_folds, len(data)) if ridge == "cv" else 1
    if ridge == "cv" and n_folds < 2:
        raise ArgumentError("ridge", "'cv' with one training frame", "at least two frames")
    curve: list[dict[str, Any]] = []
    rows_held: list[Accumulator] = []
    if options.learning_curve and len(problem.held):
        rows_held = _rows_of_blocks(system, problem.held)
    sizes = {max(1, round(part * len(data))) for part in _CURVE}

    def solution(folds: list[Accumulator]) -> Posterior:
        best = ridge
        if best == "cv":
            best = _accumulate.cross_validated_ridge(solver, folds, factors, problem.error_factors)
        return solved(solver, Accumulator.merged(folds), factors, best)

    def after(n: int, folds: list[Accumulator]) -> None:
        if n in sizes and (ridge != "cv" or n >= n_folds):
            columns = solution(folds).columns
            curve.append({"n_frames": n, **_errors(rows_held, columns)})

    curved = after if rows_held else None
    folds = _accumulate.accumulate(system, data, n_folds, problem.execution.progress, curved)
    best = solution(folds)
    if system.polynomials is None or options.walls.walls == OFF:
        return best, curve, None
    rows = {"train": Accumulator.merged(folds)}
    if len(problem.held):
        rows["test"] = (
            Accumulator.merged(rows_held) if rows_held else _accumulate.accumulate(system, problem.held)[0]
        )
    walls = Walls(system.polynomials.two_body, problem, options.walls)
    best, outcome = _with_walls(walls, solver, rows, factors, best)
    return best, curve, outcome


def solved(solver: Solver, rows: Accumulator, factors: Mapping[str, float], ridge: float | str) -> Posterior:
    """Posterior at a relative ridge, or at that of the largest evidence with a noise of each target ('evidence')."""
    evidence = evidence_of(solver, rows, factors) if ridge == "evidence" else None
    best = ridge if evidence is None else evidence.ridge
    return replace(solver.solve(*rows.factor(factors), float(best)), evidence=evidence)


def _rows_of_blocks(system: LinearSystem, held: Dataset) -> list[Accumulator]:
    """Rows of up to five blocks of consecutive frames."""
    parts = np.array_split(np.arange(len(held)), min(_BLOCKS, len(held)))
    order = [int(part[k]) for k in range(len(parts[0])) for part in parts if k < len(part)]
    return _accumulate.accumulate(system, held.subset(order), len(parts))


def _errors(blocks: Sequence[Accumulator], columns: np.ndarray) -> dict[str, dict[str, float]]:
    """Root mean square errors of each target, and their standard errors over the blocks where there are two at least."""
    out = {"rmse": Accumulator.merged(blocks).errors(columns)}
    if len(blocks) > 1:
        of_blocks = [block.errors(columns) for block in blocks]
        deviations = {t: float(np.std([e[t] for e in of_blocks], ddof=1)) for t in out["rmse"]}
        out["standard_error"] = {t: d / np.sqrt(len(blocks)) for t, d in deviations.items()}
    return out


def _with_walls(
    walls: Walls,
    solver: Solver,
    rows: Mapping[str, Accumulator],
    factors: Mapping[str, float],
    before: Posterior,
) -> tuple[Posterior, Outcome]:
    """The posterior without holes, where those are to be repaired; errors are those of `rows`, 'train' and 'test'.

    A repair that the labels contradict is an ArgumentError, and a warning where they are few.
    """

    def errors(posterior: Posterior) -> dict[str, dict[str, float]]:
        return {name: part.errors(posterior.columns) for name, part in rows.items()}

    outcome, after = walls.outcome(before.pair_weights), before
    if any(outcome.before.values()):
        try:
            moved = repaired_weights(walls, solver, rows["train"], factors, before)
            walls.add_repair(outcome, moved.pair_weights, errors(before), errors(moved))
            after = moved
        except ArgumentError as error:
            if before.n_rows >= _PLENTY * before.n_weights:
                raise
            _warn_of_few_labels(error, before)
    walls.add_curves(outcome, before.pair_weights, after.pair_weights)
    return after, outcome


def _warn_of_few_labels(error: ArgumentError, before: Posterior) -> None:
    few = f"{before.n_rows} labels of {before.n_weights} weights are too few to tell: walls stay as they are"
    allowed = f"{error.expected}; {few}"
    warnings.warn(message(error.what, error.got, allowed), stacklevel=2)


def repaired_weights(
    walls: Walls, solver: Solver, rows: Accumulator, factors: Mapping[str, float], before: Posterior
) -> Posterior:
    """The nearest posterior without holes; ArgumentError where it is too far away."""
    factor, _ = rows.factor(factors)
    step = walls.step(before.pair_weights, rows.errors(before.columns), rows.squared_factors(factors))
    return solver.moved(factor, before, step)


def _facts(posterior: Posterior, options: SystemOptions, walls: Outcome | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "ridge": posterior.ridge,
        "ridge_from": options.solver.ridge if isinstance(options.solver.ridge, str) else "given",
        "noise_variance": posterior.noise_variance,
        "noise": None if posterior.evidence is None else posterior.evidence.noise,
        "rank": posterior.rank,
        "n_weights": posterior.n_weights,
        "n_labels": posterior.n_rows,
        "condition_number": posterior.condition_number,
        "log_evidence": posterior.log_evidence,
    }
    if options.kind == "kernel":
        facts |= {"exponent": options.kernel.exponent, "selection": options.kernel.selection}
    facts = finite(facts)
    return facts if walls is None else {**facts, "walls": walls}


@one_thread
def cross_validated(
    problem: Problem, options: SystemOptions, polynomials: PairDesign | None = None
) -> dict[str, Any]:
    """Errors where each fold is predicted from the others: loss, rmse of each target, and the ridge (relative; 'evidence' where
    each fold has its own)."""
    designs = designs_of(problem, options)
    system = LinearSystem(problem.environments, designs, polynomials, Isolated.of(problem, designs))
    solver = Solver(system.designs, options.kind == "kernel", polynomials)
    folds = _accumulate.accumulate(system, problem.data, min(options.solver.n_folds, len(problem.data)))
    factors, ridge = problem.row_factors, options.solver.ridge
    if ridge == "cv":
        ridge = _accumulate.cross_validated_ridge(solver, folds, factors, problem.error_factors)
    found = _accumulate.held_out_errors(solver, folds, factors, [ridge])[0]
    return {"loss": _accumulate.loss_of(found, problem.error_factors), "rmse": found, "ridge": ridge}
