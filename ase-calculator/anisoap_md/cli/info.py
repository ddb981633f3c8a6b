# SPDX-License-Identifier: MIT
"""``anisoap-md info`` and ``plugin-path``: what this installation is, and where its plugin lies."""

import argparse

from .. import __version__, _core
from ..lammps import plugin as _lammps


def run(args: argparse.Namespace) -> None:
    print(text())


def print_plugin_folder(args: argparse.Namespace) -> None:
    print(_lammps.plugin_folder())


def text() -> str:
    """Version, instruction sets, threads and plugin, one a line."""
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
