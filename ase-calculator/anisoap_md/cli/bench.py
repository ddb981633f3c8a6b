# SPDX-License-Identifier: MIT
"""``anisoap-md bench``: runs a study, and what is made of its results."""

import argparse
import shlex
import sys
from typing import Any

from ..bench import config, profiling, runner
from ..bench.backends import NAMES as BACKENDS
from ..bench.cases import cases_of
from ..bench.reports import compare, figures, plot, table
from ..bench.systems import NAMES as SYSTEMS
from ..bench.systems import System
from ..common.errors import ArgumentError
from ..common.files import require_writable

DESCRIPTION = (
    "Times of descriptors by backends whose numbers are checked against an oracle first. Without a command it runs a study; the "
    "others read what it wrote."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    study = parser.add_argument_group("study")
    study.add_argument(
        "--preset", metavar="NAME", help=f"{', '.join(config.PRESETS)} (tiny, unless --config is given)"
    )
    study.add_argument("--config", metavar="FILE", help="YAML file of a study, in place of a preset")
    _add_names(study, "--systems", f"{', '.join(SYSTEMS)}, or files of frames")
    _add_names(
        study, "--backends", f"{', '.join(BACKENDS)}, or NAME:VARIANT such as cpp:x86_64_v3, torch:cuda"
    )
    _add_names(study, "--sweep", f"{', '.join(config.SWEEPS)}")
    for name, metavar, text in (
        ("--repeat", "N", "timed repetitions of a case"),
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
        child = commands.add_parser(name, help=command[0], description=command[0], allow_abbrev=False)
        command[1](child)


def _add_names(group: Any, flag: str, names: str) -> None:
    group.add_argument(flag, action="append", metavar="NAME,...", help=names)


def _names(given: list[str] | None) -> list[str] | None:
    if given is None:
        return None
    return [word for words in given for word in words.split(",") if word]


def run(args: argparse.Namespace) -> None:
    if args.action is not None:
        _COMMANDS[args.action][2](args)
        return
    require_writable(args.out)
    study = _study(args)
    document = runner.run(study, args.out, shlex.join(["anisoap-md", *sys.argv[1:]]), not args.quiet)
    rows = table.rows_of(document)
    if not args.quiet:
        print(table.markdown(rows), end="")
    print(f"{args.out}: {_summary(rows)}")
    failed = [row for row in rows if row["status"] == "failed"]
    if failed:
        worst = failed[0]
        raise ArgumentError(
            f"{len(failed)} of {len(rows)} cases",
            f"'{worst['system']}, {worst['backend']}: {worst['source']}'",
            "none that fails",
        )


def _study(args: argparse.Namespace) -> config.Study:
    if args.config is not None and args.preset is not None:
        raise ArgumentError("--config", "also --preset", "one of them")
    study = config.preset(args.preset or "tiny") if args.config is None else config.load(args.config)
    return config.changed(
        study,
        _names(args.systems),
        _names(args.backends),
        _names(args.sweep),
        args.frames,
        args.seed,
        repeat=args.repeat,
        threads=args.threads,
    )


def _summary(rows: list[table.Row]) -> str:
    counts = {
        name: sum(row["status"] == name for row in rows) for name in ("done", "quoted", "absent", "failed")
    }
    return ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "no cases"


def _add_aggregate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", metavar="RESULTS", help="JSON files of bench")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="TABLE", help=".csv or .md; may be repeated"
    )


def _aggregate(args: argparse.Namespace) -> None:
    rows = table.aggregate(args.inputs, args.output)
    print(f"{', '.join(args.output)}: {_summary(rows)}")


def _add_plot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="TABLE", help=".csv of bench aggregate")
    parser.add_argument("--figdir", default="figures", metavar="DIR", help="folder of the figures (figures)")
    _add_names(parser, "--figures", f"{', '.join(figures.FIGURES)}; default: all that the table has data for")


def _plot(args: argparse.Namespace) -> None:
    written = plot.plot(args.input, args.figdir, _names(args.figures))
    print(f"{args.figdir}: {', '.join(path.name for path in written)}")


def _add_compare(parser: argparse.ArgumentParser) -> None:
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


def _compare(args: argparse.Namespace) -> None:
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


def _add_profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--system", default="benzenes", metavar="NAME", help="as --systems (benzenes)")
    parser.add_argument("--backend", default="numpy", metavar="NAME", help="as --backends (numpy)")
    parser.add_argument("--frames", type=int, metavar="N", help="of the system")
    parser.add_argument(
        "--out", default="profile", metavar="DIR", help="folder of what the tools write (profile)"
    )


def _profile(args: argparse.Namespace) -> None:
    study = config.changed(config.Study((System("benzenes"),), ("numpy",)), [args.system], [args.backend])
    (case, *_) = cases_of(config.changed(study, frames=args.frames, sweeps=[]))
    rows, found = profiling.profile(case, args.out)
    print(profiling.markdown(rows), end="")
    for tool, what in found.items():
        print(f"{tool}: {what}")


_COMMANDS = {
    "aggregate": ("results as a table", _add_aggregate, _aggregate),
    "plot": ("figures of a table", _add_plot, _plot),
    "profile": ("where the time of one case goes", _add_profile, _profile),
    "compare": ("two results as ratios; fails where one is slower", _add_compare, _compare),
}
