# SPDX-License-Identifier: MIT
"""Hyperparameters with the smallest error in cross-validation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ase import Atoms

from ...common import checks as _checks
from ...common.errors import ArgumentError
from ...common.execution import Execution
from ...common.packages import require_package
from ...data.prior import Prior
from ...data.species_pairs import pairs_may_lack
from ...descriptors.descriptor import Descriptor
from ..fields import usual_width
from ..fitting import TwoBodyTerm
from ..linear.options import KernelOptions, LinearOptions
from ..networks.options import NetworkOptions
from ..options import FitOptions, LabelOptions, ModelOptions, TermOptions
from ..problem import Problem
from ..setup import (
    empty_model,
    environments_of,
    execution_of,
    hypers_of,
    placed,
    posed,
    read_frames,
    require_same_species,
)
from ..stages import errors_of_one_system
from .cross_validation import errors_of_fits, options_of_fits
from .space import OF_FIT, OF_KERNEL, OF_PAIRS, ranges_of, search

TRIALS = 30


@dataclass
class TuneResult:
    """Best hyperparameters and all trials.

    ``fit_arguments`` are those of the parameters that `fit` takes beside the descriptor. Searched options of the two-body term
    are in its ``two_body``, with the others that `tune` was given. `blind_to_walls`: `fit` looks at walls of the two-body term,
    which no trial did.
    """

    loss: float
    parameters: dict[str, Any]
    descriptor: Descriptor
    trials: list[dict[str, Any]]  # parameters, loss and errors, or the reason why they were refused
    fit_arguments: dict[str, Any]
    blind_to_walls: bool


@_checks.suggests_keywords
def tune(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor,
    space: Mapping[str, Sequence[float]],
    kind: str = TermOptions.kind,
    *,
    n_trials: int = TRIALS,
    density_scale: float = ModelOptions.density_scale,
    units: str = LabelOptions.units,
    targets: Sequence[str] | None = LabelOptions.targets,
    keys: Mapping[str, str] | None = LabelOptions.keys,
    weights: Mapping[str, float] | None = LabelOptions.weights,
    config_weights: Mapping[str, float] | None = LabelOptions.config_weights,
    config_key: str = LabelOptions.config_key,
    isolated: Mapping[str, float] | None = LabelOptions.isolated,
    split: str = LabelOptions.split,
    seed: int = LabelOptions.seed,
    ridge: float | str = LinearOptions.ridge,
    n_folds: int = LinearOptions.n_folds,
    n_points: int = KernelOptions.n_points,
    selection: str = KernelOptions.selection,
    exponent: int = KernelOptions.exponent,
    two_body: TwoBodyTerm | None = None,
    networks: NetworkOptions | Mapping[str, Any] | None = None,
    prior: Prior | Sequence[str] | None = None,
    allow_discontinuity: bool = ModelOptions.allow_discontinuity,
    show_progress: bool = False,
    device: str | None = None,
) -> TuneResult:
    """Searches hyperparameters by the error in cross-validation (optuna's TPE sampler).

    ``fit(frames, result.descriptor, kind, **result.fit_arguments)`` trains with what was found; what was given here and not
    searched is given to `fit` again. Walls are not looked at: terms of expansions are chosen by labels alone, and nothing is
    repaired.

    Parameters
    ----------
    frames, kind, ...
        As for `fit`. Where networks are trained, and for a polynomial that is not solved together with the many-body term, each
        trial is `n_folds` fits; two-body networks that are trained first are trained once for each fold, and in each trial
        where their cutoff or width is searched. Other trials are one pass over the frames.
    descriptor : Descriptor
        Hyperparameters that the search leaves alone.
    space : mapping
        Name -> (low, high), both included. Names: max_angular, max_radial, cutoff_radius, radial_gaussian_width, cutoff_width,
        density_scale (all of them with a many-body term), exponent, n_points (kind 'kernel'), degree (of a two-body polynomial),
        two_body_cutoff, two_body_width (instead of those of the options in `two_body`).
    n_trials : int
        A space without more points (integers, and lengths with low = high) is tried as a whole.
    device : str, optional
        As for `fit`.

    Returns
    -------
    TuneResult
        The loss is the root of the mean over the targets of (weight x RMSE / spread of the labels)^2 on held-out folds.

    Raises
    ------
    ArgumentError
        As `fit`, for parameters that the model does not have, and when every trial is refused.
    RuntimeError
        Without the package optuna, and without torch where networks are trained.
    """
    require_package("optuna", "train", "tune")
    options = FitOptions.among(locals())
    options.terms.require_packages()
    ranges = ranges_of(space, options.terms)
    if _checks.integer("n_trials", n_trials) < 1:
        raise ArgumentError("n_trials", n_trials, "an integer >= 1")
    execution = execution_of(descriptor, show_progress, device)
    problem = _problem(frames, descriptor, options, prior, execution)
    searches_pairs = not OF_PAIRS.keys().isdisjoint(ranges)
    with pairs_may_lack():
        evaluate = _evaluation(problem, descriptor, options, searches_pairs)
        trials = search(evaluate, ranges, n_trials, options.labels.seed, show_progress)
    blind = options.terms.polynomial is not None and prior is None
    arguments_of = partial(_arguments, two_body, options.terms.two_body)
    return _best(trials, descriptor, problem.species, arguments_of, blind)


def _problem(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor,
    options: FitOptions,
    prior: Prior | Sequence[str] | None,
    execution: Execution,
) -> Problem:
    """The environments are those of a trial that changes nothing."""
    data, held, species = read_frames(frames, 0.0, descriptor, options.labels, options.terms.solver.n_folds)
    if len(data) < 2:
        raise ArgumentError("frames", "one", "at least two for cross-validation")
    require_same_species(options.terms.two_body, species)
    baseline = None if prior is None else Prior.of(prior, options.labels.units, species)
    execution = placed(execution, data)
    scale = options.model.density_scale
    environments = environments_of(hypers_of(descriptor, species), species, scale, execution)
    problem = posed(data, held, environments, options, baseline, execution).problem
    return replace(problem, execution=replace(execution, progress=False))  # of each fit: trials have a bar


def _evaluation(
    problem: Problem, descriptor: Descriptor, options: FitOptions, searches_pairs: bool
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Function from parameters to loss and errors."""
    terms = options.terms
    of_folds = [] if terms.is_one_system else options_of_fits(problem, terms, searches_pairs)

    def evaluate(parameters: dict[str, Any]) -> dict[str, Any]:
        changed = with_parameters(descriptor, parameters)
        scale = parameters.get("density_scale", options.model.density_scale)
        here = replace(options, model=replace(options.model, density_scale=scale))
        new_model = partial(empty_model, changed, problem.species, here)
        model = new_model()
        environments = environments_of(model.hypers, problem.species, model.density_scale, problem.execution)
        posed = replace(problem, environments=environments)
        if terms.is_one_system:
            return errors_of_one_system(model, posed, _searched(terms, parameters))
        return errors_of_fits(new_model, posed, [_searched(o, parameters) for o in of_folds])

    return evaluate


def _searched(options: TermOptions, parameters: Mapping[str, Any]) -> TermOptions:
    """Options with those of the parameters that are of the terms."""
    kernel = replace(options.kernel, **{k: v for k, v in parameters.items() if k in OF_KERNEL})
    of_pairs = _of_pairs(options.two_body, parameters)
    two_body = replace(options.two_body, **of_pairs) if of_pairs else options.two_body  # type: ignore[type-var]
    return replace(options, kernel=kernel, two_body=two_body)


def _of_pairs(options: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters, options of two-body terms; with a cutoff goes a taper that is the default of the one before."""
    found = {option: parameters[name] for name, option in OF_PAIRS.items() if name in parameters}
    if "cutoff" in found and "width" not in found and options.width == usual_width(options.cutoff):
        found["width"] = usual_width(found["cutoff"])
    return found


def _arguments(two_body: Any, options: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters, those that `fit` takes beside the descriptor; `two_body` is what `tune` was given, as `options`."""
    found = {name: parameters[name] for name in OF_KERNEL if name in parameters}
    of_pairs = _of_pairs(options, parameters)
    if of_pairs:
        is_mapping = isinstance(two_body, Mapping)
        found["two_body"] = {**two_body, **of_pairs} if is_mapping else replace(two_body, **of_pairs)
    if "density_scale" in parameters:
        found["density_scale"] = parameters["density_scale"]
    return found


def _best(
    trials: list[dict[str, Any]],
    descriptor: Descriptor,
    species: Sequence[int],
    arguments_of: Callable[[dict[str, Any]], dict[str, Any]],
    blind_to_walls: bool,
) -> TuneResult:
    good = [t for t in trials if "loss" in t]
    if not good:
        reason = trials[-1]["reason"]
        raise ArgumentError("tune", f"only refused trials, the last '{reason}'", "other ranges")
    best = min(good, key=lambda t: t["loss"])
    parameters = best["parameters"]
    found = with_parameters(descriptor, parameters, species)
    return TuneResult(best["loss"], parameters, found, trials, arguments_of(parameters), blind_to_walls)


def with_parameters(
    descriptor: Descriptor, parameters: Mapping[str, Any], species: Sequence[int] | None = None
) -> Descriptor:
    """Descriptor with other hyperparameters; those of `fit` are passed over."""
    given = {**descriptor._given(), **{k: v for k, v in parameters.items() if k not in OF_FIT}}
    return Descriptor(**(given if species is None else {**given, "species": species}))
