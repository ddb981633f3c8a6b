# SPDX-License-Identifier: MIT
"""``anisoap-md describe``: the descriptors of a trajectory file."""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from ase import Atoms
from tqdm import tqdm

from . import __version__, _batches
from ._checks import message
from ._dump import iread
from ._files import require_writable, same_file, whole_file
from ._writers import Writer, writer_for
from .descriptor import Descriptor

BASIS_OPTIONS = (
    "max_angular",
    "radial_basis_name",
    "cutoff_radius",
    "species",
    "radial_gaussian_width",
    "max_radial",
    "subtract_center_contribution",
    "basis_rcond",
    "basis_tol",
    "cutoff_function",
    "cutoff_width",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="IN", help="trajectory: any format of ASE, or a LAMMPS text dump")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help=".npz (features, labels, n_particles, hypers), .h5 (the same), .extxyz or .xyz (the frames with the features, "
        "without columns of text and results of calculators)",
    )
    basis = parser.add_argument_group("hyperparameters (or --hypers)")
    basis.add_argument(
        "--max-angular", type=int, metavar="L", help="highest degree of the spherical harmonics"
    )
    basis.add_argument("--radial-basis-name", metavar="NAME", help="gto (default) or monomial")
    basis.add_argument("--cutoff-radius", type=float, metavar="R", help="neighbours are closer than this")
    basis.add_argument("--radial-gaussian-width", type=float, metavar="SIGMA", help="width of the gto window")
    basis.add_argument(
        "--max-radial", type=int, nargs="+", metavar="N", help="largest n: one for all l, or one per l"
    )
    basis.add_argument(
        "--subtract-center-contribution",
        action="store_true",
        default=None,
        help="leave the particle itself out",
    )
    basis.add_argument("--basis-rcond", type=float, metavar="X", help="drop overlap eigenvalues <= X (0)")
    basis.add_argument("--basis-tol", type=float, metavar="X", help="error that dropping may leave (1e-8)")
    basis.add_argument("--cutoff-function", metavar="NAME", help="none (default) or cosine")
    basis.add_argument("--cutoff-width", type=float, metavar="W", help="length of the cosine taper")
    basis.add_argument(
        "--hypers", metavar="FILE", help="JSON file of Descriptor.to_json(), instead of the options above"
    )
    basis.add_argument(
        "--species",
        nargs="+",
        metavar="S",
        help="chemical symbols or atomic numbers, in column order; default: those of the first frame",
    )
    frames = parser.add_argument_group("frames")
    frames.add_argument(
        "--index", default=":", metavar="I", help="frames as in ASE: ':', '-10:', '::5' (default ':')"
    )
    frames.add_argument("--format", metavar="NAME", help="format of IN as ASE names it; default: guessed")
    frames.add_argument(
        "--diameters",
        type=float,
        nargs=3,
        metavar=("A", "B", "C"),
        help="full diameters of every particle, instead of those of the file",
    )
    frames.add_argument(
        "--quaternion-columns", nargs=4, metavar=("W", "X", "Y", "Z"), help="columns of a LAMMPS dump"
    )
    frames.add_argument(
        "--diameter-columns", nargs=3, metavar=("A", "B", "C"), help="columns of a LAMMPS dump"
    )
    result = parser.add_argument_group("result")
    result.add_argument(
        "--symmetric", action="store_true", help="upper triangle only, off-diagonal entries times sqrt(2)"
    )
    result.add_argument("--average", choices=["frame"], help="one row per frame: the mean over its particles")
    result.add_argument("--dtype", default="float64", metavar="TYPE", help="float64 (default) or float32")
    result.add_argument("--threads", type=int, metavar="N", help="default: all")
    result.add_argument("--write-hypers", metavar="FILE", help="also write the JSON file that LAMMPS reads")
    result.add_argument("--quiet", action="store_true", help="no progress bar")


def descriptor_from(args: argparse.Namespace) -> Descriptor:
    others = {"dtype": args.dtype, "num_threads": args.threads}
    given = {name: getattr(args, name) for name in BASIS_OPTIONS if getattr(args, name) is not None}
    if args.hypers is not None:
        if given:
            options = ", ".join(_option(name) for name in given)
            raise ValueError(message("--hypers", f"also {options}", "the file alone"))
        return _named_as_options(lambda: Descriptor.from_json(Path(args.hypers), **others), others)
    for name in ("max_angular", "cutoff_radius"):
        if name not in given:
            raise ValueError(message(_option(name), "nothing", "a number, or --hypers FILE"))
    given.setdefault("radial_basis_name", "gto")
    if "species" in given:
        given["species"] = [int(s) if s.isdecimal() else s for s in given["species"]]
    if len(given.get("max_radial", ())) == 1:
        given["max_radial"] = given["max_radial"][0]
    return _named_as_options(lambda: Descriptor(**given, **others), (*BASIS_OPTIONS, *others))


def _option(name: str) -> str:
    return "--threads" if name == "num_threads" else "--" + name.replace("_", "-")


def _named_as_options(make: Callable[[], Descriptor], names: Iterable[str]) -> Descriptor:
    """Errors name the options that the user wrote, not the arguments of Descriptor."""
    try:
        return make()
    except (ValueError, TypeError) as error:
        text = str(error)
        for name in names:
            pattern = rf"\b{name}\b" if "_" in name else rf"(?<=^anisoap: ){name}\b"
            text = re.sub(pattern, _option(name), text)
        raise type(error)(text) from None


def _require_frames(frames: Iterable[Atoms], args: argparse.Namespace) -> Iterator[Atoms]:
    empty = True
    for atoms in frames:
        empty = False
        yield atoms
    if empty:
        raise ValueError(
            message(
                "--index", f"'{args.index}', which no frame of '{args.input}' matched", "at least one frame"
            )
        )


def _require_other_files(args: argparse.Namespace) -> None:
    """Outputs can be written, and replace neither an input nor each other."""
    taken = [("the input", args.input), ("--hypers", args.hypers)]
    for option, path in (("--output", args.output), ("--write-hypers", args.write_hypers)):
        if path is None:
            continue
        for what, other in taken:
            if other is not None and same_file(path, other):
                raise ValueError(message(option, f"'{path}', the same file as {what}", "another file"))
        require_writable(path)
        taken.append((option, path))


def with_diameters(frames: Iterable[Atoms], diameters: list[float] | None) -> Iterator[Atoms]:
    for atoms in frames:
        if diameters is not None:
            for k, d in enumerate(diameters, start=1):
                atoms.arrays.pop(f"c_diameter{k}", None)  # the same column as extended XYZ spells it
                atoms.set_array(f"c_diameter[{k}]", np.full(len(atoms), d))
        yield atoms


def run(args: argparse.Namespace) -> None:
    writer_class = writer_for(args.output)
    _require_other_files(args)
    descriptor = descriptor_from(args)
    source = iread(
        args.input,
        args.index,
        format=args.format,
        quaternion_columns=args.quaternion_columns,
        diameter_columns=args.diameter_columns,
    )
    frames = with_diameters(_require_frames(source, args), args.diameters)
    try:
        with whole_file(args.output) as temporary:
            n_rows, n_features, n_frames = write(temporary, writer_class, descriptor, frames, args)
    except ValueError as error:
        raise ValueError(str(error).replace("species=[...]", "--species")) from error
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
    quantity = "symmetric" if args.symmetric else "power_spectrum"
    n_rows = n_frames = 0
    writer = None
    try:
        with tqdm(unit=" frames", disable=args.quiet) as bar:
            for batch, rows, counts in descriptor._run(frames, quantity, args.average is not None):
                if args.average:
                    rows = _batches.frame_means(rows, counts)
                if writer is None:
                    labels = (
                        descriptor.feature_labels_symmetric if args.symmetric else descriptor.feature_labels
                    )
                    writer = writer_class(path, labels, metadata(args, descriptor))
                writer.add(batch, rows, counts)
                n_rows += len(rows)
                n_frames += len(batch)
                bar.update(len(batch))
        writer.finish()
    finally:
        if writer is not None:
            writer.close()
    return n_rows, len(labels), n_frames


def metadata(args: argparse.Namespace, descriptor: Descriptor) -> dict[str, str]:
    return {
        "hypers": descriptor.to_json(),
        "quantity": "symmetric power spectrum" if args.symmetric else "power spectrum",
        "average": args.average or "none",
        "source": args.input,
        "index": args.index,
        "version": __version__,
    }
