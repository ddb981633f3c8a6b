# SPDX-License-Identifier: MIT
"""Liquids of prolate ellipsoids on a perturbed lattice, of one to four species whose labels are all that differs."""

import numpy as np
from ase import Atoms

from .shapes import ellipsoids

SPECIES = ("C", "N", "O", "F")
DENSITY_CUTOFF = 7.0  # Angstrom, within which `neighbors` are counted
_DIAMETERS = (1.5, 1.5, 4.5)
_SHIFT = 0.25  # of the lattice's spacing, the most along an axis


def liquid(n_frames: int, n_particles: int, n_species: int, neighbors: float, seed: int = 0) -> list[Atoms]:
    """Frames in cubic periodic cells.

    Positions and orientations depend on the seed and not on `n_species`; every species has as many particles as another, or
    one more.

    Parameters
    ----------
    n_frames, n_particles : int
    n_species : int
        1 to 4.
    neighbors : float
        Within 7 Angstrom of a particle on average, itself left out.
    seed : int
    """
    rng = np.random.default_rng(seed)
    mixed = np.random.default_rng([seed, 1])
    density = neighbors / (4 / 3 * np.pi * DENSITY_CUTOFF**3)
    length = (n_particles / density) ** (1 / 3)
    side = int(np.ceil(n_particles ** (1 / 3)))
    grid = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    labels = np.arange(n_particles) % n_species
    frames = []
    for _ in range(n_frames):
        shifts = rng.uniform(-_SHIFT, _SHIFT, (n_particles, 3))
        places = (rng.permutation(grid)[:n_particles] + shifts) * (length / side)
        symbols = [SPECIES[k] for k in mixed.permutation(labels)]
        atoms = Atoms(symbols, places, cell=[length] * 3, pbc=True)
        sizes = np.tile(_DIAMETERS, (n_particles, 1))
        frames.append(ellipsoids(atoms, rng.normal(size=(n_particles, 4)), sizes))
    return frames
