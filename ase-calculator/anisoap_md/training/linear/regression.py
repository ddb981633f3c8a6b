# SPDX-License-Identifier: MIT
"""The many-body term of a fit, polynomials beside it, and facts about both."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ... import _core
from ...common import checks as _checks
from ...common.json import finite
from ...data.dataset import Dataset, Scales, species_counts, species_energies
from ...data.environments import Environments
from . import passes as _accumulate
from .options import LinearOptions
from .pair_polynomial import PairDesign
from .passes import row_factors
from .rows import Design, NoDesign, Terms
from .solver import Accumulator, Posterior, Solver

# QR decompositions of some thousand rows are fastest on one thread, and far slower on all where cores are shared.
one_thread = threadpool_limits.wrap(limits=1, user_api="blas")
_CURVE = (0.125, 0.25, 0.5, 1.0)  # parts of the training frames


def fill_many_body(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    held: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: LinearOptions,
    pairs: PairDesign | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fills model.local, and model.two_body by `pairs`; facts for the document, and the learning curve."""
    if options.kind == "none" and pairs is None:
        _fill_offsets(model, environments, data)
        return {}, []
    terms = Terms(environments, designs_of(environments, data, seed, options), pairs)
    posterior, curve = _regression(terms, data, held, row_factors(weights, scales), options)
    _fill(model, terms, posterior)
    return _facts(posterior, options), curve


def fill_pairs_first(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    options: LinearOptions,
    pairs: PairDesign,
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Fills model.two_body as if there were no many-body term; facts for the document, and rows of the variance."""
    terms = Terms(environments, [NoDesign()] * len(environments.species), pairs)
    posterior, _ = _regression(terms, data, data.subset([]), row_factors(weights, scales), options)
    model.two_body = pairs.filled(posterior.pair_weights)
    return _facts(posterior, options), posterior.pair_variance_rows


def _fill(model: _core.Model, terms: Terms, posterior: Posterior) -> None:
    local = []
    for s, design in enumerate(terms.designs):
        one = design.local_energy(
            float(posterior.offsets[s]),
            posterior.weights[s],
            posterior.variance_rows[s],
            posterior.prior_variance,
        )
        one.pair_variance_rows = posterior.pair_variance_rows[s]
        local.append(one)
    model.local = local
    if terms.pairs is not None:
        model.two_body = terms.pairs.filled(posterior.pair_weights)


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


def _fill_offsets(model: _core.Model, environments: Environments, data: Dataset) -> None:
    """Energies per particle of each species that are nearest to the labels, the smallest ones where they are not unique."""
    if "energy" not in data.targets:
        return
    energies = np.array([labels.energy for labels in data.labels])
    offsets = species_energies(species_counts(data.frames, environments.species), energies)
    local = model.local
    for one, offset in zip(local, offsets.tolist(), strict=True):
        one.offset = offset
    model.local = local


@one_thread
def designs_of(environments: Environments, data: Dataset, seed: int, options: LinearOptions) -> list[Design]:
    if options.kind == "none":
        return [NoDesign()] * len(environments.species)
    if options.kind == "linear":
        return _accumulate.linear_designs(environments, data, options.show)
    return _accumulate.kernel_designs(
        environments, data, options.n_points, options.selection, options.exponent, seed, options.show
    )


@one_thread
def _regression(
    terms: Terms,
    data: Dataset,
    held: Dataset,
    factors: Mapping[str, float],
    options: LinearOptions,
) -> tuple[Posterior, list[dict[str, Any]]]:
    solver = Solver(terms.designs, options.kind == "kernel", terms.pairs)
    n_folds = min(options.n_folds, len(data)) if options.ridge == "cv" else 1
    if options.ridge == "cv" and n_folds < 2:
        raise ValueError(_checks.message("ridge", "'cv' with one training frame", "at least two frames"))
    curve: list[dict[str, Any]] = []
    rows_held: list[Accumulator] = []
    if options.learning_curve and len(held):
        rows_held = _accumulate.accumulate(terms, held)
    sizes = {max(1, round(part * len(data))) for part in _CURVE}

    def solution(folds: list[Accumulator]) -> Posterior:
        ridge = options.ridge
        if ridge == "cv":
            ridge = _accumulate.cross_validated_ridge(solver, folds, factors)
        return solver.solve(*Accumulator.merged(folds).factor(factors), ridge)

    def after(n: int, folds: list[Accumulator]) -> None:
        if rows_held and n in sizes and (options.ridge != "cv" or n >= n_folds):
            columns = solution(folds).columns
            curve.append({"n_frames": n, "rmse": rows_held[0].errors(columns)})

    folds = _accumulate.accumulate(terms, data, n_folds, options.show, after)
    return solution(folds), curve


def _facts(posterior: Posterior, options: LinearOptions) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "ridge": posterior.ridge,
        "ridge_from": options.ridge if isinstance(options.ridge, str) else "given",
        "noise_variance": posterior.noise_variance,
        "rank": posterior.rank,
        "n_weights": posterior.n_weights,
        "n_labels": posterior.n_rows,
        "condition_number": posterior.condition_number,
        "log_evidence": posterior.log_evidence,
    }
    if options.kind == "kernel":
        facts |= {"exponent": options.exponent, "selection": options.selection}
    return finite(facts)
