# SPDX-License-Identifier: MIT
"""``anisoap-md train``: a model from frames with labels."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from .. import _core
from ..common.errors import ArgumentError
from ..common.files import require_writable, same_file
from ..common.packages import require_package
from ..common.progress import LOGGER, log_to
from ..data.prior import prior_commands
from ..frames import species as _species
from ..io.reading import INVERSES
from ..training.fitting import TEST, FitResult, fit
from ..training.grades.active_set import lines as grade_lines
from ..training.grades.options import GradeOptions
from ..training.linear.options import KernelOptions, LinearOptions, PolynomialOptions, SymmetricOptions
from ..training.networks.options import NetworkOptions, PairNetworkOptions
from ..training.options import LabelOptions, ModelOptions, TermOptions
from ..training.report import curve_lines, paths
from ..training.setup import species_of
from ..training.walls.options import WallOptions
from .options import (
    add_basis_arguments,
    add_execution_arguments,
    add_frame_arguments,
    add_options,
    described,
    descriptor_from,
    frames_from,
    name_values,
    number_or_word,
    typed_frames_from,
)

DESCRIPTION = (
    "Trains a potential on energies, forces, torques and stresses. Energy and stress are read from the comment line of extended "
    "XYZ (a LAMMPS dump has none), forces and torques [n, 3] from columns; shapes and orientations as for describe. A many-body "
    "term needs a cutoff function: --cutoff-function cosine --cutoff-width W. With --kind none the hyperparameters do nothing."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input",
        nargs="+",
        metavar="IN",
        help="frames with labels: extended XYZ, or any format that ASE reads",
    )
    parser.add_argument("-o", "--output", required=True, metavar="MODEL", help="model file (.json)")
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="YAML file of options: keys as the flags here and input; what is typed beside it counts instead",
    )
    add_basis_arguments(parser)
    add_model_arguments(parser)
    add_label_arguments(parser).add_argument(
        "--test",
        type=number_or_word,
        default=TEST,
        metavar="X",
        help=f"fraction of the frames that is held out (default {TEST}), or a file of frames",
    )
    add_options(parser.add_argument_group("walls of two-body polynomials"), WallOptions)
    add_options(parser.add_argument_group("extrapolation grades"), GradeOptions)
    result = add_execution_arguments(parser)
    result.add_argument(
        "--report", metavar="NAME", help="write NAME.json (errors) and NAME.png (parity plots)"
    )
    result.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="of networks: state of the training, from which the same command goes on after Ctrl-C (default MODEL.checkpoint)",
    )
    result.add_argument("--log", metavar="FILE", help="write what happens, with times, as it happens")
    result.add_argument("--learning-curve", action="store_true", help="also fit parts of the training frames")
    result.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.set_defaults(dtype="float64")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    model = parser.add_argument_group("model")
    add_options(model, TermOptions)
    for part in (ModelOptions, LinearOptions, KernelOptions):
        add_options(model, part)
    add_options(model, LabelOptions, "units")
    model.add_argument("--prior", metavar="FILE", help="LAMMPS commands of a pair style to subtract")
    extra = parser.add_argument_group(
        "two-body term and networks; values: numbers, words, lists as 1,2,6, True or False, JSON"
    )
    extra.add_argument(
        "--two-body",
        nargs="+",
        metavar="NAME=VALUE",
        help="options of a two-body term to train, such as kind=polynomial cutoff=4 powers=1,2,6 joint=False; see below",
    )
    extra.add_argument(
        "--bodies",
        nargs="+",
        metavar="SPECIES=BODY",
        help="bodies of --two-body: point groups, such as X=D6h, for kind=symmetric, else sphere, x, y, z or biaxial",
    )
    extra.add_argument(
        "--two-body-from", metavar="MODEL", help="take the two-body term of this model file as it is"
    )
    extra.add_argument(
        "--networks",
        nargs="+",
        metavar="NAME=VALUE",
        help="options of --kind networks, such as n_networks=4 widths=32,32; see below",
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _nested_options()


def _nested_options() -> str:
    """What --two-body and --networks know."""
    parts = [
        ("--two-body kind=polynomial", PolynomialOptions),
        ("--two-body kind=symmetric", SymmetricOptions),
        ("--two-body kind=networks", PairNetworkOptions),
        ("--networks", NetworkOptions),
    ]
    return "\n\n".join("\n".join([f"options of {name}:", *described(part)]) for name, part in parts)


def add_label_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    add_frame_arguments(parser)
    labels = parser.add_argument_group("labels")
    weights = ("weights", "config_weights", "config_key", "isolated")
    add_options(labels, LabelOptions, "targets", "keys", *weights, "split", "seed")
    return labels


def common_arguments(args: argparse.Namespace, species: Sequence[int]) -> dict[str, Any]:
    """Arguments that fit and tune share."""
    parts = (TermOptions, ModelOptions, LabelOptions, LinearOptions, KernelOptions)
    flags = [f.name for part in parts for f in fields(part) if f.metadata.get("flag")]
    return {
        **{name: getattr(args, name) for name in flags},
        "keys": name_values("--keys", args.keys),
        "weights": name_values("--weights", args.weights),
        "config_weights": name_values("--config-weights", args.config_weights),
        "isolated": name_values("--isolated", args.isolated),
        "two_body": _two_body(args, species),
        "networks": name_values("--networks", args.networks),
        "prior": None if args.prior is None else prior_commands(args.prior),
        "show_progress": not args.quiet,
    }


def _two_body(args: argparse.Namespace, species: Sequence[int]) -> _core.TwoBody | dict[str, Any] | None:
    if args.two_body_from is None:
        return _two_body_options(args)
    for option, given in (("--two-body", args.two_body), ("--bodies", args.bodies)):
        if given is not None:
            raise ArgumentError(option, "also --two-body-from", "one of them")
    return _two_body_from(args, species)


def _two_body_options(args: argparse.Namespace) -> dict[str, Any] | None:
    found = None if args.two_body is None else name_values("--two-body", args.two_body)
    if args.bodies is None:
        return found
    if found is None or "bodies" in found:
        expected = "--two-body with other options" if found is None else "one of them"
        raise ArgumentError(
            "--bodies", "no --two-body" if found is None else "also bodies in --two-body", expected
        )
    return {**found, "bodies": name_values("--bodies", args.bodies)}


def _two_body_from(args: argparse.Namespace, species: Sequence[int]) -> _core.TwoBody:
    """Term of a model file, whose species are those of the fit in the same order."""
    model = _core.Model.from_json(Path(args.two_body_from).read_text(encoding="utf-8"))
    if not model.two_body.pairs:
        raise ArgumentError(
            "--two-body-from", f"'{args.two_body_from}' without a two-body term", "a model with one"
        )
    wanted = _species.to_symbols(species)
    if list(model.hypers.species) != wanted:
        raise ArgumentError(
            "--two-body-from",
            f"'{args.two_body_from}' with the species {', '.join(model.hypers.species)}",
            f"those of this fit, {', '.join(wanted)} (--species sets them and their order)",
        )
    return model.converted(args.units).two_body


def _require_outputs(args: argparse.Namespace) -> None:
    """Outputs can be written and replace no input."""
    if args.report is not None:
        require_package("matplotlib", "train", "report")
        require_writable(paths(args.report)[1])
    inputs = [
        *(("the input", path) for path in args.input),
        ("--hypers", args.hypers),
        ("--prior", args.prior),
        ("--test", args.test if isinstance(args.test, str) else None),
    ]
    reports = [] if args.report is None else [str(path) for path in paths(args.report)]
    others = {"--checkpoint": args.checkpoint, "--log": args.log}
    outputs = [args.output, *reports, *filter(None, others.values())]
    for path in outputs:
        for what, other in inputs:
            if other is not None and same_file(path, other):
                raise ArgumentError("output file", f"'{path}', the same file as {what}", "another file")
    if reports and same_file(args.output, reports[0]):
        raise ArgumentError("--report", f"'{args.report}', whose .json is the model", "another name")
    for path in outputs:
        require_writable(path)
    for option, path in others.items():
        if path is not None and sum(same_file(path, other) for other in outputs) > 1:
            raise ArgumentError(option, f"'{path}', the same file as another output", "another file")


def run(args: argparse.Namespace) -> None:
    _require_outputs(args)
    with log_to(args.log):
        checkpoint = _checkpoint(args)
        try:
            _train(args, checkpoint)
        except Exception:
            raise
        except BaseException:  # Ctrl-C and other signals
            if checkpoint is not None and Path(checkpoint).exists():
                print(f"{checkpoint}: the same command goes on from here", file=sys.stderr)
            raise


def _checkpoint(args: argparse.Namespace) -> str | None:
    """File for the state of networks that are trained."""
    of_pairs = name_values("--two-body", args.two_body).get("kind") == "networks"
    if args.checkpoint is None and (of_pairs or args.kind == "networks"):
        return f"{args.output}.checkpoint"
    return args.checkpoint


def _train(args: argparse.Namespace, checkpoint: str | None) -> None:
    fill_unused(args)
    descriptor = descriptor_from(args)
    frames = typed_frames_from(args)
    result = fit(
        frames,
        descriptor,
        test=frames_from(args, args.test, ":") if isinstance(args.test, str) else args.test,
        learning_curve=args.learning_curve,
        checkpoint=checkpoint,
        walls=args.walls,
        wall_energy=args.wall_energy,
        grade=args.grade,
        **common_arguments(args, species_of(descriptor, frames)),
    )
    result.save(args.output)
    if args.report is not None:
        result.report(args.report)
    lines = [f"{args.output}: {_headline(result)}", result.table(), *curve_lines(result)]
    if result.walls is not None:
        lines += result.walls.lines()
    lines += grade_lines(result.grades)
    if result.inverse is not None:
        lines.append(result.inverse.hint(f"--quaternions {INVERSES[args.quaternions or 'wxyz']}"))
    if args.learning_curve and not result.learning_curve:
        lines.append("no learning curve: there are no test frames")
    print("\n".join(lines))
    for line in "\n".join(lines).splitlines():
        LOGGER.info(line)


def fill_unused(args: argparse.Namespace) -> None:
    """Hyperparameters of kind 'none', which has no use for them, where none are given."""
    if args.kind == "none" and (args.hypers, args.max_angular, args.cutoff_radius) == (None, None, None):
        args.max_angular, args.cutoff_radius = 0, 1.0
        args.radial_basis_name = args.radial_basis_name or "monomial"


def _headline(result: FitResult) -> str:
    facts = result.training
    text = f"{facts['kind']}, {facts['n_frames']} training and {facts['n_test_frames']} test frames"
    if "condition_number" in facts:
        condition = facts["condition_number"]
        text += f", rank {facts['rank']} of {facts['n_weights']}, condition number "
        text += "infinite" if condition is None else f"{condition:.2g}"
    return text
