# SPDX-License-Identifier: MIT
"""Errors of frames that a model has not seen: each fold is predicted from the others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ... import _core
from ...data import labels as _labels
from ...data.dataset import Dataset, Labels
from ..evaluation import errors, parity, predict
from ..linear import passes as _accumulate
from ..options import TermOptions
from ..problem import Problem
from ..stages import fill_terms, first_term
from ..walls.options import OFF, WallOptions


def errors_of_fits(
    new_model: Callable[[], _core.Model], problem: Problem, options: Sequence[TermOptions]
) -> dict[str, Any]:
    """Loss and rmse of each target; fold k is predicted by a fit of `options[k]` to the others."""
    data, order = problem.data, []
    predictions: list[Labels] = []
    for k, here in enumerate(options):
        held, others = _fold(data, k, len(options))
        model = new_model()
        fill_terms(model, replace(problem, data=data.subset(others)), replace(here, walls=WallOptions(OFF)))
        order += held
        frames = [data.frames[i] for i in held]
        execution = problem.execution
        predictions += predict(model, frames, data.targets, execution.num_threads, execution.device)
    found = {t: e.rmse for t, e in errors(parity(data.subset(order), predictions)).items()}
    return {"loss": _accumulate.loss_of(found, problem.error_factors), "rmse": found}


def options_of_fits(
    problem: Problem, options: TermOptions, searches_pairs: bool = False
) -> list[TermOptions]:
    """Those of each fold: two-body networks that are trained first are trained here unless their options are searched."""
    data = problem.data
    n = min(options.solver.n_folds, len(data))
    parts = [replace(problem, data=data.subset(_fold(data, k, n)[1])) for k in range(n)]
    for part in parts:
        _labels.require_every_species(part.data.frames, problem.species)
    networks = options.pair_networks
    if networks is None or options.joint or searches_pairs:
        return [options] * n
    return [replace(options, two_body=first_term(part, networks)) for part in parts]


def _fold(data: Dataset, k: int, n: int) -> tuple[list[int], list[int]]:
    """Frames of fold k of n, and the others."""
    held = list(range(k, len(data), n))
    return held, [i for i in range(len(data)) if i % n != k]
