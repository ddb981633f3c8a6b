# SPDX-License-Identifier: MIT
"""``anisoap-md model``: what a model file holds, how two differ, other units."""

import argparse

from . import compare, convert, show

DESCRIPTION = "Model files: what they hold, how two differ, other units."
_ACTIONS = {
    "show": (show, "kind, species, hyperparameters, terms, units, training"),
    "compare": (compare, "how two models differ, in settings and in predictions"),
    "convert": (convert, "the same potential in other units"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (module, text) in _ACTIONS.items():
        child = actions.add_parser(name, help=text, description=module.DESCRIPTION, allow_abbrev=False)
        module.add_arguments(child)


def run(args: argparse.Namespace) -> None:
    _ACTIONS[args.action][0].run(args)
