# SPDX-License-Identifier: MIT
"""``anisoap-md evaluate``: errors of a model on frames with labels."""

import argparse

from ...common.errors import ArgumentError
from ...common.files import require_writable, same_file
from ...common.packages import require_package
from ...models.model import Model
from ...training.assessment.evaluate import evaluate
from ...training.assessment.table import require_suffix
from ...training.options import LabelOptions
from ...training.report import paths
from ..options import add_execution_arguments, add_frame_arguments, add_options, frames_from, name_values

DESCRIPTION = (
    "Errors of a model on frames with labels, as for train: RMSE, MAE, and the RMSE as a fraction of the spread of the labels; "
    "of all frames and of groups of them. A prior that the model was trained beside is added."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="model file (.json)")
    parser.add_argument("input", nargs="+", metavar="IN", help="files of frames with labels")
    add_frame_arguments(parser)
    labels = parser.add_argument_group("labels")
    labels.add_argument("--units", metavar="NAME", help="unit system of IN (default: that of the model)")
    add_options(labels, LabelOptions, "targets", "keys")
    labels.add_argument(
        "--group-by",
        metavar="KEY",
        help="errors of frames by a key of their comment lines, such as config_type",
    )
    result = add_execution_arguments(parser)
    result.add_argument("-o", "--output", metavar="TABLE", help="write the errors as a table (.csv or .json)")
    result.add_argument(
        "--report",
        metavar="NAME",
        help="write NAME.json (errors) and NAME.png (parity plots with residuals, a colour for each group)",
    )
    result.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> None:
    _require_outputs(args)
    model = Model.load(args.model, num_threads=args.threads, device=args.device)
    found = evaluate(
        model,
        frames_from(args, args.input, args.index),
        group_by=args.group_by,
        units=args.units,
        targets=args.targets,
        keys=name_values("--keys", args.keys),
        show_progress=not args.quiet,
    )
    if args.output is not None:
        found.write_table(args.output)
    if args.report is not None:
        found.report(args.report)
    print(repr(found))


def _require_outputs(args: argparse.Namespace) -> None:
    """Outputs can be written, and replace neither an input nor each other."""
    taken = [("the model", args.model), *(("an input", path) for path in args.input)]
    outputs = []
    if args.output is not None:
        require_suffix(args.output)
        outputs.append(("--output", args.output))
    if args.report is not None:
        require_package("matplotlib", "train", "report")
        outputs += [("--report", str(path)) for path in paths(args.report)]
    for option, path in outputs:
        for what, other in taken:
            if same_file(path, other):
                raise ArgumentError(option, f"'{path}', the same file as {what}", "another file")
        require_writable(path)
        taken.append((option, path))
