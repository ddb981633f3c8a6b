# SPDX-License-Identifier: MIT
"""Relaxation of ellipsoids by positions, orientations and cell with any optimizer of ``ase.optimize``."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from ase import Atoms
from ase.filters import Filter, FrechetCellFilter
from scipy.spatial.transform import Rotation

from ..common.checks import real
from ..common.errors import ArgumentError
from ..frames import bodies
from ..io.frames import for_traj


class EllipsoidFilter(Filter):
    """Ellipsoids as an object that ASE's optimizers move: ``BFGS(EllipsoidFilter(atoms)).run(fmax=1e-3)``.

    A trajectory of the optimizer, ``trajectory="relax.traj"``, keeps orientations, diameters and torques for ``read_frames``.

    Where bodies nearly touch, forces change within much less than the 0.2 that a step of ASE's BFGS may have, and a model may
    have holes nearer than its training frames: relax with FIRE, or give a ``maxstep`` of a few percent of the smallest diameter.

    Its "atoms" are the n positions, n rotation vectors times `rotation_scale`, and with `cell` three rows of strain. A change
    of a rotation vector by v turns a particle by exp(v / rotation_scale) in the space frame; its force is the torque divided
    by `rotation_scale`. Orientations stay fixed in space while the cell is strained, which is what the stress assumes.

    Parameters
    ----------
    atoms : ase.Atoms
        With quaternions, diameters and a calculator that has energy, forces and torques (and stress, with `cell`). Constraints
        act on positions only.
    cell : bool or dict
        True relaxes the cell too, a dict holds arguments of ``ase.filters.FrechetCellFilter`` (mask, scalar_pressure,
        hydrostatic_strain, constant_volume).
    rotation_scale : float, optional
        Length that a turn by one radian counts as; None is the mean of the particles' longest semi-axes.

    Raises
    ------
    ArgumentError
        For missing quaternions or diameters, or a scale that is not > 0.
    """

    def __init__(
        self, atoms: Atoms, *, cell: bool | dict[str, Any] = False, rotation_scale: float | None = None
    ) -> None:
        super().__init__(atoms, indices=range(len(atoms)))
        bodies.rotations(atoms)
        if rotation_scale is None:
            rotation_scale = float(bodies.diameters(atoms).max(axis=1).mean() / 2) if len(atoms) else 1.0
        self.rotation_scale = real("rotation_scale", rotation_scale)
        if not 0 < self.rotation_scale < np.inf:
            raise ArgumentError("rotation_scale", rotation_scale, "a finite length > 0")
        self._turned = np.zeros((len(atoms), 3))  # sum of the turns so far, radians
        self._inner: Any = atoms
        if not (cell is False or cell is None):
            self._inner = FrechetCellFilter(atoms, **({} if cell is True else cell))

    def __len__(self) -> int:
        return len(self._inner) + len(self._turned)

    def iterimages(self) -> Iterator[Atoms]:
        """What trajectories write: a copy of the atoms with their results."""
        yield for_traj(self.atoms)

    def get_positions(self) -> np.ndarray:
        """[n, 3] positions, [n, 3] rotation vectors times the scale, with `cell` [3, 3] strain. Angstrom."""
        translations = self._inner.get_positions()
        n = len(self._turned)
        return np.vstack([translations[:n], self.rotation_scale * self._turned, translations[n:]])

    def set_positions(self, new: np.ndarray, **kwargs: Any) -> None:  # type: ignore[override]
        n = len(self._turned)
        turned = np.array(new[n : 2 * n]) / self.rotation_scale
        turn = Rotation.from_rotvec(turned - self._turned)
        self._inner.set_positions(np.vstack([new[:n], new[2 * n :]]), **kwargs)
        bodies.set_rotations(self.atoms, turn * bodies.rotations(self.atoms))
        self._turned = turned

    positions = property(get_positions, set_positions)

    def get_forces(self, **kwargs: Any) -> np.ndarray:
        """Forces along ``get_positions``, eV/Angstrom: [n, 3] forces, [n, 3] torques / scale, with `cell` [3, 3] strain."""
        forces = self._inner.get_forces(**kwargs)
        n = len(self._turned)
        return np.vstack([forces[:n], bodies.torques(self.atoms) / self.rotation_scale, forces[n:]])

    def get_potential_energy(self, force_consistent: bool = True) -> float:  # type: ignore[override]
        """Energy, or enthalpy with a pressure. eV."""
        return self._inner.get_potential_energy(force_consistent=force_consistent)
