# SPDX-License-Identifier: MIT
"""How close bodies are: distances less the contact distance."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms

from .. import _core
from .bodies import diameters

_NEAR = 1.5  # largest diameters, within which pairs are looked at

Pair = tuple[int, int]  # places in the list of species, ascending


def closest_gaps(frames: Sequence[Atoms], species: Sequence[int], num_threads: int = 0) -> dict[Pair, float]:
    """Smallest distance less the contact distance of Berne and Pechukas, for each pair of species that comes near.

    Parameters
    ----------
    frames : sequence of ase.Atoms
    species : sequence of int
        Atomic numbers.
    """
    found: dict[Pair, float] = {}
    for k, atoms in enumerate(frames):
        term = _spheres(_reach(float(diameters(atoms).max()), found, len(species)), len(species))
        gaps = _core.closest_gaps(term, atoms, species, num_threads, k)
        for pair, gap in zip(term.pairs, gaps, strict=True):
            if np.isfinite(gap):
                found[pair.species] = min(found.get(pair.species, np.inf), float(gap))
    return found


def _reach(largest: float, found: dict[Pair, float], n_species: int) -> float:
    """Distance beyond which no pair is closer than those found: no contact distance exceeds the largest diameter."""
    if len(found) < n_species * (n_species + 1) // 2:
        return _NEAR * largest
    return min(_NEAR * largest, (max(found.values()) + largest) * (1 + 1e-9))


def _spheres(cutoff: float, n_species: int) -> _core.TwoBody:
    """A term of all pairs of species, of whose invariants only those of the distance are read."""
    term = _core.TwoBody()
    term.cutoff = term.width = cutoff
    term.species = [_core.TwoBodySpecies("sphere") for _ in range(n_species)]
    pairs = []
    for a in range(n_species):
        for b in range(a, n_species):
            pair = _core.TwoBodyPair()
            pair.species = (a, b)
            pairs.append(pair)
    term.pairs = pairs
    return term
