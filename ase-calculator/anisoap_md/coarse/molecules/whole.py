# SPDX-License-Identifier: MIT
"""Molecules that periodic boundaries cut, made whole: neighbours within a molecule are put at their nearest images."""

from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.geometry import find_mic
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from ...common.errors import ArgumentError
from .kinds import MoleculeKind

_PREFER_BONDS = 1e-3  # length of a bond, of its own, in the choice of the tree
_BROKEN = 1.5  # of the usual length of an edge
_SAME = 1e-6  # of a length: a bond that closes a ring


@dataclass(frozen=True)
class Tree:
    """Edges from each atom of a molecule to one that was placed before, generation by generation.

    Attributes
    ----------
    generations : list of (numpy.ndarray, numpy.ndarray)
        Parents and children.
    closing : numpy.ndarray
        [n, 2] bonds that are no edges.
    lengths : numpy.ndarray
        [n_atoms] usual length of the edge to each atom, 0 for the first.
    """

    generations: list[tuple[np.ndarray, np.ndarray]]
    closing: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, kind: MoleculeKind, first: Atoms) -> "Tree":
        """Along bonds, and where there are none along the shortest distances, in the first molecule of the frame."""
        positions = first.positions[kind.atoms]
        generations, closing = _edges(kind, nearest(pairs_of(positions[0]), first))
        lengths = np.zeros(kind.atoms.shape[1])
        for parents, children in generations:
            steps = nearest(positions[:, children] - positions[:, parents], first)
            lengths[children] = np.median(np.linalg.norm(steps, axis=-1), axis=0)
        return cls(generations, closing, lengths)

    def whole(self, kind: MoleculeKind, atoms: Atoms, where: str) -> np.ndarray:
        """Positions [n_molecules, n_atoms, 3] around the images of the first atoms.

        Raises
        ------
        ArgumentError
            For a molecule in which two neighbours are more than 1.5 times as far apart as usual, or that is bonded to its own
            image.
        """
        positions = atoms.positions[kind.atoms]
        out = positions.copy()
        for parents, children in self.generations:
            steps = nearest(positions[:, children] - positions[:, parents], atoms)
            self._require_short(kind, np.linalg.norm(steps, axis=-1), parents, children, where)
            out[:, children] = out[:, parents] + steps
        self._require_finite(kind, out, atoms, where)
        return out

    def _require_short(
        self, kind: MoleculeKind, lengths: np.ndarray, parents: np.ndarray, children: np.ndarray, where: str
    ) -> None:
        broken = ~(lengths <= _BROKEN * self.lengths[children])
        if broken.any():
            m, edge = np.argwhere(broken)[0]
            a, b = kind.atoms[m, parents[edge]], kind.atoms[m, children[edge]]
            got = f"atoms {a} and {b}, neighbours in {kind.name}, {lengths[m, edge]:.4g} apart"
            usual = f"{self.lengths[children[edge]]:.4g} as usual in frame 0"
            raise ArgumentError(f"{where}, molecule {kind.ids[m]}: broken molecule", got, usual)

    def _require_finite(self, kind: MoleculeKind, whole: np.ndarray, atoms: Atoms, where: str) -> None:
        if not len(self.closing):
            return
        ends = whole[:, self.closing[:, 1]] - whole[:, self.closing[:, 0]]
        wrong = np.abs(ends - nearest(ends, atoms)).max(axis=(1, 2)) > _SAME * np.abs(ends).max(initial=1.0)
        if wrong.any():
            m = int(np.argmax(wrong))
            got = "bonds to its own periodic image"
            raise ArgumentError(f"{where}, molecule {kind.ids[m]} ({kind.name})", got, "a finite molecule")


def nearest(vectors: np.ndarray, atoms: Atoms) -> np.ndarray:
    """Shortest images of vectors [..., 3] in the cell of the atoms, whatever its shape."""
    if not atoms.pbc.any():
        return vectors
    cell = atoms.cell.array
    if not (cell - np.diag(np.diag(cell))).any():
        sides = np.where(atoms.pbc, np.diag(cell), np.inf)
        return vectors - np.where(atoms.pbc, np.diag(cell), 0.0) * np.rint(vectors / sides)
    return find_mic(vectors.reshape(-1, 3), atoms.cell, atoms.pbc)[0].reshape(vectors.shape)


def pairs_of(positions: np.ndarray) -> np.ndarray:
    """Differences [n, n, 3]."""
    return positions[None] - positions[:, None]


def _edges(kind: MoleculeKind, vectors: np.ndarray) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """Generations of the tree and the bonds that it does not use."""
    lengths = (
        np.linalg.norm(vectors, axis=-1) + np.finfo(float).tiny
    )  # sites may coincide; csgraph's 0 is no edge
    bonds = np.empty((0, 2), dtype=int) if kind.bonds is None else kind.bonds
    lengths[bonds[:, 0], bonds[:, 1]] *= _PREFER_BONDS
    lengths[bonds[:, 1], bonds[:, 0]] *= _PREFER_BONDS
    tree = minimum_spanning_tree(lengths)
    order, parents = breadth_first_order(tree, 0, directed=False)
    depth = np.zeros(len(lengths), dtype=int)
    for k in order[1:]:
        depth[k] = depth[parents[k]] + 1
    children = [np.flatnonzero(depth == d) for d in range(1, depth.max(initial=0) + 1)]
    is_edge = (parents[bonds[:, 0]] == bonds[:, 1]) | (parents[bonds[:, 1]] == bonds[:, 0])
    return [(parents[c], c) for c in children], bonds[~is_edge]
