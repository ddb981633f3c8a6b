# SPDX-License-Identifier: MIT
"""``anisoap-md active-learn``: a potential learned on the fly."""

import argparse

from ..active.learning import active_learn
from ..active.report import lines

DESCRIPTION = (
    "Runs LAMMPS with a model until the model is uncertain, labels what it met with a reference, trains on it and "
    "goes on. A run that was interrupted or killed goes on with the same command. examples/04_active_learning explains CONFIG."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", metavar="CONFIG", help="settings (.yaml)")
    parser.add_argument(
        "--device",
        metavar="NAME",
        help="of predictions and training: cpu, auto, or one that 'anisoap-md info' lists; default: that of the section "
        "descriptor of CONFIG, or cpu. LAMMPS has a keyword of its own",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bars")


def run(args: argparse.Namespace) -> None:
    print("\n".join(lines(active_learn(args.config, not args.quiet, args.device))))
