# SPDX-License-Identifier: MIT
"""What acts on a body and how it moves: sums over its atoms."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class AtomsOfBodies:
    """Atoms of bodies [n, n_atoms], made whole.

    Attributes
    ----------
    centres : numpy.ndarray
        [n, 3] centres of mass.
    arms : numpy.ndarray
        [n, n_atoms, 3] from them to the atoms.
    masses : numpy.ndarray
        [n_atoms]
    """

    centres: np.ndarray
    arms: np.ndarray
    masses: np.ndarray

    @classmethod
    def of(cls, positions: np.ndarray, masses: np.ndarray) -> "AtomsOfBodies":
        """From positions [n, n_atoms, 3]. The first atoms are subtracted before means are taken."""
        origin = positions[:, :1]
        shift = np.einsum("a,kai->ki", masses, positions - origin) / masses.sum()
        return cls(origin[:, 0] + shift, positions - origin - shift[:, None], masses)

    def torques(self, forces: np.ndarray) -> np.ndarray:
        """[n, 3] about the centres of mass, of forces [n, n_atoms, 3]."""
        return np.cross(self.arms, forces).sum(axis=1)

    def inner_virial(self, forces: np.ndarray) -> np.ndarray:
        """[3, 3] symmetric part of sum (r_i - R) f_i, by which the virial of the atoms exceeds that of the bodies.

        For pairwise forces sum r_ij f_ij = sum R_IJ f_ij + sum (r_i - R_I) f_i, with any periodic images; forces within a body
        add the same to both sides.
        """
        virial = np.einsum("kai,kaj->ij", self.arms, forces)
        return 0.5 * (virial + virial.T)

    def velocities(self, velocities: np.ndarray) -> np.ndarray:
        """[n, 3] of the centres of mass."""
        return np.einsum("a,kai->ki", self.masses, velocities) / self.masses.sum()

    def angular_momenta(self, velocities: np.ndarray) -> np.ndarray:
        """[n, 3] about the centres of mass, space frame."""
        relative = velocities - self.velocities(velocities)[:, None]
        return np.einsum("a,kai->ki", self.masses, np.cross(self.arms, relative))
