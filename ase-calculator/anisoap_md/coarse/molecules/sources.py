# SPDX-License-Identifier: MIT
"""Atoms of whatever holds them: files, frames in memory, iterators, MDAnalysis. One frame is an ``ase.Atoms``."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.data import atomic_numbers

from ...common.errors import ArgumentError
from ...data.dataset import require_units
from ...frames.batches import as_iterable
from ...frames.type_names import TypeNames, checked
from ...io.lammps import dump
from ...io.lammps.topology import Topology, is_data, read_topology
from ...io.lammps_dump import iread
from ...io.text_files import begins

_KJ = {"real": 1 / 4.184, "metal": units.kJ / units.mol, "lj": 1.0}  # of MDAnalysis's kJ/mol
_PICOSECOND = {"real": 1000.0, "metal": 1.0, "lj": 1.0}  # in times of the units


@dataclass(frozen=True)
class Reading:
    """How a source is read; None stands for what was not given."""

    index: str | int = ":"
    format: str | None = None
    type_names: TypeNames | None = None
    topology: str | os.PathLike[str] | None = None
    units: str | None = None

    def __post_init__(self) -> None:
        if self.units is not None:
            require_units(self.units)


@dataclass(frozen=True)
class Source:
    """Frames of the same atoms.

    Attributes
    ----------
    first : ase.Atoms
    frames : callable
        Gives an iterator over all of them.
    can_repeat : bool
        Whether `frames` may be called again.
    types_alone : bool
        Whether the atomic numbers of the frames are numbers of types.
    topology : Topology, optional
    units : str, optional
        Of the labels, where they are known.
    """

    first: Atoms
    frames: Callable[[], Iterator[Atoms]]
    can_repeat: bool
    types_alone: bool
    topology: Topology | None
    units: str | None


def open_source(source: Any, reading: Reading) -> Source:
    """Of a path, frames, or an MDAnalysis Universe or AtomGroup.

    Raises
    ------
    ArgumentError
        For no frame or a topology of other atoms, and as ``iread`` for files.
    OSError
        For a file that is missing.
    """
    topology = None if reading.topology is None else _required_topology(Path(reading.topology))
    if isinstance(source, (str, os.PathLike)):
        return _of_path(Path(source), reading, topology)
    if hasattr(source, "atoms") and hasattr(source, "dimensions"):
        return _of_universe(source, reading, topology)
    frames = as_iterable(source)
    if isinstance(frames, (list, tuple)):
        return _source(lambda: iter(frames), True, False, topology, reading, "metal")
    first = _first(frames)
    units_known = reading.units or _units_of(first, "metal")
    return Source(first, _once(chain([first], frames)), False, False, topology, units_known)


def _once(frames: Iterable[Atoms]) -> Callable[[], Iterator[Atoms]]:
    """The iterator, for one reader."""
    given = [iter(frames)]

    def give() -> Iterator[Atoms]:
        if not given:
            raise ArgumentError(
                "frames", "an iterator that was read before", "a file or a list, to read frames again"
            )
        return given.pop()

    return give


def _required_topology(path: Path) -> Topology:
    if not begins(path, is_data):
        raise ArgumentError("topology", f"'{path}'", "a LAMMPS data file with molecules")
    return read_topology(path)


def _of_path(path: Path, reading: Reading, topology: Topology | None) -> Source:
    if reading.format in (None, "lammps-data") and begins(path, is_data):
        own = read_topology(path)
        types = checked(reading.type_names) or _labelled(own.labels)
        atoms = _named(own.atoms, types)
        return _source(lambda: iter([atoms]), True, not types, topology or own, reading, None)
    is_dump = reading.format == "lammps-dump-text" or dump.is_dump(path)
    columns = dump.columns_of(path) if is_dump else []
    types_alone = is_dump and not reading.type_names and "element" not in columns and "type" in columns
    read = partial(iread, path, reading.index, format=reading.format, type_names=reading.type_names)
    return _source(read, True, types_alone, topology, reading, None if is_dump else "metal")


def _labelled(labels: Mapping[int, str]) -> dict[str, int]:
    """Atomic numbers of numbers of types, where all labels are chemical symbols."""
    if not all(label in atomic_numbers for label in labels.values()):
        return {}
    return {str(number): atomic_numbers[label] for number, label in labels.items()}


def _named(atoms: Atoms, types: Mapping[str, int]) -> Atoms:
    """With the atomic numbers that the caller gave for numbers of types."""
    unknown = {int(t) for t in np.unique(atoms.numbers)} - {int(t) for t in types if t.isdecimal()}
    if types and unknown:
        raise ArgumentError("type_names", f"none for type {min(unknown)}", "a species for every type")
    if types:
        atoms = atoms.copy()
        atoms.numbers = [types[str(t)] for t in atoms.numbers]
    return atoms


def _source(
    frames: Callable[[], Iterator[Atoms]],
    can_repeat: bool,
    types_alone: bool,
    topology: Topology | None,
    reading: Reading,
    default_units: str | None,
) -> Source:
    first = _first(frames())
    return Source(
        first, frames, can_repeat, types_alone, topology, reading.units or _units_of(first, default_units)
    )


def _first(frames: Iterable[Atoms]) -> Atoms:
    first = next(iter(frames), None)
    if first is None:
        raise ArgumentError("frames", "none", "at least one frame of atoms")
    if not isinstance(first, Atoms):
        raise ArgumentError("frame 0", type(first), "an ase.Atoms")
    return first


def _units_of(atoms: Atoms, default: str | None) -> str | None:
    given = atoms.info.get("units", default)
    return given if given is None else require_units(given)


def _of_universe(universe: Any, reading: Reading, topology: Topology | None) -> Source:
    group = universe.atoms
    chosen = reading.units or "real"
    if reading.index != ":":
        raise ArgumentError(
            "index", repr(reading.index), "':' for MDAnalysis, whose trajectories are sliced there"
        )

    def frames() -> Iterator[Atoms]:
        for _ in group.universe.trajectory:
            yield _of_group(group, chosen)

    return Source(next(frames()), frames, True, False, topology, chosen)


def _of_group(group: Any, chosen: str) -> Atoms:
    """One frame of MDAnalysis, whose units are A, ps and kJ/mol, in the units that the caller chose."""
    step = group.universe.trajectory.ts
    box = step.triclinic_dimensions
    periodic = box is not None and bool(np.any(box))
    atoms = Atoms(_elements(group), positions=group.positions, cell=box if periodic else None, pbc=periodic)
    atoms.info["units"] = chosen
    if getattr(step, "has_forces", False):
        atoms.set_array("forces", np.array(group.forces, dtype=float) * _KJ[chosen])
    if getattr(step, "has_velocities", False):
        atoms.set_array("velocities", np.array(group.velocities, dtype=float) / _PICOSECOND[chosen])
    if hasattr(group, "masses"):
        atoms.set_array("mass", np.asarray(group.masses, dtype=float))
    atoms.set_array("mol", np.asarray(group.resindices) + 1)
    return atoms


def _elements(group: Any) -> list[str]:
    if hasattr(group, "elements") and all(group.elements):
        return [str(name).capitalize() for name in group.elements]
    raise ArgumentError(
        "MDAnalysis atoms", "no elements", "a topology with elements, or universe.guess_TopologyAttrs(...)"
    )
