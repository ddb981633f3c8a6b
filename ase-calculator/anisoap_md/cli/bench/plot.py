# SPDX-License-Identifier: MIT
"""``anisoap-md bench plot``: figures of a table."""

import argparse

from ...bench.reports import figures, plot
from .words import add_names, names_of

DESCRIPTION = "Figures of a table."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="TABLE", help=".csv of bench aggregate")
    parser.add_argument("--figdir", default="figures", metavar="DIR", help="folder of the figures (figures)")
    add_names(parser, "--figures", f"{', '.join(figures.FIGURES)}; default: all that the table has data for")


def run(args: argparse.Namespace) -> None:
    written = plot.plot(args.input, args.figdir, names_of(args.figures))
    print(f"{args.figdir}: {', '.join(path.name for path in written)}")
