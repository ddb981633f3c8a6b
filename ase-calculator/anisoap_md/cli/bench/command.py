# SPDX-License-Identifier: MIT
"""``anisoap-md bench``: runs a study, and what is made of its results."""

import argparse
import shlex
import sys

from ...bench import runner, studies
from ...bench.backends import NAMES as BACKENDS
from ...bench.reports import table
from ...bench.systems import NAMES as SYSTEMS
from ...common.errors import ArgumentError
from ...common.files import require_writable
from . import aggregate, compare, plot, profile
from .words import add_names, names_of

_COMMANDS = {"aggregate": aggregate, "plot": plot, "profile": profile, "compare": compare}

DESCRIPTION = (
    "Times of descriptors by backends whose numbers are checked against an oracle first. Without a command it runs a study; the "
    "others read what it wrote."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    study = parser.add_argument_group("study")
    study.add_argument(
        "--preset", metavar="NAME", help=f"{', '.join(studies.PRESETS)} (tiny, unless --config is given)"
    )
    study.add_argument("--config", metavar="FILE", help="YAML file of a study, in place of a preset")
    add_names(study, "--systems", f"{', '.join(SYSTEMS)}, or files of frames")
    add_names(
        study, "--backends", f"{', '.join(BACKENDS)}, or NAME:VARIANT such as cpp:x86_64_v3, torch:cuda"
    )
    add_names(study, "--sweep", f"{', '.join(studies.SWEEPS)}")
    for name, metavar, text in (
        ("--repeat", "N", "timed repetitions of a case"),
        ("--rounds", "N", "through all cases, whose repetitions count together"),
        ("--seed", "N", "of the systems"),
        ("--frames", "N", "of each system"),
        ("--threads", "N", "of each case but those of the sweep"),
    ):
        study.add_argument(name, type=int, metavar=metavar, help=text)
    study.add_argument(
        "--out",
        default="bench.json",
        metavar="FILE",
        help="results (bench.json); a run that was interrupted goes on",
    )
    study.add_argument("--quiet", action="store_true", help="no progress bar and no table")
    commands = parser.add_subparsers(dest="action", metavar="COMMAND")
    for name, command in _COMMANDS.items():
        text = command.DESCRIPTION
        command.add_arguments(commands.add_parser(name, help=text, description=text, allow_abbrev=False))


def run(args: argparse.Namespace) -> None:
    if args.action is not None:
        _COMMANDS[args.action].run(args)
        return
    require_writable(args.out)
    study = _study(args)
    document = runner.run(study, args.out, shlex.join(["anisoap-md", *sys.argv[1:]]), not args.quiet)
    rows = table.rows_of(document)
    if not args.quiet:
        print(table.markdown(rows), end="")
    print(f"{args.out}: {table.summary(rows)}")
    failed = [row for row in rows if row["status"] == "failed"]
    if failed:
        worst = failed[0]
        raise ArgumentError(
            f"{len(failed)} of {len(rows)} cases",
            f"'{worst['system']}, {worst['backend']}: {worst['source']}'",
            "none that fails",
        )


def _study(args: argparse.Namespace) -> studies.Study:
    if args.config is not None and args.preset is not None:
        raise ArgumentError("--config", "also --preset", "one of them")
    study = studies.preset(args.preset or "tiny") if args.config is None else studies.load(args.config)
    return studies.changed(
        study,
        names_of(args.systems),
        names_of(args.backends),
        names_of(args.sweep),
        args.frames,
        args.seed,
        repeat=args.repeat,
        rounds=args.rounds,
        threads=args.threads,
    )
