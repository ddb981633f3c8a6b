# SPDX-License-Identifier: MIT
"""Hyperparameters with the smallest error in cross-validation."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ase import Atoms

from ... import _core
from ...common import checks as _checks
from ...common.packages import require_package
from ...data import dataset as _dataset
from ...data.dataset import Scales
from ...data.environments import Environments
from ...data.prior import Prior
from ...descriptors.descriptor import Descriptor
from ..options import Options
from ..problem import empty_model, read_frames, require_same_species, without_prior
from .cross_validation import errors_of_fits, errors_of_one_system, options_of_fits
from .space import OF_FIT, OF_PAIRS, ranges_of, search


@dataclass
class TuneResult:
    """Best hyperparameters and all trials.

    ``fit_arguments`` are those of the parameters that `fit` takes beside the descriptor. Searched options of the two-body term
    are in its ``two_body``, with the others that `tune` was given.
    """

    loss: float
    parameters: dict[str, Any]
    descriptor: Descriptor
    trials: list[dict[str, Any]]  # parameters, loss and errors, or the reason why they were refused
    fit_arguments: dict[str, Any]


@_checks.suggests_keywords
def tune(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor,
    space: Mapping[str, Sequence[float]],
    kind: str = "linear",
    *,
    n_trials: int = 30,
    density_scale: float = 1.0,
    units: str = "metal",
    targets: Sequence[str] | None = None,
    keys: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
    ridge: float | str = "evidence",
    n_folds: int = 5,
    n_points: int = 500,
    selection: str = "fps",
    exponent: int = 2,
    two_body: _core.TwoBody | Mapping[str, Any] | None = None,
    networks: Mapping[str, Any] | None = None,
    prior: Prior | Sequence[str] | None = None,
    allow_discontinuity: bool = False,
    show_progress: bool = False,
) -> TuneResult:
    """Searches hyperparameters by the error in cross-validation (optuna's TPE sampler).

    ``fit(frames, result.descriptor, kind, **result.fit_arguments)`` trains with what was found; what was given here and not
    searched is given to `fit` again.

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

    Returns
    -------
    TuneResult
        The loss is the root of the mean over the targets of (weight x RMSE / spread of the labels)^2 on held-out folds.

    Raises
    ------
    ValueError
        As `fit`, for parameters that the model does not have, and when every trial is refused.
    RuntimeError
        Without the package optuna, and without torch where networks are trained.
    """
    require_package("optuna", "train", "tune")
    options = Options(kind, ridge, n_folds, n_points, selection, exponent, networks, two_body)
    ranges = ranges_of(space, options)
    if _checks.integer("n_trials", n_trials) < 1:
        raise ValueError(_checks.message("n_trials", n_trials, "an integer >= 1"))
    data, species = _frames(frames, descriptor, seed, targets, keys, _dataset.require_units(units))
    if isinstance(two_body, _core.TwoBody):
        require_same_species(two_body, species)
    chosen, scales = _dataset.read_weights(weights, data.targets), Scales.of(data, species)
    baseline = None if prior is None else Prior.of(prior, units, species)
    left, threads = without_prior(data, baseline, species, show_progress), descriptor._num_threads
    changes = partial(_searched, two_body)
    of_folds: list[Options] = []
    if not options.is_one_system:
        searches_pairs = not OF_PAIRS.keys().isdisjoint(ranges)
        with _folds_may_lack_pairs():
            of_folds = options_of_fits(left, species, chosen, scales, seed, options, searches_pairs)

    def evaluate(parameters: dict[str, Any]) -> dict[str, Any]:
        changed = with_parameters(descriptor, parameters)
        scale = parameters.get("density_scale", density_scale)
        new_model = partial(empty_model, changed, species, scale, allow_discontinuity, units, kind != "none")
        model = new_model()
        environments = Environments(model.hypers, species, model.density_scale, threads)
        given = (environments, left, chosen, scales, seed)
        if options.is_one_system:
            return errors_of_one_system(model, *given, replace(options, **changes(parameters)))
        return errors_of_fits(new_model, *given, [replace(o, **changes(parameters)) for o in of_folds])

    with _folds_may_lack_pairs():
        trials = search(evaluate, ranges, n_trials, seed, show_progress)
    return _best(trials, descriptor, species, changes)


@contextmanager
def _folds_may_lack_pairs() -> Iterator[None]:
    """No warnings of kinds of pairs without a term: `fit` warns of those of all frames."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "anisoap: two_body, no .* within the cutoff")
        yield


def _frames(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor,
    seed: int,
    targets: Sequence[str] | None,
    keys: Mapping[str, str] | None,
    units: str,
) -> tuple[_dataset.Dataset, tuple[int, ...]]:
    data, _, species = read_frames(frames, 0.0, descriptor, seed, targets, keys, units)
    if len(data) < 2:
        raise ValueError(_checks.message("frames", "one", "at least two for cross-validation"))
    return data, species


def _searched(two_body: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters, those of the terms, as arguments of `fit`."""
    found = {name: parameters[name] for name in ("exponent", "n_points") if name in parameters}
    of_pairs = {option: parameters[name] for name, option in OF_PAIRS.items() if name in parameters}
    if of_pairs:
        found["two_body"] = {**two_body, **of_pairs}
    return found


def _best(
    trials: list[dict[str, Any]],
    descriptor: Descriptor,
    species: Sequence[int],
    changes: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> TuneResult:
    good = [t for t in trials if "loss" in t]
    if not good:
        reason = trials[-1]["reason"]
        raise ValueError(_checks.message("tune", f"only refused trials, the last '{reason}'", "other ranges"))
    best = min(good, key=lambda t: t["loss"])
    parameters = best["parameters"]
    arguments = changes(parameters)
    if "density_scale" in parameters:
        arguments["density_scale"] = parameters["density_scale"]
    return TuneResult(
        best["loss"], parameters, with_parameters(descriptor, parameters, species), trials, arguments
    )


def with_parameters(
    descriptor: Descriptor, parameters: Mapping[str, Any], species: Sequence[int] | None = None
) -> Descriptor:
    """Descriptor with other hyperparameters; those of `fit` are passed over."""
    given = {**descriptor._given(), **{k: v for k, v in parameters.items() if k not in OF_FIT}}
    return Descriptor(**(given if species is None else {**given, "species": species}))
