# SPDX-License-Identifier: MIT
"""``anisoap-md coarse-grain``: bodies of an all-atom trajectory."""

import argparse
from collections.abc import Iterator
from typing import Any

from ase import Atoms

from ..coarse.coarse_grain import ORIENTATIONS, SHAPES, CoarseGrained, coarse_grain, require_shapes
from ..coarse.lammps_run import files_of
from ..coarse.molecules import kinds
from ..coarse.references import WORDS
from ..coarse.sizes import WAYS
from ..common.errors import ArgumentError
from ..common.files import require_writable, same_file
from ..data.dataset import UNITS
from ..io.frames import write_frames
from .options import name_values, value_of

DESCRIPTION = (
    "Bodies in place of molecules: centres of mass, orientations, diameters, net forces and torques of a trajectory of atoms, as "
    "frames for train; with --lammps also the data file and the input of the coarse-grained run."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input", metavar="IN", help="LAMMPS dump or data file, extended XYZ or whatever ASE reads"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="frames of bodies: .extxyz, .xyz or .traj"
    )
    _add_source(parser.add_argument_group("atoms"))
    _add_bodies(parser.add_argument_group("bodies"))
    result = parser.add_argument_group("result")
    result.add_argument("--energy", action="store_true", help="the atoms' energy is a label of the bodies")
    result.add_argument(
        "--stress-column",
        metavar="NAME",
        help="compute stress/atom NULL pair ... of the dump, such as c_s: makes stresses",
    )
    result.add_argument(
        "--groups",
        type=value_of,
        metavar="N",
        help="average labels over N samples of one configuration each, or by a key of the frames",
    )
    result.add_argument(
        "--lammps",
        metavar="NAME",
        help="write NAME.data and NAME.in of the coarse-grained run, which starts at the last frame",
    )
    result.add_argument(
        "--shapes",
        default=SHAPES[0],
        metavar="NAME",
        help="of NAME.data: frame (default), diameters of the frames, or inertia, ellipsoids with the bodies' moments of inertia",
    )
    result.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_source(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--index", default=":", metavar="I", help="frames as in ASE: ':', '-10:', '::5' (default ':')"
    )
    group.add_argument("--format", metavar="NAME", help="format of IN as ASE names it; default: guessed")
    group.add_argument(
        "--type-names", nargs="+", metavar="NAME=S", help="elements of types of a dump: 1=C 2=H"
    )
    group.add_argument(
        "--topology", metavar="FILE", help="LAMMPS data file of the same atoms: masses, molecules, bonds"
    )
    group.add_argument("--units", metavar="NAME", help=f"of IN, where it does not say: {', '.join(UNITS)}")
    group.add_argument(
        "--molecules",
        metavar="NAME",
        help=f"{', '.join(kinds.WAYS)}; default: the first of them that is there",
    )
    group.add_argument(
        "--masses", nargs="+", metavar="S=M", help="masses of elements, or of types of a dump: 1=12.011"
    )


def _add_bodies(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--bodies",
        nargs="+",
        metavar="NAME=PLACES",
        help='bodies of a molecule: C=0,1,2 N=3,4; several like ones C=[[0,1],[2,3]]; of unlike molecules C6H6={"C":[...]}. '
        "Default: each molecule is one",
    )
    group.add_argument("--species", nargs="+", metavar="NAME=S", help="symbols that stand for bodies: C6H6=C")
    group.add_argument(
        "--reference",
        default="first",
        metavar="NAME",
        help=f"{', '.join(WORDS)} or a file of one body (default first)",
    )
    group.add_argument(
        "--orientation",
        default="reference",
        metavar="NAME",
        help=f"{', '.join(ORIENTATIONS)} axes (default reference)",
    )
    group.add_argument(
        "--mirrored", action="store_true", help="take mirror images of the reference as they are"
    )
    group.add_argument(
        "--diameters",
        nargs="+",
        default=["vdw"],
        metavar="D",
        help=f"{', '.join(WAYS)} (default vdw), three lengths, or C=7,7,3.4 for each body",
    )


def run(args: argparse.Namespace) -> None:
    _require_outputs(args)
    require_shapes(args.shapes)
    coarse = coarse_grain(
        args.input,
        index=args.index,
        format=args.format,
        type_names=name_values("--type-names", args.type_names) or None,
        topology=args.topology,
        units=args.units,
        molecules=args.molecules,
        masses=name_values("--masses", args.masses),
        bodies=name_values("--bodies", args.bodies) or None,
        species=name_values("--species", args.species),
        reference=args.reference,
        orientation=args.orientation,
        mirrored=args.mirrored,
        diameters=_diameters(args.diameters),
        energy=args.energy,
        stress_column=args.stress_column,
        groups=args.groups,
        show_progress=not args.quiet,
    )
    frames = _Frames(coarse)
    write_frames(args.output, frames)
    print(f"{args.output}: {frames.n} frames\n{coarse.summary()}")
    if args.lammps is not None:
        assert frames.last is not None  # there is a frame, or coarse_grain has refused
        coarse.write_lammps(args.lammps, frames.last, args.shapes)
        print(", ".join(str(path) for path in files_of(args.lammps)))


class _Frames:
    """Frames that are counted, of which the last is kept."""

    def __init__(self, coarse: CoarseGrained) -> None:
        self._coarse, self.n = coarse, 0
        self.last: Atoms | None = None

    def __iter__(self) -> Iterator[Atoms]:
        for atoms in self._coarse:
            self.n, self.last = self.n + 1, atoms
            yield atoms


def _diameters(words: list[str]) -> Any:
    if any("=" in word for word in words):
        return name_values("--diameters", words)
    values = [value_of(word) for word in words]
    return values[0] if len(values) == 1 else values


def _require_outputs(args: argparse.Namespace) -> None:
    """Outputs can be written and replace no input."""
    inputs = [("the input", args.input), ("--topology", args.topology), ("--reference", args.reference)]
    runs = [] if args.lammps is None else files_of(args.lammps)
    for path in [args.output, *runs]:
        for what, other in inputs:
            if other is not None and same_file(path, other):
                raise ArgumentError("output file", f"'{path}', the same file as {what}", "another file")
        require_writable(path)
