# SPDX-License-Identifier: MIT
"""``anisoap-md bench aggregate``: results as a table."""

import argparse

from ...bench.reports import table

DESCRIPTION = "Results as a table."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", metavar="RESULTS", help="JSON files of bench")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="TABLE", help=".csv or .md; may be repeated"
    )


def run(args: argparse.Namespace) -> None:
    rows = table.aggregate(args.inputs, args.output)
    print(f"{', '.join(args.output)}: {table.summary(rows)}")
