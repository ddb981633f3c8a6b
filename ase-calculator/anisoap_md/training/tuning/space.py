# SPDX-License-Identifier: MIT
"""What a search of hyperparameters may vary, and the search itself."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import inf, prod
from typing import Any

from ... import _core
from ...common import checks as _checks
from ...common.errors import ArgumentError
from ...common.progress import progress
from ..linear.options import PolynomialOptions
from ..options import TermOptions

OF_PAIRS = {"degree": "degree", "two_body_cutoff": "cutoff", "two_body_width": "width"}  # options of two_body
OF_KERNEL = ("exponent", "n_points")
OF_FIT = ("density_scale", *OF_KERNEL, *OF_PAIRS)  # the others are of the descriptor
_INTEGERS = ("max_angular", "max_radial", "exponent", "n_points", "degree")
_LENGTHS = ("cutoff_radius", "radial_gaussian_width", "cutoff_width", "two_body_cutoff", "two_body_width")
PARAMETERS = (*_INTEGERS, *_LENGTHS, "density_scale")
_LIMITS = {"degree": (0, _core.MOST_DEGREE), "exponent": (1, inf), "n_points": (1, inf)}
Ranges = Mapping[str, tuple[float, float]]
Trial = dict[str, Any]  # parameters, and loss and errors or the reason why they were refused


def ranges_of(space: Mapping[str, Sequence[float]], options: TermOptions) -> Ranges:
    """(low, high) of each parameter; ValueError for those that the model does not have."""
    if not space:
        raise ArgumentError("space", "nothing", f"ranges of some of {', '.join(PARAMETERS)}")
    ranges = {name: _range(name, bounds) for name, bounds in space.items()}
    for name in ranges:
        _require_parameter(name, options)
    return ranges


def _range(name: str, bounds: Sequence[float]) -> tuple[float, float]:
    if name not in PARAMETERS:
        hint = _core.suggestion(name, PARAMETERS)
        raise ArgumentError("space", f"'{name}'", f"one of {', '.join(PARAMETERS)}", hint)
    if isinstance(bounds, (str, bytes)) or len(bounds) != 2:
        raise ArgumentError(f"space['{name}']", repr(bounds), "(low, high)")
    low, high = (_checks.real(f"space['{name}']", b) for b in bounds)
    least, most = _LIMITS.get(name, (0, inf))
    if not (least <= low <= high <= most and high < inf) or (name in _INTEGERS and (low % 1 or high % 1)):
        kind = "integers" if name in _INTEGERS else "finite numbers"
        allowed = f"{kind} with {least} <= low <= high" + (f" <= {most}" if most < inf else "")
        raise ArgumentError(f"space['{name}']", f"low {low:g} and high {high:g}", allowed)
    return low, high


def _has_degree(options: TermOptions) -> bool:
    return isinstance(options.two_body, PolynomialOptions)


def _require_parameter(name: str, options: TermOptions) -> None:
    """ValueError for a parameter that the model does not have."""
    has_pairs = options.polynomial is not None or options.pair_networks is not None
    got, needs = "a model without it", None
    if name == "degree":
        needs = None if _has_degree(options) else "two_body={'kind': 'polynomial', ...}"
    elif name in OF_PAIRS:
        needs = None if has_pairs else "two_body={'cutoff': length, ...}"
    elif name in OF_KERNEL:
        needs = None if options.kind == "kernel" else "kind='kernel'"
    elif options.kind == "none":
        got, needs = "kind 'none', which has no many-body term", "a many-body kind"
        if has_pairs:
            names = [n for n in OF_PAIRS if n != "degree" or _has_degree(options)]
            needs = f"some of {', '.join(names)}, or a many-body kind"
    if needs is not None:
        raise ArgumentError(f"space['{name}']", got, needs)


def search(
    evaluate: Callable[[dict[str, Any]], dict[str, Any]],
    ranges: Ranges,
    n_trials: int,
    seed: int,
    show: bool,
) -> list[Trial]:
    """All points of a space of at most `n_trials`, or as many that optuna asks for; repeats are not evaluated again."""
    points = _all_points(ranges, n_trials)
    if points is None:
        return _sampled(evaluate, ranges, n_trials, seed, show)
    return [_trial(evaluate, point) for point in progress(points, "tune", "trials", show)]


def _all_points(ranges: Ranges, most: int) -> list[dict[str, Any]] | None:
    """None where they are more than `most`."""
    sizes = [_size(name, *bounds) for name, bounds in ranges.items()]
    if prod(sizes) > most:
        return None
    values = [
        range(int(low), int(high) + 1) if name in _INTEGERS else (low,)
        for name, (low, high) in ranges.items()
    ]
    return [dict(zip(ranges, point, strict=True)) for point in product(*values)]


def _size(name: str, low: float, high: float) -> float:
    if name in _INTEGERS:
        return high - low + 1
    return 1 if low == high else inf


def _trial(evaluate: Callable[[dict[str, Any]], dict[str, Any]], parameters: dict[str, Any]) -> Trial:
    try:
        return {"parameters": parameters, **evaluate(parameters)}
    except ValueError as error:
        return {"parameters": parameters, "reason": str(error)}


def _sampled(
    evaluate: Callable[[dict[str, Any]], dict[str, Any]],
    ranges: Ranges,
    n_trials: int,
    seed: int,
    show: bool,
) -> list[Trial]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    trials: list[Trial] = []
    known: dict[tuple[float, ...], Trial] = {}
    for _ in progress(range(n_trials), "tune", "trials", show):
        asked = study.ask()
        parameters = {name: _suggested(asked, name, *bounds) for name, bounds in ranges.items()}
        point = tuple(parameters.values())
        if point not in known:
            known[point] = _trial(evaluate, parameters)
        trials.append(dict(known[point]))
        if "loss" in trials[-1]:
            study.tell(asked, trials[-1]["loss"])
        else:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
    return trials


def _suggested(trial: Any, name: str, low: float, high: float) -> int | float:
    if name in _INTEGERS:
        return trial.suggest_int(name, int(low), int(high))
    return trial.suggest_float(name, low, high)
