# SPDX-License-Identifier: MIT
"""Command-line options that commands share: hyperparameters and frames."""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from ase import Atoms
from ase.utils import string2index

from ..common.errors import ArgumentError
from ..descriptors.descriptor import Descriptor
from ..frames import species
from ..frames.bodies import frames_with_diameters
from ..io.frames import read_frames
from ..io.reading import CONVENTIONS

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
_WORDS = {"True": True, "False": False, "None": None}
_NUMBERS = re.compile(r"[-+.,eE\d ]+")  # between commas


def add_basis_arguments(parser: argparse.ArgumentParser) -> None:
    """Hyperparameters, read by `descriptor_from`."""
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
        help="chemical symbols or atomic numbers; default: those of the frames",
    )


def add_options(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup, options: type, *fields_wanted: str
) -> None:
    """A flag for each field of a dataclass that has one, with its default; of those named, where some are."""
    hints = get_type_hints(options)
    for f in fields(options):
        flag = f.metadata.get("flag")
        if flag is None or (fields_wanted and f.name not in fields_wanted):
            continue
        about: dict[str, Any] = {
            "dest": f.name,
            "help": f"{f.metadata['text']}{_default_text(f.default)}",
        }
        if hints[f.name] is bool:
            parser.add_argument(flag, action="store_true", **about)
        elif f.default is None:
            parser.add_argument(flag, nargs="+", metavar=f.metadata["metavar"], **about)
        else:
            kind = hints[f.name] if hints[f.name] in (int, float, str) else number_or_word
            metavar = f.metadata["metavar"]
            parser.add_argument(flag, type=kind, default=f.default, metavar=metavar, **about)


def _default_text(value: object) -> str:
    return "" if value is None or value is False else f" (default {value})"


def described(options: type) -> list[str]:
    """A line for each field: name, text and default."""
    return [f"  {f.name:<21}{f.metadata['text']}{_default_text(_words(f.default))}" for f in fields(options)]


def _words(value: Any) -> Any:
    """A default as it is typed behind NAME=."""
    if value is MISSING:
        return None
    return ",".join(map(str, value)) if isinstance(value, tuple) else value


def number_or_word(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def add_frame_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Which frames, and what they lack; read by `frames_from`."""
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
        "--keep",
        nargs="+",
        metavar="S",
        help="species to read; other particles, such as points, are left out",
    )
    frames.add_argument(
        "--dimension", type=int, metavar="D", help="2: no images along z, as in LAMMPS with dimension 2"
    )
    frames.add_argument(
        "--quaternions", metavar="NAME", help=f"convention of IN: {', '.join(CONVENTIONS)} (default wxyz)"
    )
    frames.add_argument(
        "--type-names",
        nargs="+",
        metavar="NAME=S",
        help="species of types of LAMMPS or OVITO whose names are no chemical symbols: GB=C, or 1=C",
    )
    return frames


def add_execution_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Threads and device of models; what else comes out is for the caller to add."""
    result = parser.add_argument_group("result")
    result.add_argument("--threads", type=int, metavar="N", help="default: all")
    result.add_argument(
        "--device",
        default="cpu",
        metavar="NAME",
        help="cpu (default), auto, or one that 'anisoap-md info' lists",
    )
    return result


def reading_from(args: argparse.Namespace) -> dict[str, Any]:
    """Arguments of `iread` that `add_frame_arguments` added."""
    return {
        "format": args.format,
        "keep": None if args.keep is None else _kept(args.keep),
        "dimension": args.dimension,
        "quaternions": args.quaternions,
        "type_names": name_values("--type-names", args.type_names),
    }


def _kept(words: list[str]) -> tuple[int, ...]:
    """Atomic numbers."""
    try:
        return species.to_numbers(_species_of(words))
    except ArgumentError as error:
        raise error.changed(what="--keep") from None


def _species_of(words: Iterable[str]) -> list[str | int]:
    return [int(word) if word.isdecimal() else word for word in words]


def indices_from(option: str, words: Iterable[str]) -> list[slice | int]:
    """Indices and slices, as ASE writes those of frames.

    Raises
    ------
    ArgumentError
        For other words.
    """
    out: list[slice | int] = []
    for word in words:
        try:
            place = string2index(word)
        except ValueError:
            place = word
        if isinstance(place, str) or (isinstance(place, slice) and place.step == 0):
            raise ArgumentError(option, f"'{word}'", "indices or slices such as 5, 0:10, ::2")
        out.append(place)
    return out


def centers_from(words: Sequence[str]) -> Callable[[Atoms], np.ndarray]:
    """Particles of a frame that --centers names: species, indices and slices, all of them together."""
    symbols = [word for word in words if word[:1].isalpha()]
    places = indices_from("--centers", [word for word in words if word not in symbols])
    try:
        numbers = species.to_numbers(symbols) if symbols else ()
    except ArgumentError as error:
        raise error.changed(what="--centers") from None

    def of(atoms: Atoms) -> np.ndarray:
        chosen = np.isin(atoms.numbers, numbers)
        for place in places:
            if isinstance(place, int) and not -len(atoms) <= place < len(atoms):
                got = f"{place} for a frame of {len(atoms)} particles"
                raise ArgumentError("--centers", got, "indices of its particles")
            chosen[place] = True
        return np.flatnonzero(chosen)

    return of


def option_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def descriptor_from(args: argparse.Namespace) -> Descriptor:
    others = {"dtype": args.dtype, "num_threads": args.threads, "device": args.device}
    given = {name: getattr(args, name) for name in BASIS_OPTIONS if getattr(args, name) is not None}
    if args.hypers is not None:
        if given:
            options = ", ".join(option_of(name) for name in given)
            raise ArgumentError("--hypers", f"also {options}", "the file alone")
        return Descriptor.from_json(Path(args.hypers), **others)
    for name in ("max_angular", "cutoff_radius"):
        if name not in given:
            raise ArgumentError(option_of(name), "nothing", "a number, or --hypers FILE")
    given.setdefault("radial_basis_name", "gto")
    if "species" in given:
        given["species"] = _species_of(given["species"])
    if len(given.get("max_radial", ())) == 1:
        given["max_radial"] = given["max_radial"][0]
    return Descriptor(**given, **others)


def typed_frames_from(args: argparse.Namespace) -> list[Atoms]:
    """Frames of all inputs; of several, a frame without a type has the name of its file as one, or the path of files alike."""
    frames: list[Atoms] = []
    names = [Path(path).stem for path in args.input]
    if len(set(names)) < len(names):
        names = list(args.input)
    for path, name in zip(args.input, names, strict=True):
        found = frames_from(args, path, args.index)
        for atoms in found if len(args.input) > 1 else []:
            atoms.info.setdefault(args.config_key, name)
        frames += found
    return frames


def frames_from(args: argparse.Namespace, files: str | Sequence[str], index: str) -> list[Atoms]:
    """Frames of a file, or of several, one behind another; `index` counts in each."""
    frames: list[Atoms] = []
    for path in [files] if isinstance(files, str) else files:
        found = read_frames(path, index, **reading_from(args))
        if not found:
            raise ArgumentError(
                "--index", f"'{index}', which no frame of '{path}' matched", "at least one frame"
            )
        frames += frames_with_diameters(found, args.diameters)
    return frames


def name_values(option: str, words: list[str] | None) -> dict[str, Any]:
    """{'a': 1} of ['a=1']; values are as `value_of` reads them."""
    out: dict[str, Any] = {}
    for word in words or []:
        name, separator, text = word.partition("=")
        if not (name and separator and text):
            raise ArgumentError(option, f"'{word}'", "NAME=VALUE")
        if name in out:
            raise ArgumentError(option, f"'{name}' twice", "each name once")
        out[name] = value_of(text)
    return out


def value_of(text: str) -> Any:
    """Value of JSON, of True, False or None, of numbers between commas, or else the text."""
    if text in _WORDS:
        return _WORDS[text]
    for document in (text, f"[{text}]" if _NUMBERS.fullmatch(text) else text):
        try:
            return json.loads(document)
        except ValueError:
            continue
    return text
