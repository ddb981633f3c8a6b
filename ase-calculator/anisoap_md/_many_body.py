# SPDX-License-Identifier: MIT
"""The many-body term of a fit: arguments, training, and facts about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from . import _accumulate, _checks, _core, _kernel
from ._accumulate import row_factors
from ._dataset import Dataset, Scales, species_counts, species_energies
from ._design import Design, Environments
from ._solve import Accumulator, Posterior, Solver

KINDS = ("linear", "kernel", "networks", "none")
# QR decompositions of some thousand rows are fastest on one thread, and far slower on all where cores are shared.
_one_thread = threadpool_limits.wrap(limits=1, user_api="blas")
_CURVE = (0.125, 0.25, 0.5, 1.0)  # parts of the training frames


@dataclass
class Options:
    """Arguments of the many-body term."""

    kind: str
    ridge: float | str
    n_folds: int
    n_points: int
    selection: str
    exponent: int
    networks: Mapping[str, Any] | None
    learning_curve: bool
    show: bool

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        one_of("selection", self.selection, _kernel.SELECTIONS)
        if self.networks:
            self._require_networks(self.networks)
        if isinstance(self.ridge, str):
            one_of("ridge", self.ridge, ("evidence", "cv"))
        elif not 0 <= _checks.real("ridge", self.ridge) < np.inf:
            raise ValueError(_checks.message("ridge", self.ridge, "'evidence', 'cv' or a finite number >= 0"))
        for name, least in (("n_folds", 2), ("n_points", 1), ("exponent", 1)):
            if _checks.integer(name, getattr(self, name)) < least:
                raise ValueError(_checks.message(name, getattr(self, name), f"an integer >= {least}"))

    def _require_networks(self, given: Mapping[str, Any]) -> None:
        from ._networks import train_committee

        if self.kind != "networks":
            raise ValueError(
                _checks.message("networks", f"options for kind '{self.kind}'", "kind='networks'")
            )
        known_options("networks", given, train_committee)


def one_of(argument: str, value: object, allowed: Sequence[str]) -> None:
    if _checks.word(argument, value) not in allowed:
        hint = _core.did_you_mean(str(value), allowed)
        raise ValueError(_checks.message(argument, f"'{value}'", f"one of {', '.join(allowed)}{hint}"))


def known_options(argument: str, given: Mapping[str, Any], train: Callable[..., Any]) -> None:
    """ValueError for an option that neither `train` nor `Schedule` has."""
    from ._torch_schedule import Schedule

    own = [p.name for p in signature(train).parameters.values() if p.kind is p.KEYWORD_ONLY]
    names = sorted({*own, *signature(Schedule).parameters} - {"seed", "show_progress"})
    for name in given:
        if name not in names:
            hint = _core.did_you_mean(name, names)
            raise ValueError(
                _checks.message(argument, f"option '{name}'", f"some of {', '.join(names)}{hint}")
            )


def fill_many_body(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    held: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: Options,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fills model.local; facts for the document, and the learning curve."""
    if options.kind == "none":
        _fill_offsets(model, environments, data)
        return {}, []
    if options.kind == "networks":
        from ._networks import train_committee

        model.local = train_committee(
            data,
            environments,
            weights,
            scales,
            seed=seed,
            show_progress=options.show,
            **(options.networks or {}),
        )
        return {"networks": dict(options.networks or {})}, []
    designs = _designs(environments, data, seed, options)
    posterior, curve = _regression(environments, designs, data, held, row_factors(weights, scales), options)
    model.local = [
        design.local_energy(float(offset), w, rows, posterior.prior_variance)
        for design, offset, w, rows in zip(
            designs, posterior.offsets, posterior.weights, posterior.variance_rows, strict=True
        )
    ]
    return _facts(posterior, options), curve


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


@_one_thread
def _designs(environments: Environments, data: Dataset, seed: int, options: Options) -> list[Design]:
    if options.kind == "linear":
        return _accumulate.linear_designs(environments, data, options.show)
    return _accumulate.kernel_designs(
        environments, data, options.n_points, options.selection, options.exponent, seed, options.show
    )


@_one_thread
def _regression(
    environments: Environments,
    designs: Sequence[Design],
    data: Dataset,
    held: Dataset,
    factors: Mapping[str, float],
    options: Options,
) -> tuple[Posterior, list[dict[str, Any]]]:
    solver = Solver(designs, explains=options.kind == "kernel")
    n_folds = min(options.n_folds, len(data)) if options.ridge == "cv" else 1
    if options.ridge == "cv" and n_folds < 2:
        raise ValueError(_checks.message("ridge", "'cv' with one training frame", "at least two frames"))
    curve: list[dict[str, Any]] = []
    rows_held: list[Accumulator] = []
    if options.learning_curve and len(held):
        rows_held = _accumulate.accumulate(environments, designs, held)
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

    folds = _accumulate.accumulate(environments, designs, data, n_folds, options.show, after)
    return solution(folds), curve


def _facts(posterior: Posterior, options: Options) -> dict[str, Any]:
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


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that are not finite become None, since JSON has none."""
    return {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in values.items()}


@_one_thread
def cross_validate(
    environments: Environments, data: Dataset, factors: Mapping[str, float], seed: int, options: Options
) -> tuple[float, dict[str, float], float | str]:
    """Loss and errors of held-out folds, and the ridge (relative; 'evidence' where each fold has its own)."""
    designs = _designs(environments, data, seed, options)
    solver = Solver(designs, explains=options.kind == "kernel")
    n_folds = min(options.n_folds, len(data))
    folds = _accumulate.accumulate(environments, designs, data, n_folds)
    ridge = options.ridge
    if ridge == "cv":
        ridge = _accumulate.cross_validated_ridge(solver, folds, factors)
    errors = _accumulate.held_out_errors(solver, folds, factors, [ridge])[0]
    return _accumulate.loss_of(errors, factors), errors, ridge
