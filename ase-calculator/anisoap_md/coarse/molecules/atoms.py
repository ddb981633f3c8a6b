# SPDX-License-Identifier: MIT
"""What is known of atoms apart from where they are: elements, masses, molecules, bonds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.data import atomic_masses, chemical_symbols

from ...common.checks import real
from ...common.errors import ArgumentError
from ...io.lammps.topology import Topology
from .sources import Source

_SAME_MASS = 0.1  # amu: masses of force fields are rounded
_MOLECULES = ("mol", "molecule", "molecules")  # arrays of molecule ids


@dataclass(frozen=True)
class AtomTable:
    """Atoms of every frame, in their order.

    Attributes
    ----------
    numbers : numpy.ndarray
        [n] atomic numbers, 0 where the element is not known.
    types : numpy.ndarray
        [n] what tells unlike atoms apart: the numbers of the frames.
    masses : numpy.ndarray
        [n]
    molecules : numpy.ndarray, optional
        [n] ids.
    bonds : numpy.ndarray, optional
        [n_bonds, 2]
    """

    numbers: np.ndarray
    types: np.ndarray
    masses: np.ndarray
    molecules: np.ndarray | None
    bonds: np.ndarray | None

    def __len__(self) -> int:
        return len(self.types)

    def name(self, k: int) -> str:
        """Of one atom."""
        return chemical_symbols[self.numbers[k]] if self.numbers[k] else f"type {self.types[k]}"


def table_of(source: Source, masses: Mapping[str | int, float] | None) -> AtomTable:
    """What the first frame, the topology and the caller's masses say.

    Raises
    ------
    ArgumentError
        For no atom, masses that are not known, and a topology of other atoms.
    """
    first, topology = source.first, source.topology
    if not len(first):
        raise ArgumentError("frame 0", "no atom", "at least one")
    if topology is not None:
        _require_same_atoms(source, topology)
    known = _masses(source, topology, masses or {})
    numbers = _elements(known) if source.types_alone else first.numbers.copy()
    name = next((name for name in _MOLECULES if name in first.arrays), None)
    own = None if name is None else np.asarray(first.arrays[name]).astype(int)
    if own is None and topology is not None:
        own = topology.molecules
    return AtomTable(numbers, first.numbers.copy(), known, own, None if topology is None else topology.bonds)


def _require_same_atoms(source: Source, topology: Topology) -> None:
    n, found = len(topology.atoms), len(source.first)
    if n != found:
        raise ArgumentError("topology", f"{n} atoms for frames of {found}", "the atoms of the frames")
    if source.types_alone and (wrong := topology.atoms.numbers != source.first.numbers).any():
        k = int(np.argmax(wrong))
        got = f"type {topology.atoms.numbers[k]} of atom {k}, which is of type {source.first.numbers[k]} in frame 0"
        raise ArgumentError("topology", got, "the atoms of the frames, both sorted by id")


def _masses(source: Source, topology: Topology | None, given: Mapping[str | int, float]) -> np.ndarray:
    """Those of the caller before those of the frame, of the topology and of the elements."""
    first = source.first
    if "mass" in first.arrays:
        masses = np.array(first.arrays["mass"], dtype=float)
    elif topology is not None and topology.masses is not None:
        masses = topology.masses.copy()
    elif source.types_alone:
        masses = np.full(len(first), np.nan)
    else:
        masses = first.get_masses()
    for label, mass in given.items():
        masses[_of_label(first, label, source.types_alone)] = _mass(label, mass)
    if np.isnan(masses).any():
        k = int(np.argmax(np.isnan(masses)))
        raise ArgumentError(
            "masses",
            f"atoms of type {first.numbers[k]}, of which the file says no more",
            "type_names={'1': 'C', ...}, masses={...}, the argument topology with a file that has Masses, or columns element or "
            "mass in the dump",
        )
    if not (np.isfinite(masses) & (masses >= 0)).all():
        raise ArgumentError("masses", "some that are negative or not finite", "finite masses >= 0")
    return masses


def _of_label(first: Atoms, label: str | int, types_alone: bool) -> np.ndarray:
    """Which atoms have a chemical symbol or a number of type."""
    words = first.numbers.astype(str) if types_alone else np.array(first.get_chemical_symbols())
    chosen = words == str(label)
    if not chosen.any():
        raise ArgumentError("masses", f"'{label}'", f"some of {', '.join(sorted(set(words.tolist())))}")
    return chosen


def _mass(label: str | int, mass: object) -> float:
    value = real(f"masses[{label!r}]", mass)
    if not (np.isfinite(value) and value >= 0):
        raise ArgumentError(f"masses[{label!r}]", value, "a finite mass >= 0")
    return value


def _elements(masses: np.ndarray) -> np.ndarray:
    """Elements whose masses are those of the atoms; 0 for others, such as united atoms."""
    distinct, places = np.unique(masses, return_inverse=True)
    nearest = np.abs(distinct[:, None] - atomic_masses[None, 1:]).argmin(axis=1) + 1
    return np.where(np.abs(distinct - atomic_masses[nearest]) < _SAME_MASS, nearest, 0)[places]
