# SPDX-License-Identifier: MIT
"""Hyperparameters with the smallest error in cross-validation, and ``anisoap-md tune``."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from ase import Atoms
from tqdm.auto import tqdm

from . import _checks, _core, _dataset
from ._accumulate import row_factors
from ._dataset import Scales
from ._design import Environments
from ._files import require_writable, same_file, write_text
from ._many_body import Options, cross_validate
from ._options import add_basis_arguments, descriptor_from, frames_from
from ._prior import Prior
from ._setup import (
    empty_model,
    read_frames,
    require_same_species,
    species_of,
    without_prior,
    without_two_body,
)
from ._train import add_label_arguments, add_model_arguments, common_arguments, two_body_of
from .descriptor import Descriptor

_INTEGERS = ("max_angular", "max_radial", "exponent", "n_points")
_LENGTHS = ("cutoff_radius", "radial_gaussian_width", "cutoff_width")
_OF_FIT = ("density_scale", "exponent", "n_points")
PARAMETERS = (*_INTEGERS, *_LENGTHS, "density_scale")


@dataclass
class TuneResult:
    """Best hyperparameters and all trials."""

    loss: float
    parameters: dict[str, Any]
    descriptor: Descriptor
    trials: list[dict[str, Any]]  # parameters, loss and errors, or the reason why they were refused

    @property
    def fit_arguments(self) -> dict[str, Any]:
        """Of the parameters, those that `fit` takes beside the descriptor."""
        return {name: v for name, v in self.parameters.items() if name in _OF_FIT}


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
    two_body: _core.TwoBody | None = None,
    prior: Prior | Sequence[str] | None = None,
    allow_discontinuity: bool = False,
    show_progress: bool = False,
) -> TuneResult:
    """Searches hyperparameters by the error in cross-validation (optuna's TPE sampler).

    Parameters
    ----------
    frames, kind, ...
        As for `fit`; kind is 'linear' or 'kernel'.
    descriptor : Descriptor
        Hyperparameters that the search leaves alone.
    space : mapping
        Name -> (low, high), both included. Names: max_angular, max_radial, cutoff_radius, radial_gaussian_width, cutoff_width,
        density_scale, exponent, n_points.
    n_trials : int

    Returns
    -------
    TuneResult
        The loss is the root of the mean over the targets of (weight x RMSE / spread of the labels)^2 on held-out folds.

    Raises
    ------
    ValueError
        As `fit`, and when every trial is refused.
    RuntimeError
        Without the package optuna.
    """
    if find_spec("optuna") is None:
        raise RuntimeError("anisoap: tune, got no package 'optuna'; expected 'pip install anisoap-md[train]'")
    ranges = {name: _range(name, bounds) for name, bounds in space.items()}
    if not ranges:
        raise ValueError(_checks.message("space", "nothing", f"ranges of some of {', '.join(PARAMETERS)}"))
    if _checks.integer("n_trials", n_trials) < 1:
        raise ValueError(_checks.message("n_trials", n_trials, "an integer >= 1"))
    options = Options(kind, ridge, n_folds, n_points, selection, exponent, None, False, False)
    if kind not in ("linear", "kernel"):
        raise ValueError(_checks.message("kind", f"'{kind}'", "'linear' or 'kernel' for tuning"))
    data, _, species = read_frames(
        frames, 0.0, descriptor, seed, targets, keys, _dataset.require_units(units)
    )
    if len(data) < 2:
        raise ValueError(_checks.message("frames", "one", "at least two for cross-validation"))
    factors = row_factors(_dataset.read_weights(weights, data.targets), Scales.of(data, species))
    if two_body is not None:
        require_same_species(two_body, species)
    left = without_prior(
        data, None if prior is None else Prior.of(prior, units, species), species, show_progress
    )
    fixed = {"density_scale": density_scale, "n_points": n_points, "exponent": exponent}
    trials: list[dict[str, Any]] = []

    def loss(parameters: dict[str, Any]) -> float:
        every = {**fixed, **parameters}
        changed = with_parameters(descriptor, parameters)
        model = empty_model(changed, species, every["density_scale"], allow_discontinuity, units, True)
        if two_body is not None:
            model.two_body = two_body
        rest = without_two_body(left, model, changed._num_threads)
        environments = Environments(model.hypers, species, model.density_scale, changed._num_threads)
        here = replace(options, n_points=every["n_points"], exponent=every["exponent"])
        value, errors, found = cross_validate(environments, rest, factors, seed, here)
        trials.append({"parameters": parameters, "loss": value, "rmse": errors, "ridge": found})
        return value

    _search(loss, ranges, n_trials, seed, trials, show_progress)
    good = [t for t in trials if "loss" in t]
    if not good:
        reason = trials[-1]["reason"]
        raise ValueError(_checks.message("tune", f"only refused trials, the last '{reason}'", "other ranges"))
    best = min(good, key=lambda t: t["loss"])
    return TuneResult(
        best["loss"], best["parameters"], with_parameters(descriptor, best["parameters"], species), trials
    )


def _search(
    loss: Callable[[dict[str, Any]], float],
    ranges: Mapping[str, tuple[float, float]],
    n_trials: int,
    seed: int,
    trials: list[dict[str, Any]],
    show: bool,
) -> None:
    """Calls `loss` n_trials times; parameters that are refused are noted and left behind."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    with tqdm(total=n_trials, desc="tune", unit=" trials", disable=not show) as bar:
        for _ in range(n_trials):
            trial = study.ask()
            parameters = {
                name: trial.suggest_int(name, int(low), int(high))
                if name in _INTEGERS
                else trial.suggest_float(name, low, high)
                for name, (low, high) in ranges.items()
            }
            try:
                study.tell(trial, loss(parameters))
            except ValueError as error:
                trials.append({"parameters": parameters, "reason": str(error)})
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            bar.update()


def _range(name: str, bounds: Sequence[float]) -> tuple[float, float]:
    if name not in PARAMETERS:
        hint = _core.did_you_mean(name, PARAMETERS)
        raise ValueError(_checks.message("space", f"'{name}'", f"one of {', '.join(PARAMETERS)}{hint}"))
    if isinstance(bounds, (str, bytes)) or len(bounds) != 2:
        raise ValueError(_checks.message(f"space['{name}']", repr(bounds), "(low, high)"))
    low, high = (_checks.real(f"space['{name}']", b) for b in bounds)
    if not (0 <= low <= high < float("inf")) or (name in _INTEGERS and (low % 1 or high % 1)):
        kind = "integers" if name in _INTEGERS else "finite numbers"
        raise ValueError(_checks.message(f"space['{name}']", (low, high), f"{kind} with 0 <= low <= high"))
    return low, high


def with_parameters(
    descriptor: Descriptor, parameters: Mapping[str, Any], species: Sequence[int] | None = None
) -> Descriptor:
    """Descriptor with other hyperparameters; those of `fit` are passed over."""
    given = {**descriptor._given(), **{k: v for k, v in parameters.items() if k not in _OF_FIT}}
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
    frames, descriptor = frames_from(args, args.input, args.index), descriptor_from(args)
    result = tune(
        frames,
        descriptor,
        {name: (_bound(name, low), _bound(name, high)) for name, low, high in args.range},
        args.kind,
        n_trials=args.trials,
        density_scale=args.density_scale,
        n_points=args.points,
        exponent=args.exponent,
        two_body=two_body_of(args, species_of(descriptor, frames)),
        **common_arguments(args),
    )
    result.descriptor.to_json(args.output)
    if args.log is not None:
        log = {"loss": result.loss, "parameters": result.parameters, "trials": result.trials}
        write_text(args.log, json.dumps(log, indent=1) + "\n")
    found = ", ".join(f"{name} {value:.6g}" for name, value in result.parameters.items())
    print(f"{args.output}: {found}; cross-validated loss {result.loss:.4g}, {len(result.trials)} trials")
    for name, value in result.fit_arguments.items():
        option = "points" if name == "n_points" else name.replace("_", "-")
        print(f"train with --{option} {value:.6g}")


def _bound(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(_checks.message(f"--range {name}", f"'{text}'", "numbers")) from None
