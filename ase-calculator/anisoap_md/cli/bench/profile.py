# SPDX-License-Identifier: MIT
"""``anisoap-md bench profile``: where the time of one case goes."""

import argparse

from ...bench import profiling, studies
from ...bench.cases import cases_of
from ...bench.systems import System

DESCRIPTION = "Where the time of one case goes."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--system", default="benzenes", metavar="NAME", help="as --systems (benzenes)")
    parser.add_argument("--backend", default="numpy", metavar="NAME", help="as --backends (numpy)")
    parser.add_argument("--frames", type=int, metavar="N", help="of the system")
    parser.add_argument(
        "--out", default="profile", metavar="DIR", help="folder of what the tools write (profile)"
    )


def run(args: argparse.Namespace) -> None:
    study = studies.changed(studies.Study((System("benzenes"),), ("numpy",)), [args.system], [args.backend])
    (case, *_) = cases_of(studies.changed(study, frames=args.frames, sweeps=[]))
    rows, found = profiling.profile(case, args.out)
    print(profiling.markdown(rows), end="")
    for tool, what in found.items():
        print(f"{tool}: {what}")
