# SPDX-License-Identifier: MIT
"""The command ``anisoap-md``."""

import argparse
import re
import sys
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from .. import __version__, _core
from ..lammps import plugin as _lammps
from .process.config_file import with_config
from .process.errors import as_typed, flags_of
from .process.signals import ended_by_signals

_LMP_HELP = "run the LAMMPS of the package 'lammps' with the plugin loaded"

_EXAMPLES = """examples:
  anisoap-md describe crystals.xyz -o crystals.npz --max-angular 6 --cutoff-radius 7 \\
      --radial-gaussian-width 1.5 --diameters 4 4 0.5
  anisoap-md describe run.dump -o run.h5 --hypers hypers.json --average frame
  anisoap-md coarse-grain aa.dump -o bodies.extxyz --type-names 1=C 2=H --units real --lammps run
  anisoap-md train labelled.xyz -o model.json --max-angular 6 --cutoff-radius 7 --radial-gaussian-width 1.5 \\
      --cutoff-function cosine --cutoff-width 1 --report report
  anisoap-md evaluate model.json others.xyz --group-by config_type --report errors
  mpiexec -n 2 anisoap-md lmp -in in.nematic
"""


class _Parser(argparse.ArgumentParser):
    """Suggests the nearest option for an unknown one. Words like -10: and -1e-3 are values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._negative_number_matcher = re.compile(r"-\.?\d")

    def error(self, message: str) -> NoReturn:
        start = "unrecognized arguments: "
        if message.startswith(start + "--"):
            word = message[len(start) :].split()[0].split("=")[0]
            message += _core.did_you_mean(word, sorted(_options(self)))
        super().error(message)


def _options(parser: argparse.ArgumentParser) -> set[str]:
    names: set[str] = set()
    for action in parser._actions:
        names.update(name for name in action.option_strings if name.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                names |= _options(child)
    return names


class Command(NamedTuple):
    """A module with ``add_arguments`` and DESCRIPTION where the command takes words, and a function of it that runs."""

    module: str
    help: str
    run: str = "run"
    has_arguments: bool = True


COMMANDS = {
    "describe": Command(".describe", "descriptors of a trajectory file"),
    "coarse-grain": Command(".coarse_grain", "bodies of an all-atom trajectory"),
    "train": Command(".train", "a potential from frames with labels"),
    "tune": Command(".tune", "hyperparameters by cross-validation"),
    "evaluate": Command(".models.evaluate", "errors of a potential on frames with labels"),
    "model": Command(".models.model", "what model files hold, how they differ, other units"),
    "active-learn": Command(".active_learn", "a potential learned on the fly"),
    "bench": Command(".bench", "times of backends, checked, as tables and figures"),
    "view": Command(".view", "a map of particles and their ellipsoids for chemiscope"),
    "info": Command(".info", "version, instruction sets, threads, LAMMPS plugin", has_arguments=False),
    "plugin-path": Command(".info", "folder for LAMMPS_PLUGIN_PATH", "print_plugin_folder", False),
}


def make_parser(
    name: str | None = None, alone: bool = False
) -> tuple[argparse.ArgumentParser, dict[str, str]]:
    """Parser of all commands that knows the options of one, and these; only that one's module is imported.

    alone: the others are left out, each of which takes some 0.2 ms.
    """
    flags: dict[str, str] = {}
    parser = _Parser(
        prog="anisoap-md",
        description="AniSOAP descriptors and potentials of ellipsoidal particles.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"anisoap-md {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for each, command in COMMANDS.items():
        if alone and each != name:
            continue
        child = commands.add_parser(each, help=command.help, allow_abbrev=False)
        if each == name and command.has_arguments:
            module = import_module(command.module, __package__)
            child.description = module.DESCRIPTION
            module.add_arguments(child)
            flags = flags_of(child)
    if not alone:
        commands.add_parser("lmp", help=_LMP_HELP, add_help=False)
    return parser, flags


@ended_by_signals
def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    flags: dict[str, str] = {}
    try:
        if arguments[:1] == ["lmp"]:
            _lammps.run(arguments[1:])
        name = next((a for a in arguments if a in COMMANDS), None)
        parser, flags = make_parser(name, alone=name is not None and arguments[:1] == [name])
        args = parser.parse_args(with_config(arguments, parser, name))
        command = COMMANDS[args.command]
        getattr(import_module(command.module, __package__), command.run)(args)
    except (ValueError, TypeError, RuntimeError, OSError) as error:
        print(f"anisoap-md: error: {as_typed(error, flags).removeprefix('anisoap: ')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("anisoap-md: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
