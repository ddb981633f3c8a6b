# SPDX-License-Identifier: MIT
"""Which atoms of a molecule make a body, and what species a body is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase.data import chemical_symbols

from ..common.errors import ArgumentError
from ..frames.species import to_number
from .molecules.atoms import AtomTable
from .molecules.kinds import MoleculeKind

Parts = list[tuple[str, list[int]]]  # name of a body and its atoms' places in the molecule


@dataclass(frozen=True)
class BodyKind:
    """Bodies of one species.

    Attributes
    ----------
    name : str
        As the caller named it, or the formula.
    species : int
        Atomic number that stands for it.
    numbers, masses : numpy.ndarray
        [n_atoms] of one body.
    parts : list of (int, numpy.ndarray)
        Kind of molecule and places [n_atoms] in it, of each body of this species in a molecule.
    """

    name: str
    species: int
    numbers: np.ndarray
    masses: np.ndarray
    parts: list[tuple[int, np.ndarray]]

    @property
    def symbol(self) -> str:
        return chemical_symbols[self.species]

    def label(self) -> str:
        return self.symbol if self.name == self.symbol else f"{self.symbol} ({self.name})"


def body_kinds(
    table: AtomTable, kinds: Sequence[MoleculeKind], bodies: Any, species: Mapping[str, str] | None
) -> list[BodyKind]:
    """Species of bodies, in the order in which molecules have them.

    Parameters
    ----------
    table : AtomTable
    kinds : sequence of MoleculeKind
    bodies : mapping, optional
        Name of a body -> places of its atoms in the molecule, from 0, or a list of such lists; or formula of a molecule -> such a
        mapping. None: each molecule is one body.
    species : mapping, optional
        Name of a body -> chemical symbol.

    Raises
    ------
    ArgumentError
        For molecules that the map does not fit: unlike ones under one map, an atom in no body or in two, and unlike atoms in
        bodies of one name.
    """
    maps = [_parts(kind, part) for kind, part in _by_kind(kinds, bodies)]
    found: dict[str, list[tuple[int, np.ndarray]]] = {}
    for m, parts in enumerate(maps):
        for name, places in parts:
            found.setdefault(name, []).append((m, np.array(places)))
    for name, members in found.items():
        _require_alike(name, [table.types[kinds[m].atoms[0, places]] for m, places in members])
    out: list[BodyKind] = []
    symbols = _symbols(species, list(found))
    for name, members in found.items():
        molecule, own = members[0]
        atoms = kinds[molecule].atoms[0, own]
        number = symbols.get(name)
        if number is None:
            number = _default(table, atoms, name, {b.species for b in out} | {*symbols.values()})
        masses = table.masses[atoms]
        if not masses.sum() > 0:
            raise ArgumentError(f"body '{name}'", "mass 0", "a mass > 0")
        out.append(BodyKind(name, number, table.numbers[atoms], masses, members))
    return out


def _by_kind(kinds: Sequence[MoleculeKind], bodies: Any) -> Iterator[tuple[MoleculeKind, Any]]:
    """Each kind of molecules with its map, or None."""
    if bodies is None:
        yield from ((kind, None) for kind in kinds)
        return
    if not isinstance(bodies, Mapping) or not bodies:
        raise ArgumentError("bodies", repr(bodies), "a mapping of names of bodies to places of atoms")
    if all(isinstance(value, Mapping) for value in bodies.values()):
        names = [kind.name for kind in kinds]
        for name in bodies:
            if name not in names:
                raise ArgumentError("bodies", f"the molecule '{name}'", f"some of {', '.join(names)}")
        yield from ((kind, bodies.get(kind.name)) for kind in kinds)
        return
    if len(kinds) > 1:
        got = f"one map for unlike molecules, such as {kinds[0].ids[0]} ({kinds[0].name}) and {kinds[1].ids[0]} ({kinds[1].name})"
        raise ArgumentError("bodies", got, "a map for each, bodies={'C6H6': {'C': [0, 1, ...]}, ...}")
    yield kinds[0], bodies


def _parts(kind: MoleculeKind, bodies: Any) -> Parts:
    n = kind.atoms.shape[1]
    if bodies is None:
        return [(kind.name, list(range(n)))]
    parts: Parts = []
    for name, places in bodies.items():
        several = len(places) > 0 and not np.isscalar(places[0])
        parts += [(str(name), list(one)) for one in (places if several else [places])]
    given = [place for _, places in parts for place in places]
    if any(isinstance(p, bool) or not isinstance(p, (int, np.integer)) or not 0 <= p < n for p in given):
        raise ArgumentError("bodies", f"{given} for {kind.name}", f"places of atoms from 0 to {n - 1}")
    taken = np.bincount(np.array(given, dtype=int), minlength=n)
    if (taken != 1).any():
        place = int(np.argmax(taken != 1))
        raise ArgumentError(
            "bodies",
            f"atom {place} of {kind.name} in {taken[place]} of them",
            "each atom of a molecule in one body",
        )
    if not all(places for _, places in parts):
        raise ArgumentError("bodies", "one without atoms", "atoms for each")
    return parts


def _require_alike(name: str, types: list[np.ndarray]) -> None:
    for other in types[1:]:
        if not np.array_equal(types[0], other):
            raise ArgumentError(
                "bodies", f"unlike atoms in bodies named '{name}'", "the same atoms in the same order"
            )


def _symbols(species: Mapping[str, str] | None, names: list[str]) -> dict[str, int]:
    """Atomic numbers that the caller chose: in `species`, or as the names of bodies."""
    for name in species or {}:
        if name not in names:
            raise ArgumentError("species", f"the body '{name}'", f"some of {', '.join(names)}")
    chosen = {name: to_number(symbol) for name, symbol in (species or {}).items()}
    chosen |= {name: to_number(name) for name in names if name in chemical_symbols and name not in chosen}
    if len(set(chosen.values())) != len(chosen):
        raise ArgumentError("species", "one symbol for two bodies", "a symbol for each")
    return chosen


def _default(table: AtomTable, atoms: np.ndarray, name: str, taken: set[int]) -> int:
    """The most frequent element that no other body has, hydrogen last."""
    numbers = table.numbers[atoms]
    distinct, counts = np.unique(numbers[numbers > 0], return_counts=True)
    ranked = sorted(zip((distinct == 1).tolist(), (-counts).tolist(), distinct.tolist(), strict=True))
    free = [number for _, _, number in ranked if number not in taken]
    if not free:
        raise ArgumentError(
            "species", f"none for the body '{name}'", f"species={{'{name}': 'C'}} or another symbol"
        )
    return free[0]
