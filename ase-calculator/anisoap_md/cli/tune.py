# SPDX-License-Identifier: MIT
"""``anisoap-md tune``: hyperparameters by cross-validation."""

import argparse
import json
import shlex
from collections.abc import Mapping
from typing import Any

from ..common.errors import ArgumentError
from ..common.files import require_writable, same_file, write_text
from ..training.setup import species_of
from ..training.tuning.space import PARAMETERS
from ..training.tuning.tuning import TRIALS, tune
from .options import add_basis_arguments, add_execution_arguments, descriptor_from, typed_frames_from
from .train import add_label_arguments, add_model_arguments, common_arguments, fill_unused

DESCRIPTION = (
    "Searches hyperparameters by the error in cross-validation; writes those of the descriptor, for train --hypers, and prints "
    "the other options of train."
)

_BLIND = (
    "no trial looked at walls: train repairs them, and chooses terms of expansions with them in view; --walls off does as the "
    "trials did"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", nargs="+", metavar="IN", help="frames with labels, as for train")
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
    parser.add_argument(
        "--trials", type=int, default=TRIALS, metavar="N", help=f"number of trials (default {TRIALS})"
    )
    parser.add_argument("--log", metavar="FILE", help="write all trials as JSON")
    add_basis_arguments(parser)
    add_model_arguments(parser)
    add_label_arguments(parser)
    result = add_execution_arguments(parser)
    result.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.set_defaults(dtype="float64")


def run(args: argparse.Namespace) -> None:
    for path in filter(None, (args.output, args.log)):
        require_writable(path)
        if any(same_file(path, other) for other in args.input):
            what = f"'{path}', the same file as the input"
            raise ArgumentError("output file", what, "another file")
    fill_unused(args)
    frames, descriptor = typed_frames_from(args), descriptor_from(args)
    result = tune(
        frames,
        descriptor,
        {name: (_bound(name, low), _bound(name, high)) for name, low, high in args.range},
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
    if result.blind_to_walls:
        print(_BLIND)


def _train_options(args: argparse.Namespace, found: Mapping[str, Any]) -> list[str]:
    """Words of ``anisoap-md train``: what was found, and what `args` have other than by default."""
    words = ["--hypers", args.output, "--kind", args.kind]
    for action in _shared_options():
        name = action.dest
        value = found.get(name, getattr(args, name))
        if name != "kind" and (name in found or value != action.default):
            option, texts = action.option_strings[-1], _words(value)
            is_like_option = len(texts) == 1 and texts[0].startswith("-")
            words += [f"{option}={texts[0]}"] if is_like_option else [option, *texts]
    return words


def _shared_options() -> list[argparse.Action]:
    """Those of train and tune beside those of the descriptor."""
    parser = argparse.ArgumentParser(add_help=False)
    add_model_arguments(parser)
    add_label_arguments(parser)
    return parser._actions


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
        raise ArgumentError(f"--range {name}", f"'{text}'", "numbers") from None
