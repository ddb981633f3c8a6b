# SPDX-License-Identifier: MIT
"""``anisoap-md bench compare``: two results as ratios, which fails where a case is slower."""

import argparse

from ...bench.reports import compare
from ...common.errors import ArgumentError

DESCRIPTION = "Two results as ratios, which fails where a case is slower."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="JSON file of bench")
    parser.add_argument("new", metavar="NEW", help="JSON file of bench")
    parser.add_argument(
        "--threshold", type=float, default=1.3, metavar="X", help="slowdown that is an error (1.3)"
    )
    parser.add_argument(
        "--baseline",
        default="numpy",
        metavar="NAME",
        help="backend that tells how fast the machine was (numpy)",
    )


def run(args: argparse.Namespace) -> None:
    if not args.threshold > 0:
        raise ArgumentError("--threshold", args.threshold, "a number above 0")
    found = compare.compare(args.old, args.new, args.baseline)
    print(f"{args.baseline} took {found.machine:.2f} times as long; beside it:")
    for change in found.changes:
        print(f"{change.ratio:7.2f}  {change.label}")
    slower = found.slower(args.threshold)
    if slower:
        got = f"{slower[0].ratio:.2f} times the old time beside {args.baseline}: {slower[0].label}"
        raise ArgumentError(
            f"{len(slower)} of {len(found.changes)} cases", got, f"at most {args.threshold:g}"
        )
