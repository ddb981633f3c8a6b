# SPDX-License-Identifier: MIT
"""Benzene crystals: of atoms, each a small ellipsoid of one of two species, and of molecules, each one ellipsoid.

The cell is that of orthorhombic benzene, Pbca, a = 7.39, b = 9.42, c = 6.81 Angstrom (Bacon, Curry and Wilson,
Proc. R. Soc. A 279, 98 (1964)). Two of its four molecules are kept, at the origin and at (1/2, 1/2, 0), which gives about
1,750 pairs of atoms a frame within 7 Angstrom; each frame is strained and rattled at random.
"""

import numpy as np
from ase import Atoms

from .shapes import ellipsoids

_CELL = np.diag([7.39, 9.42, 6.81])
_RADII = {"C": 1.39, "H": 2.47}  # of the two hexagons
_DIAMETERS = {6: (1.7, 1.7, 1.2), 1: (1.1, 1.1, 0.8)}
_MOLECULES = (((0.7, 0.4, 0.6), (0.0, 0.0, 0.0)), ((-0.7, 0.4, 0.6), (0.5, 0.5, 0.0)))  # normal, place
_ATOMS = 12  # of a molecule
_MOLECULE_DIAMETERS = (4.0, 4.0, 0.5)  # of the reference's examples


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
        for normal, place in _MOLECULES:
            names, ring = _molecule(np.array(normal))
            symbols += names
            positions.append(ring + np.array(place) @ cell)
        moved = np.concatenate(positions) + 0.05 * rng.normal(size=(24, 3))
        atoms = Atoms(symbols, moved, cell=cell, pbc=True)
        diameters = np.array([_DIAMETERS[z] for z in atoms.numbers])
        frames.append(ellipsoids(atoms, rng.normal(size=(24, 4)), diameters))
    return frames


def benzene_ellipsoids(n_frames: int, seed: int = 0) -> list[Atoms]:
    """The crystals of ``benzene_crystals`` with one oblate ellipsoid, an X, for each molecule: two a frame."""
    return [_coarse(atoms) for atoms in benzene_crystals(n_frames, seed)]


def _coarse(atoms: Atoms) -> Atoms:
    """Molecules as ellipsoids at their centres, the short axis along the normal of the plane that fits best."""
    molecules = atoms.positions.reshape(-1, _ATOMS, 3)
    centres = molecules.mean(axis=1)
    inside = molecules - centres[:, None]
    normals = np.linalg.eigh(np.einsum("mai,maj->mij", inside, inside))[1][:, :, 0]
    made = Atoms("X" * len(centres), centres, cell=atoms.cell, pbc=True)
    sizes = np.tile(_MOLECULE_DIAMETERS, (len(centres), 1))
    return ellipsoids(made, np.array([_onto(normal) for normal in normals]), sizes)


def _onto(normal: np.ndarray) -> np.ndarray:
    """Quaternion of the smallest rotation that takes the z axis onto a unit vector, or onto its opposite."""
    x, y, z = normal if normal[2] >= 0 else -normal
    return np.array([1 + z, -y, x, 0.0])
