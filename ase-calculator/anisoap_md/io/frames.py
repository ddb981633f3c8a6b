# SPDX-License-Identifier: MIT
"""Files that keep what ASE's writers drop: torques, uncertainties, grades, quaternions, diameters and any other array of
numbers.

- extended XYZ (.extxyz, .xyz): all digits; diameters in one column set `c_diameter`, since ASE's reader takes the brackets
  off `c_diameter[1]`; energy, forces and stress under ASE's names, which its reader gives back as a calculator;
- .traj: arrays that ASE leaves out go into `info["anisoap_arrays"]`, from where `read_frames` takes them.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError, all_properties
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io.trajectory import TrajectoryWriter
from ase.stress import voigt_6_to_full_3x3_stress

from .. import _core
from ..common.checks import flag
from ..common.errors import ArgumentError
from ..common.files import whole_file
from ..frames import batches, bodies
from ..frames.type_names import TypeNames
from . import features, lammps_dump
from .programs.ovito import with_ovito_names
from .restored import KEY

_OWN = ("torques", "uncertainties", "grades")  # results that ASE's calculators for stored results refuse
_PER_PARTICLE = {"energies", "forces", "stresses", "charges", "magmoms"}
_KEPT_BY_TRAJ = {"numbers", "positions", "tags", "momenta", "masses", "initial_magmoms", "initial_charges"}
_SUFFIXES = (".extxyz", ".xyz", ".traj")


def with_results(atoms: Atoms) -> Atoms:
    """Copy of the atoms with the results that their calculator holds for them; nothing is computed.

    Energy, forces, stress and the like are in a ``SinglePointCalculator``; torques, uncertainties and grades, which ASE does
    not store, in the arrays ``torques`` [n, 3], ``uncertainties`` [n] and ``grades`` [n].
    """
    out = atoms.copy()
    results: dict[str, Any] = {}
    for name in (*all_properties, *_OWN):
        value = _held(atoms, name)
        if value is None:
            continue
        if name in _OWN:
            out.arrays[name] = np.array(value)
        else:
            results[name] = value
    if results:
        out.calc = SinglePointCalculator(out, **results)
    return out


def _held(atoms: Atoms, name: str) -> Any:
    if atoms.calc is None or bodies.turned_or_resized(atoms):
        return None
    try:
        return atoms.calc.get_property(name, atoms, allow_calculation=False)
    except (PropertyNotImplementedError, NotImplementedError):
        return None


def write_frames(
    path: str | os.PathLike[str], frames: Atoms | Iterable[Atoms], *, ovito: bool = False
) -> None:
    """Writes frames with their arrays of numbers and the results that their calculators hold.

    Parameters
    ----------
    path : path
        .extxyz, .xyz or .traj. The file is replaced as a whole or not at all. Extended XYZ has no place for constraints.
    frames : ase.Atoms or iterable of ase.Atoms
        A generator is never held as a whole.
    ovito : bool
        Extended XYZ in which OVITO finds the bodies: `orientation` (x, y, z, w) and `aspherical_shape` (semi-axes) in place of
        the arrays of quaternions and diameters; ``read_frames`` reads these back.

    Raises
    ------
    ArgumentError
        For another suffix, and .traj with `ovito`; with `ovito` for missing quaternions or diameters; for names of arrays and
        keys of info that extended XYZ cannot hold.
    OSError
        For a folder that is missing or not writable.
    """
    suffix = Path(path).suffix
    if suffix not in _SUFFIXES:
        hint = _core.suggestion(suffix, list(_SUFFIXES))
        raise ArgumentError("suffix of the output file", f"'{suffix}'", f"{', '.join(_SUFFIXES)}", hint)
    if flag("ovito", ovito) and suffix == ".traj":
        raise ArgumentError("ovito", f"True with '{suffix}'", ".extxyz or .xyz")
    with whole_file(path) as temporary:
        stored = map(with_results, batches.as_iterable(frames))
        if ovito:
            stored = map(with_ovito_names, stored)
        (_write_traj if suffix == ".traj" else _write_extxyz)(temporary, stored)


def _write_extxyz(path: Path, frames: Iterable[Atoms]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for atoms in frames:
            results = atoms.calc.results if atoms.calc else {}
            per_particle = {k: np.asarray(v) for k, v in results.items() if k in _PER_PARTICLE}
            per_frame = {k: v for k, v in results.items() if k not in _PER_PARTICLE}
            if "stress" in results:
                per_frame["stress"] = voigt_6_to_full_3x3_stress(results["stress"])
            stress = np.ravel(atoms.info.get("stress", ()))
            if stress.size == 6:  # ASE reads nine numbers alone
                atoms.info["stress"] = voigt_6_to_full_3x3_stress(stress)
            if any(name in atoms.arrays for name in bodies.DIAMETER_COLUMNS[0]):
                atoms = bodies.with_diameters(atoms, bodies.diameters(atoms))
            file.write(features.extxyz_text(atoms, per_frame, per_particle))


def _write_traj(path: Path, frames: Iterable[Atoms]) -> None:
    with TrajectoryWriter(path, "w") as writer:
        for atoms in frames:
            writer.write(_for_traj(atoms))


def for_traj(atoms: Atoms) -> Atoms:
    """Copy ``with_results`` from which ASE's writer of .traj drops nothing that ``read_frames`` knows."""
    return _for_traj(with_results(atoms))


def _for_traj(atoms: Atoms) -> Atoms:
    atoms.info[KEY] = {k: v for k, v in atoms.arrays.items() if k not in _KEPT_BY_TRAJ}
    return atoms


def read_frames(
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
) -> list[Atoms]:
    """Frames of a file that ``write_frames``, LAMMPS, OVITO or ASE wrote: those of ``iread`` as a list.

    Parameters
    ----------
    path, index, format, quaternion_columns, diameter_columns, keep, dimension, quaternions, type_names
        As in ``iread``.

    Returns
    -------
    list of ase.Atoms
        With a calculator of stored results where the file holds energies, forces or stresses (not for a LAMMPS dump, whose
        forces are in the array ``forces``); torques are in the array ``torques``. An energy or a stress that you put into
        ``info``, and forces in ``arrays``, take the place of the stored ones. ``labels_of`` says what a fit would read.

    Raises
    ------
    ArgumentError
        As in ``iread``.
    OSError
        For a file that is missing or cannot be opened.
    """
    return list(
        lammps_dump.iread(
            path,
            index,
            format=format,
            quaternion_columns=quaternion_columns,
            diameter_columns=diameter_columns,
            keep=keep,
            dimension=dimension,
            quaternions=quaternions,
            type_names=type_names,
        )
    )
