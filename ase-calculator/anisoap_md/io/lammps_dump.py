# SPDX-License-Identifier: MIT
"""Frames from files, one at a time: LAMMPS dumps, LAMMPS data files with ellipsoids, GSD and extended XYZ of OVITO by modules of
their own, every other format by ASE.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import ase.io
from ase import Atoms
from ase.utils import string2index

from ..common.errors import ArgumentError
from ..frames.type_names import TypeNames, checked
from .extxyz import is_extended
from .lammps import data, dump
from .lammps.columns import Names
from .programs import gsd, ovito
from .reading import Reading
from .text_files import begins, open_text

_OWN_FORMAT = "lammps-dump-text"
_DATA_FORMATS = (None, "lammps-data")
_XYZ_FORMATS = (None, "extxyz", "xyz")


def iread(
    path: str | os.PathLike[str],
    index: str | int = ":",
    *,
    format: str | None = None,
    quaternion_columns: Sequence[str] | None = None,
    diameter_columns: Sequence[str] | None = None,
    keep: Sequence[str | int] | None = None,
    dimension: int | None = None,
    quaternions: str | None = None,
    type_names: TypeNames | None = None,
) -> Iterator[Atoms]:
    """Frames of a file, read one at a time.

    Extended XYZ from OVITO is told by its names: `orientation` (x, y, z, w) together with `aspherical_shape` (semi-axes; all
    zero means a sphere of `radius`). These become c_q (w, x, y, z) and c_diameter (full diameters); types 1, 2 or Type_1, Type_2
    become atomic numbers. `orientation` alone says nothing about its order and stays as it is. The columns fx fy fz and
    tqx tqy tqz of a LAMMPS dump become the arrays ``forces`` and ``torques``, in the units of the dump. Of a GSD file
    orientations become c_q and `type_shapes` (Ellipsoid, Sphere) c_diameter; types of other names than chemical symbols need
    `type_names`.

    Parameters
    ----------
    path : path
        Any format that ASE reads, a LAMMPS dump (text or YAML, also .gz, .bz2, .xz; binary), a LAMMPS data file with a section
        Ellipsoids, or a GSD file of HOOMD (by the package gsd). An '@' is part of the name.
    index : str or int
        Frames as in ``ase.io.read``: '5', ':', '-10:', '::2'.
    format : str, optional
        ASE's name of the format; 'lammps-dump-text' for a LAMMPS dump of any kind, 'gsd' for GSD. None guesses.
    quaternion_columns, diameter_columns : sequence of str, optional
        Four and three columns of a LAMMPS dump: quaternion (w, x, y, z) and full diameters.
    keep : sequence of str or int, optional
        Species to read, chemical symbols or atomic numbers; other particles, such as points, are left out. None keeps all.
    dimension : int, optional
        2: no images along z, as in LAMMPS with ``dimension 2``, of which its files say nothing. None refuses a LAMMPS dump
        that looks like one (all z = 0 in a flat periodic box); 3 reads it as it is.
    quaternions : str, optional
        Convention of the quaternions of the file: 'wxyz' (default) or 'xyzw', and 'inverse' or 'xyzw-inverse' where they turn
        the space frame into body axes. Names the order of a lone array `orientation`, too; that of OVITO's files is known.
    type_names : mapping of str to str or int, optional
        Species of types whose names are no chemical symbols, {'GB': 'C'}, and of numbers of types, {'1': 'C'}, in LAMMPS dumps
        (element, typelabel, type), LAMMPS data files and files of OVITO and HOOMD.

    Raises
    ------
    ArgumentError
        For a file that the reader of its format refuses, and for a LAMMPS dump that ends early, lacks a column that is
        needed, does not say which directions are periodic or has atom types or elements that are no chemical elements.
    PackageMissing
        An ImportError, for a GSD file without the package gsd.
    OSError
        For a file that is missing or cannot be opened.
    """
    path = Path(path)
    chosen = _as_slice(index)
    reading = Reading.checked(keep, dimension, quaternions)
    types = checked(type_names)
    if format == _OWN_FORMAT or (format is None and dump.is_dump(path)):
        names = Names(quaternion_columns, diameter_columns, types)
        frames = _select(lambda: dump.read_dump(path, names, warn=keep is None), chosen)
        yield from reading.applied(frames, path)
        return
    if quaternion_columns or diameter_columns:
        raise ArgumentError("columns of quaternions or diameters", f"'{path}'", "a LAMMPS dump")
    yield from reading.applied(_read_other(path, chosen, format, types), path)


def _read_other(path: Path, chosen: slice, format: str | None, types: dict[str, int]) -> Iterator[Atoms]:
    if format == "gsd" or (format is None and gsd.is_gsd(path)):
        yield from _select(lambda: gsd.read(path, types), chosen)
        return
    if format in _DATA_FORMATS and begins(path, data.has_ellipsoids):
        frames = _select(lambda: _whole(path, data.read, types), chosen)
    elif format in _XYZ_FORMATS and begins(path, ovito.wrote):
        frames = _select(lambda: _whole(path, ovito.read, types), chosen)
    elif types:
        raise ArgumentError("type_names", f"'{path}'", "a file of LAMMPS, OVITO or HOOMD")
    else:
        known = "extxyz" if format is None and begins(path, is_extended) else format
        frames = ase.io.iread(path, index=chosen, format=known, do_not_split_by_at_sign=True)
        frames = _some(frames, path, chosen)
    yield from _named_errors(frames, path, format)


def _named_errors(frames: Iterator[Atoms], path: Path, format: str | None) -> Iterator[Atoms]:
    """Errors of readers that know nothing of ours."""
    what = f"file '{path}' read with format {'None (guessed)' if format is None else repr(format)}"
    while True:
        try:
            atoms = next(frames)
        except StopIteration:
            return
        except Exception as error:  # readers raise anything
            if isinstance(error, OSError) and error.errno is not None:
                raise
            if isinstance(error, ArgumentError):
                raise
            cause = f"{type(error).__name__}: {error}"
            raise ArgumentError(what, cause, "a file and a format that ASE reads") from error
        yield atoms


def _some(frames: Iterator[Atoms], path: Path, chosen: slice) -> Iterator[Atoms]:
    """ASE's guess of a format may find no frame at all, and say nothing."""
    first = next(frames, None)
    if first is not None:
        yield first
        yield from frames
    elif chosen == slice(None):
        raise ArgumentError(f"file '{path}'", "no frames", "a file of frames, or the name of its format")


def _whole(
    path: Path, read: Callable[[TextIO, Path, dict[str, int]], Iterator[Atoms]], types: dict[str, int]
) -> Iterator[Atoms]:
    with open_text(path) as file:
        yield from read(file, path, types)


def _as_slice(index: str | int | slice) -> slice:
    try:
        chosen = string2index(index) if isinstance(index, str) else index
    except ValueError:
        chosen = None
    if isinstance(chosen, int):
        return slice(chosen, chosen + 1 or None)
    if not isinstance(chosen, slice) or chosen.step == 0:
        raise ArgumentError("index", repr(index), "frames as in ASE: '5', ':', '-10:' or '::2'")
    return chosen


def _select(frames: Any, chosen: slice) -> Iterator[Atoms]:
    """Frames at `chosen`; a second reading counts them when it counts from the end."""
    parts = (chosen.start, chosen.stop, chosen.step)
    if any(p is not None and p < 0 for p in parts):
        order = range(*chosen.indices(sum(1 for _ in frames())))
        if order.step < 0:
            raise ArgumentError("index", chosen, "a step > 0")
        parts = (order.start, max(order.start, order.stop), order.step)
    yield from islice(frames(), *parts)
