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
    lines += _devices()
    try:
        lines.append(("LAMMPS plugin", str(_lammps.plugin_folder())))
        lines.append(("built for", _lammps.built_for()))
    except RuntimeError:
        lines.append(("LAMMPS plugin", "none: this installation was built without it"))
    return "\n".join(f"{name:<17}{value}" for name, value in lines)


def _devices() -> list[tuple[str, str]]:
    """What the build can do, and the devices that it finds."""
    support = _core.device_support()
    if not support["space"]:
        return [
            ("devices", "none: built without Kokkos (pip install . -C cmake.define.ANISOAP_WITH_KOKKOS=ON)")
        ]
    built = f"Kokkos {support['kokkos']}, {support['space']}"
    lines = [
        ("built with", built + (f" for {support['architecture']}" if support["architecture"] else "")),
        ("device code", f"unrolled up to degree {support['unrolled_degree']}, slower above"),
        ("driver", support["driver"] or "none"),
    ]
    if support["is_host"]:
        del lines[-1]
    found = _core.devices()
    if not found:
        lines.append(("devices", "none found"))
    for device in found:
        size = f", {device['memory'] / 2**30:.0f} GiB" if device["memory"] else ""
        capability = f", compute capability {device['capability']}" if device["capability"] else ""
        lines.append((f"device {device['name']}", f"{device['model']}{size}{capability}"))
    return lines
