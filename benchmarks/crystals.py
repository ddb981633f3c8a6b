# SPDX-License-Identifier: MIT
"""Seeded benzene crystals: every atom is a small ellipsoid, of one of two species.

The cell is that of orthorhombic benzene, Pbca, a = 7.39, b = 9.42, c = 6.81 Angstrom (Bacon, Curry and Wilson,
Proc. R. Soc. A 279, 98 (1964)). Two of its four molecules are kept, at the origin and at (1/2, 1/2, 0), which gives about
1,750 pairs a frame within 7 Angstrom; each frame is strained and rattled at random.
"""

import numpy as np
from ase import Atoms

_CELL = np.diag([7.39, 9.42, 6.81])
_RADII = {"C": 1.39, "H": 2.47}  # of the two hexagons
_DIAMETERS = {6: (1.7, 1.7, 1.2), 1: (1.1, 1.1, 0.8)}


def _molecule(normal: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Symbols and positions [12, 3] of a molecule in the plane across `normal`."""
    normal = normal / np.linalg.norm(normal)
    first = np.cross(normal, [0.0, 0.0, 1.0])
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    angles = np.arange(6) * np.pi / 3
    ring = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    return list("C" * 6 + "H" * 6), np.concatenate([_RADII["C"] * ring, _RADII["H"] * ring])


def benzene_crystals(n_frames: int, seed: int = 0) -> list[Atoms]:
    """Frames of 24 atoms with arrays c_q and c_diameter[1..3]."""
    rng = np.random.default_rng(seed)
    frames = []
    for _ in range(n_frames):
        cell = _CELL @ (np.eye(3) + 0.02 * rng.normal(size=(3, 3)))
        symbols: list[str] = []
        positions = []
        for normal, centre in (((0.7, 0.4, 0.6), (0, 0, 0)), ((-0.7, 0.4, 0.6), (0.5, 0.5, 0))):
            names, places = _molecule(np.array(normal))
            symbols += names
            positions.append(places + np.array(centre) @ cell)
        atoms = Atoms(
            symbols, np.concatenate(positions) + 0.05 * rng.normal(size=(24, 3)), cell=cell, pbc=True
        )
        q = rng.normal(size=(24, 4))
        atoms.set_array("c_q", q / np.linalg.norm(q, axis=1, keepdims=True))
        diameters = np.array([_DIAMETERS[z] for z in atoms.numbers])
        for k in range(3):
            atoms.set_array(f"c_diameter[{k + 1}]", diameters[:, k].copy())
        frames.append(atoms)
    return frames
