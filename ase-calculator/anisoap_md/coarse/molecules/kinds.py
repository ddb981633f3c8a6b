# SPDX-License-Identifier: MIT
"""Which atoms make a molecule, and which molecules are alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase import Atoms
from ase.formula import Formula
from ase.neighborlist import natural_cutoffs, neighbor_list
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ... import _core
from ...common.errors import ArgumentError
from .atoms import AtomTable

WAYS = ("mol", "bonds", "connectivity")
_BONDED = 1.2  # of the sum of covalent radii, within which atoms are bonded


@dataclass(frozen=True)
class MoleculeKind:
    """Molecules of the same atoms in the same order.

    Attributes
    ----------
    name : str
        Formula.
    atoms : numpy.ndarray
        [n_molecules, n_atoms] indices.
    ids : numpy.ndarray
        [n_molecules] the molecules' places among all.
    bonds : numpy.ndarray, optional
        [n_bonds, 2] places in a molecule, of the first molecule.
    """

    name: str
    atoms: np.ndarray
    ids: np.ndarray
    bonds: np.ndarray | None


def molecule_kinds(table: AtomTable, first: Atoms, molecules: Any) -> list[MoleculeKind]:
    """Kinds in the order of their first molecules, which are ordered by their first atoms.

    Parameters
    ----------
    table : AtomTable
    first : ase.Atoms
        The first frame, for the connectivity.
    molecules : None, {'mol', 'bonds', 'connectivity'}, array_like or sequence of sequences
        None takes what there is, in this order. An array [n] holds an id of each atom; sequences hold the indices of the atoms
        of each molecule. An atom of id 0 is a molecule of its own, as in LAMMPS.

    Raises
    ------
    ArgumentError
        For a way that the source does not have, atoms in no molecule or in two, and molecules of one formula whose atoms are in
        another order.
    """
    listed, bonds = _listed(table, first, molecules)
    groups: dict[tuple[int, ...], list[int]] = {}
    for k, atoms in enumerate(listed):
        groups.setdefault(tuple(table.types[atoms].tolist()), []).append(k)
    kinds = [_kind(table, [listed[k] for k in members], members, bonds) for members in groups.values()]
    _require_one_order(kinds)
    return kinds


def _listed(table: AtomTable, first: Atoms, molecules: Any) -> tuple[list[np.ndarray], np.ndarray | None]:
    """Indices of the atoms of each molecule, ordered by the first of them; and bonds, where there are any."""
    if molecules is None:
        molecules = _way(table)
    if not isinstance(molecules, str):
        return _given(len(table), molecules), table.bonds
    if molecules not in WAYS:
        hint = _core.suggestion(molecules, list(WAYS))
        raise ArgumentError("molecules", f"'{molecules}'", f"{', '.join(WAYS)}, ids or lists of atoms", hint)
    if molecules == "mol":
        if table.molecules is None:
            raise ArgumentError(
                "molecules", "'mol' for atoms without a column mol", "'bonds' or 'connectivity'"
            )
        return _of_ids(table.molecules), table.bonds
    bonds = table.bonds if molecules == "bonds" else connectivity(table, first)
    if bonds is None:
        raise ArgumentError(
            "molecules", "'bonds' for atoms without bonds", "topology='run.data' with a section Bonds"
        )
    return _connected(len(table), bonds), bonds


def _way(table: AtomTable) -> str:
    if table.molecules is not None and table.molecules.any():
        return "mol"
    return "bonds" if table.bonds is not None else "connectivity"


def connectivity(table: AtomTable, first: Atoms) -> np.ndarray:
    """Bonds [n_bonds, 2] between atoms closer than 1.2 times the sum of their covalent radii."""
    if not table.numbers.all():
        k = int(np.argmin(table.numbers))
        expected = "elements (type_names={...}), a column mol or a topology with bonds"
        raise ArgumentError("molecules", f"no element of {table.name(k)} for the connectivity", expected)
    atoms = first.copy()
    atoms.numbers = table.numbers
    i, j = neighbor_list("ij", atoms, natural_cutoffs(atoms, mult=_BONDED))
    return np.stack([i, j], axis=1)[i < j]


def _given(n: int, molecules: Any) -> list[np.ndarray]:
    try:
        parts = [np.asarray(atoms) for atoms in molecules]
    except TypeError:
        raise ArgumentError("molecules", repr(molecules), "a word, ids of atoms or lists of atoms") from None
    if not any(part.ndim for part in parts):
        ids = np.asarray(molecules)
        if ids.shape != (n,) or ids.dtype.kind not in "iu":
            raise ArgumentError(
                "molecules", f"{ids.dtype} of shape {ids.shape}", f"{n} integers, one an atom"
            )
        return _of_ids(ids)
    taken = np.bincount(_indices(n, parts), minlength=n)
    if (taken != 1).any():
        k = int(np.argmax(taken != 1))
        raise ArgumentError("molecules", f"atom {k} in {taken[k]} of them", "each atom in one molecule")
    return sorted(parts, key=lambda atoms: atoms.min())


def _indices(n: int, parts: Sequence[np.ndarray]) -> np.ndarray:
    for k, part in enumerate(parts):
        if (
            part.ndim != 1
            or not part.size
            or part.dtype.kind not in "iu"
            or part.min() < 0
            or part.max() >= n
        ):
            raise ArgumentError(f"molecules[{k}]", part.tolist(), f"indices of atoms from 0 to {n - 1}")
    return np.concatenate(parts)


def _of_ids(ids: np.ndarray) -> list[np.ndarray]:
    """Atoms of each id, in their order."""
    own = ids.astype(np.int64)
    alone = own == 0
    own[alone] = own.max(initial=0) + 1 + np.arange(alone.sum())
    order = np.argsort(own, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(own[order])) + 1)
    return sorted(parts, key=lambda atoms: atoms[0])


def _connected(n: int, bonds: np.ndarray) -> list[np.ndarray]:
    graph = coo_array((np.ones(len(bonds)), (bonds[:, 0], bonds[:, 1])), shape=(n, n))
    return _of_ids(connected_components(graph, directed=False)[1] + 1)


def _kind(
    table: AtomTable, members: list[np.ndarray], ids: list[int], bonds: np.ndarray | None
) -> MoleculeKind:
    first = members[0]
    inside = None
    if bonds is not None:
        places = np.full(len(table), -1)
        places[first] = np.arange(len(first))
        bonded = places[bonds]
        inside = bonded[(bonded >= 0).all(axis=1)]
    return MoleculeKind(formula(table, first), np.stack(members), np.array(ids), inside)


def formula(table: AtomTable, atoms: np.ndarray) -> str:
    """Hill's formula, or the numbers of atoms of each type."""
    if table.numbers[atoms].all():
        return Formula.from_list([table.name(k) for k in atoms]).format("hill")
    names, counts = np.unique([table.name(k).replace(" ", "") for k in atoms], return_counts=True)
    return " ".join(f"{count}*{name}" for name, count in zip(names, counts, strict=True))


def _require_one_order(kinds: list[MoleculeKind]) -> None:
    seen: dict[str, MoleculeKind] = {}
    for kind in kinds:
        other = seen.setdefault(kind.name, kind)
        if other is not kind:
            got = (
                f"molecules {other.ids[0]} and {kind.ids[0]} of {kind.name}, whose atoms are in another order"
            )
            raise ArgumentError(
                "molecules", got, "like molecules with their atoms in one order, or molecules=[[...], ...]"
            )
