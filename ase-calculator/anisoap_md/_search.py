# SPDX-License-Identifier: MIT
"""What a search of hyperparameters may vary, and the search itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tqdm.auto import tqdm

from . import _checks, _core
from ._fit_options import Options

OF_FIT = ("density_scale", "exponent", "n_points", "degree")  # the others are of the descriptor
_INTEGERS = ("max_angular", "max_radial", "exponent", "n_points", "degree")
_LENGTHS = ("cutoff_radius", "radial_gaussian_width", "cutoff_width")
PARAMETERS = (*_INTEGERS, *_LENGTHS, "density_scale")
Ranges = Mapping[str, tuple[float, float]]


def ranges_of(space: Mapping[str, Sequence[float]], options: Options) -> Ranges:
    """(low, high) of each parameter; ValueError for those that the model does not have."""
    if not space:
        raise ValueError(_checks.message("space", "nothing", f"ranges of some of {', '.join(PARAMETERS)}"))
    ranges = {name: _range(name, bounds) for name, bounds in space.items()}
    for name in ranges:
        needs = _missing(name, options)
        if needs is not None:
            raise ValueError(_checks.message(f"space['{name}']", "a model without it", needs))
    return ranges


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


def _missing(name: str, options: Options) -> str | None:
    """What the model would need to have a parameter."""
    if name == "degree":
        return None if options.polynomial else "two_body={'kind': 'polynomial', ...}"
    if name in ("exponent", "n_points"):
        return None if options.kind == "kernel" else "kind='kernel'"
    return None if options.kind != "none" else "a many-body kind"


def search(
    evaluate: Callable[[dict[str, Any]], dict[str, Any]],
    ranges: Ranges,
    n_trials: int,
    seed: int,
    show: bool,
) -> list[dict[str, Any]]:
    """Trials: parameters and what `evaluate` finds (loss, ...), or the reason why they were refused."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    trials: list[dict[str, Any]] = []
    with tqdm(total=n_trials, desc="tune", unit=" trials", disable=not show) as bar:
        for _ in range(n_trials):
            trial = study.ask()
            parameters = {name: _suggested(trial, name, *bounds) for name, bounds in ranges.items()}
            try:
                trials.append({"parameters": parameters, **evaluate(parameters)})
                study.tell(trial, trials[-1]["loss"])
            except ValueError as error:
                trials.append({"parameters": parameters, "reason": str(error)})
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            bar.update()
    return trials


def _suggested(trial: Any, name: str, low: float, high: float) -> int | float:
    if name in _INTEGERS:
        return trial.suggest_int(name, int(low), int(high))
    return trial.suggest_float(name, low, high)
