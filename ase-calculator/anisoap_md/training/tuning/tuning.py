# SPDX-License-Identifier: MIT
"""Hyperparameters with the smallest error in cross-validation, and ``anisoap-md tune``."""

import argparse
import json
import shlex
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import Any

from ase import Atoms

from ... import _core
from ...cli.options import add_basis_arguments, descriptor_from, frames_from
from ...cli.train import add_label_arguments, add_model_arguments, common_arguments, fill_unused
from ...common import checks as _checks
from ...common.files import require_writable, same_file, write_text
from ...data import dataset as _dataset
from ...data.dataset import Scales
from ...data.prior import Prior
from ...descriptors.descriptor import Descriptor
from ..linear.rows import Environments
from ..options import Options
from ..problem import empty_model, read_frames, require_same_species, species_of, without_prior
from .cross_validation import errors_of_fits, errors_of_one_system, options_of_fits
from .space import OF_FIT, OF_PAIRS, PARAMETERS, ranges_of, search


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
    if find_spec("optuna") is None:
        raise RuntimeError("anisoap: tune, got no package 'optuna'; expected 'pip install anisoap-md[train]'")
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="IN", help="frames with labels, as for train")
    parser.add_argument(
        "-o", "--output", required=True, metavar="HYPERS", help="best hyperparameters (.json), for --hypers"
    )
    parser.add_argument(
        "--range",
        nargs=3,
        action="append",
        required=True,
        metavar=("NAME", "LOW", "HIGH"),
        help=f"what to search; NAME is one of {', '.join(PARAMETERS)}; may be repeated",
    )
    parser.add_argument("--trials", type=int, default=30, metavar="N", help="number of trials (30)")
    parser.add_argument("--log", metavar="FILE", help="write all trials as JSON")
    add_basis_arguments(parser)
    add_model_arguments(parser)
    add_label_arguments(parser)
    result = parser.add_argument_group("result")
    result.add_argument("--threads", type=int, metavar="N", help="default: all")
    result.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.set_defaults(dtype="float64")


def run(args: argparse.Namespace) -> None:
    for path in filter(None, (args.output, args.log)):
        require_writable(path)
        if same_file(path, args.input):
            what = f"'{path}', the same file as the input"
            raise ValueError(_checks.message("output file", what, "another file"))
    fill_unused(args)
    frames, descriptor = frames_from(args, args.input, args.index), descriptor_from(args)
    result = tune(
        frames,
        descriptor,
        {name: (_bound(name, low), _bound(name, high)) for name, low, high in args.range},
        args.kind,
        n_trials=args.trials,
        **common_arguments(args, species_of(descriptor, frames)),
    )
    result.descriptor.to_json(args.output)
    if args.log is not None:
        log = {name: getattr(result, name) for name in ("loss", "parameters", "fit_arguments", "trials")}
        write_text(args.log, json.dumps(log, indent=1) + "\n")
    found = ", ".join(f"{name} {value:.6g}" for name, value in result.parameters.items())
    print(f"{args.output}: {found}; cross-validated loss {result.loss:.4g}, {len(result.trials)} trials")
    print(f"train with {shlex.join(_train_options(args, result.fit_arguments))}")


def _train_options(args: argparse.Namespace, found: Mapping[str, Any]) -> list[str]:
    """Words of ``anisoap-md train``: what was found, and what `args` have other than by default."""
    words = ["--hypers", args.output, "--kind", args.kind]
    found = {"points" if name == "n_points" else name: value for name, value in found.items()}
    for name, default in _defaults().items():
        value = found.get(name, getattr(args, name))
        if name != "kind" and (name in found or value != default):
            option, texts = f"--{name.replace('_', '-')}", _words(value)
            is_like_option = len(texts) == 1 and texts[0].startswith("-")
            words += [f"{option}={texts[0]}"] if is_like_option else [option, *texts]
    return words


def _defaults() -> dict[str, Any]:
    """Of the options that train and tune share, beside those of the descriptor."""
    parser = argparse.ArgumentParser(add_help=False)
    add_model_arguments(parser)
    add_label_arguments(parser)
    return vars(parser.parse_args([]))


def _words(value: Any) -> list[str]:
    """Values of an option; none of a switch."""
    if isinstance(value, Mapping):
        texts = {
            k: v if isinstance(v, str) else json.dumps(v, separators=(",", ":")) for k, v in value.items()
        }
        return [f"{k}={text}" for k, text in texts.items()]
    if isinstance(value, list):
        return [str(v) for v in value]
    return [] if value is True else [str(value)]


def _bound(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(_checks.message(f"--range {name}", f"'{text}'", "numbers")) from None
