# SPDX-License-Identifier: MIT
"""``anisoap-md describe``: the descriptors of a trajectory file."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from ase import Atoms

from .. import __version__, _core
from ..common.errors import ArgumentError
from ..common.files import require_writable, same_file, whole_file
from ..common.progress import progress
from ..descriptors.descriptor import AVERAGES, Descriptor
from ..descriptors.selection import indices_of
from ..frames.bodies import frames_with_diameters
from ..io.features import ExtxyzWriter, Writer, writer_for
from ..io.lammps_dump import iread
from .options import (
    add_basis_arguments,
    add_execution_arguments,
    add_frame_arguments,
    centers_from,
    descriptor_from,
    indices_from,
    reading_from,
)

DESCRIPTION = (
    "Power spectra of every particle of a trajectory. The frames need quaternions (w, x, y, z) in c_q, quaternion, "
    "quaternions or quat, and full diameters in c_diameter[1..3], c_diameter or shape, or --diameters."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input",
        nargs="+",
        metavar="IN",
        help="trajectories, one behind another: any format of ASE, LAMMPS dumps or data files, GSD",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help=".npz (features, labels, n_particles, hypers), .h5 (the same), .extxyz or .xyz (the frames with the features, "
        "without columns of text and results of calculators)",
    )
    add_basis_arguments(parser)
    frames = add_frame_arguments(parser)
    frames.add_argument(
        "--quaternion-columns", nargs=4, metavar=("W", "X", "Y", "Z"), help="columns of a LAMMPS dump"
    )
    frames.add_argument(
        "--diameter-columns", nargs=3, metavar=("A", "B", "C"), help="columns of a LAMMPS dump"
    )
    result = add_execution_arguments(parser)
    result.add_argument(
        "--symmetric", action="store_true", help="upper triangle only, off-diagonal entries times sqrt(2)"
    )
    result.add_argument(
        "--average",
        choices=AVERAGES,
        help="one row per frame: frame, the mean over its particles; inner, the power spectrum of their mean coefficients",
    )
    result.add_argument(
        "--centers",
        nargs="+",
        metavar="S|I",
        help="particles whose rows are wanted, the others stay neighbours: species, indices and slices (C, 7, 0:100, ::2)",
    )
    result.add_argument(
        "--features", nargs="+", metavar="I", help="columns to keep: indices and slices (7, 0:100, ::2)"
    )
    result.add_argument("--dtype", default="float64", metavar="TYPE", help="float64 (default) or float32")
    result.add_argument("--write-hypers", metavar="FILE", help="also write the JSON file that LAMMPS reads")
    result.add_argument("--quiet", action="store_true", help="no progress bar")


def _frames(args: argparse.Namespace) -> Iterator[Atoms]:
    """Those of each file, one at least."""
    for path in args.input:
        source = iread(
            path,
            args.index,
            **reading_from(args),
            quaternion_columns=args.quaternion_columns,
            diameter_columns=args.diameter_columns,
        )
        empty = True
        for atoms in source:
            empty = False
            yield atoms
        if empty:
            got = f"'{args.index}', which no frame of '{path}' matched"
            raise ArgumentError("--index", got, "at least one frame")


def _require_other_files(args: argparse.Namespace) -> None:
    """Outputs can be written, and replace neither an input nor each other."""
    taken = [*(("the input", path) for path in args.input), ("--hypers", args.hypers)]
    for option, path in (("--output", args.output), ("--write-hypers", args.write_hypers)):
        if path is None:
            continue
        for what, other in taken:
            if other is not None and same_file(path, other):
                raise ArgumentError(option, f"'{path}', the same file as {what}", "another file")
        require_writable(path)
        taken.append((option, path))


def run(args: argparse.Namespace) -> None:
    writer_class = writer_for(args.output)
    _require_other_files(args)
    if args.centers and not args.average and writer_class is ExtxyzWriter:
        raise ArgumentError("--centers", f"'{args.output}', whose particles all have columns", ".npz or .h5")
    descriptor = descriptor_from(args)
    frames = frames_with_diameters(_frames(args), args.diameters)
    with whole_file(args.output) as temporary:
        n_rows, n_features, n_frames = write(temporary, writer_class, descriptor, frames, args)
    if args.write_hypers is not None:
        descriptor.to_json(args.write_hypers)
    print(f"{args.output}: {n_rows} rows of {n_features} features, {n_frames} frames")


def write(
    path: Path,
    writer_class: type[Writer],
    descriptor: Descriptor,
    frames: Iterable[Atoms],
    args: argparse.Namespace,
) -> tuple[int, int, int]:
    """Numbers of rows, features and frames."""
    quantity: _core.Quantity = "symmetric" if args.symmetric else "power_spectrum"
    centers = None if args.centers is None else descriptor._selection(centers_from(args.centers))
    n_rows = n_frames = 0
    writer = None
    try:
        with progress(None, None, "frames", not args.quiet) as bar:
            for batch, rows, counts in descriptor._run(frames, quantity, args.average, centers):
                if writer is None:
                    labels = (
                        descriptor.feature_labels_symmetric if args.symmetric else descriptor.feature_labels
                    )
                    columns = _columns(args.features, len(labels))
                    labels = labels[columns]
                    writer = writer_class(path, labels, metadata(args, descriptor))
                writer.add(batch, rows[:, columns], counts)
                n_rows += len(rows)
                n_frames += len(batch)
                bar.update(len(batch))
        assert writer is not None  # there is at least one batch
        if n_rows == 0 and args.centers:
            got = f"'{' '.join(args.centers)}', which no particle matched"
            raise ArgumentError("--centers", got, "at least one particle")
        writer.finish()
    finally:
        if writer is not None:
            writer.close()
    return n_rows, len(labels), n_frames


def _columns(words: list[str] | None, n: int) -> slice | np.ndarray:
    """Columns that --features names, in order; all without it."""
    if words is None:
        return slice(None)
    places = indices_from("--features", words)
    parts = [np.arange(n)[place] if isinstance(place, slice) else [place] for place in places]
    return indices_of(np.concatenate(parts), n, "--features", "columns")


def metadata(args: argparse.Namespace, descriptor: Descriptor) -> dict[str, str]:
    chosen = {"centers": args.centers, "columns": args.features}
    return {
        **{name: " ".join(words) for name, words in chosen.items() if words},
        "hypers": descriptor.to_json(),
        "quantity": "symmetric power spectrum" if args.symmetric else "power spectrum",
        "average": args.average or "none",
        "source": " ".join(args.input),
        "index": args.index,
        "version": __version__,
    }
