# SPDX-License-Identifier: MIT
"""``anisoap-md model compare``: how two models differ."""

import argparse

from ...models.model import Model
from ...training.assessment.comparison import compare
from ..options import add_execution_arguments, add_frame_arguments, frames_from

DESCRIPTION = (
    "Settings that differ, as A | B; with frames also how far the predictions of B are from those of A, in the units "
    "of A. Labels of the frames are not read."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="model file (.json)")
    parser.add_argument("b", metavar="B", help="another one")
    parser.add_argument("input", nargs="*", metavar="IN", help="files of frames")
    add_frame_arguments(parser)
    add_execution_arguments(parser)


def run(args: argparse.Namespace) -> None:
    a, b = (Model.load(path, num_threads=args.threads, device=args.device) for path in (args.a, args.b))
    frames = frames_from(args, args.input, args.index) if args.input else None
    print(f"{args.a} | {args.b}\n{compare(a, b, frames)!r}")
