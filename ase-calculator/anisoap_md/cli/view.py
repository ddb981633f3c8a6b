# SPDX-License-Identifier: MIT
"""``anisoap-md view``: a trajectory for the viewer chemiscope."""

import argparse

from ..common.errors import ArgumentError
from ..common.files import require_writable, same_file
from ..views.chemiscope import map_descriptor, require_suffix, write_view
from .options import (
    BASIS_OPTIONS,
    add_basis_arguments,
    add_execution_arguments,
    add_frame_arguments,
    descriptor_from,
    frames_from,
)

DESCRIPTION = (
    "A map of the particles of a trajectory, by the principal components of their descriptors, with their ellipsoids: a file for "
    "https://chemiscope.org and for chemiscope.show_input in Jupyter. Without hyperparameters: l_max 4, a cutoff of 1.5 of the "
    "largest diameter, sigma a third of it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input", metavar="IN", help="trajectory: any format of ASE, a LAMMPS dump or data file, GSD"
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help=".json or .json.gz")
    add_basis_arguments(parser)
    add_frame_arguments(parser)
    result = add_execution_arguments(parser)
    result.add_argument(
        "--components", type=int, default=3, metavar="N", help="principal components (default 3)"
    )
    parser.set_defaults(dtype="float64")


def run(args: argparse.Namespace) -> None:
    require_suffix("--output", args.output)
    if same_file(args.output, args.input):
        raise ArgumentError("--output", f"'{args.output}', the same file as the input", "another file")
    require_writable(args.output)
    given = [name for name in (*BASIS_OPTIONS, "hypers") if getattr(args, name) is not None]
    frames = frames_from(args, args.input, args.index)
    descriptor = (
        descriptor_from(args)
        if given
        else map_descriptor(frames, num_threads=args.threads, device=args.device)
    )
    try:
        write_view(args.output, frames, descriptor, args.components)
    except ArgumentError as error:
        raise (error.changed(what="--components") if error.what == "n_components" else error) from None
    print(f"{args.output}: {sum(map(len, frames))} particles, {len(frames)} frames")
