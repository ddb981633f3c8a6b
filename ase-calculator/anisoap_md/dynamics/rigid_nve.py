# SPDX-License-Identifier: MIT
"""Molecular dynamics of rigid ellipsoids at constant energy.

Velocity Verlet for the centres; the free rotation is a symmetric product of turns about the principal axes, each exact:
symplectic, reversible, and the angular momentum in the space frame changes by torques alone.
Miller et al., J. Chem. Phys. 116, 8649 (2002); Dullweber, Leimkuhler, McLachlan, J. Chem. Phys. 107, 5840 (1997).
"""

import os
from functools import partial
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.io.trajectory import TrajectoryWriter
from ase.md.md import MolecularDynamics
from scipy.spatial.transform import Rotation

from ..common.checks import real
from ..common.errors import ArgumentError
from ..frames import bodies
from ..frames.bodies import ANGULAR_MOMENTA
from ..io.frames import for_traj

_TURNS = ((0, 0.5), (1, 0.5), (2, 1.0), (1, 0.5), (0, 0.5))  # axis, part of the time step


def principal_moments(atoms: Atoms) -> np.ndarray:
    """Moments of inertia [n, 3] of solid ellipsoids, amu A^2: I_x = m (b^2 + c^2) / 5 with semi-axes a, b, c."""
    squares = (bodies.diameters(atoms) / 2) ** 2
    return atoms.get_masses()[:, None] * (squares.sum(axis=1, keepdims=True) - squares) / 5


def rotational_energy(atoms: Atoms) -> float:
    """Kinetic energy of the rotation, eV; 0 without the array angular_momenta."""
    if ANGULAR_MOMENTA not in atoms.arrays:
        return 0.0
    body = bodies.rotations(atoms).inv().apply(atoms.arrays[ANGULAR_MOMENTA])
    return float(0.5 * np.sum(body**2 / principal_moments(atoms)))


def set_thermal_rotation(atoms: Atoms, temperature_K: float, rng: np.random.Generator | None = None) -> None:
    """Draws angular momenta from the Maxwell-Boltzmann distribution.

    Parameters
    ----------
    atoms : ase.Atoms
        With quaternions and diameters; the array angular_momenta is set.
    temperature_K : float
        Kelvin, >= 0. In reduced units give T / ase.units.kB.
    rng : numpy.random.Generator, optional
    """
    temperature = real("temperature_K", temperature_K)
    if not 0 <= temperature < np.inf:
        raise ArgumentError("temperature_K", temperature, "a finite number >= 0")
    rng = np.random.default_rng() if rng is None else rng
    body = rng.normal(size=(len(atoms), 3)) * np.sqrt(principal_moments(atoms) * units.kB * temperature)
    atoms.arrays[ANGULAR_MOMENTA] = bodies.rotations(atoms).apply(body)


def freely_rotated(
    rotations: Rotation, angular_momenta: np.ndarray, moments: np.ndarray, timestep: float
) -> Rotation:
    """Orientations after `timestep` without torques.

    Parameters
    ----------
    rotations : Rotation
        [n] body to space.
    angular_momenta : numpy.ndarray
        [n, 3] space frame; constant.
    moments : numpy.ndarray
        [n, 3] principal moments.
    timestep : float
    """
    for axis, part in _TURNS:
        about = rotations.inv().apply(angular_momenta)[:, axis] / moments[:, axis]
        turn = np.zeros_like(angular_momenta)
        turn[:, axis] = part * timestep * about
        rotations = rotations * Rotation.from_rotvec(turn)
    return rotations


def _write(writer: TrajectoryWriter, atoms: Atoms, **kwargs: Any) -> None:
    writer.write(for_traj(atoms), **kwargs)


class _File:
    """Trajectory of a run, whole after every frame."""

    def __init__(self, path: Any, append: bool, description: dict[str, Any], atoms: Atoms) -> None:
        self._path, self._atoms, self._description = path, atoms, description
        self._mode = "a" if append else "w"

    def write(self) -> None:
        with TrajectoryWriter(self._path, self._mode) as writer:
            writer.set_description(self._description)
            _write(writer, self._atoms)
        self._mode = "a"


class RigidNVE(MolecularDynamics):
    """NVE of rigid ellipsoids, for systems that fit ASE; LAMMPS's fix nve/asphere is the fast way.

    Orientations are read from and written to the quaternion arrays, angular momenta (space frame) to the array
    ``angular_momenta``, zero when missing. Masses are those of the atoms, moments of inertia those of solid ellipsoids.

    Parameters
    ----------
    atoms : ase.Atoms
        With a calculator that has forces and torques.
    timestep : float
        ASE time unit (``ase.units.fs`` is a femtosecond).
    trajectory, logfile, loginterval, append_trajectory, **kwargs
        As in ``ase.md.md.MolecularDynamics``; ``read_frames`` gives back the orientations, diameters, angular momenta and
        torques of the trajectory, which ``ase.io.read`` leaves in ``info``.

    Raises
    ------
    ArgumentError
        For missing quaternions or diameters, a time step that is not > 0, or masses that are not > 0.
    """

    def __init__(
        self,
        atoms: Atoms,
        timestep: float,
        trajectory: Any = None,
        logfile: Any = None,
        loginterval: int = 1,
        append_trajectory: bool = False,
        **kwargs: Any,
    ) -> None:
        if not 0 < real("timestep", timestep) < np.inf:
            raise ArgumentError("timestep", timestep, "a finite time > 0")
        self._moments = principal_moments(atoms)
        if not (np.isfinite(self._moments) & (self._moments > 0)).all():
            raise ArgumentError("moments of inertia", self._moments.min(), "masses and diameters > 0")
        bodies.rotations(atoms)
        if ANGULAR_MOMENTA not in atoms.arrays:
            atoms.arrays[ANGULAR_MOMENTA] = np.zeros((len(atoms), 3))
        super().__init__(atoms, timestep, logfile=logfile, loginterval=loginterval, **kwargs)
        self.trajectory = trajectory
        if isinstance(trajectory, (str, os.PathLike)):
            self.attach(_File(trajectory, append_trajectory, self.todict(), atoms), interval=loginterval)
        elif trajectory is not None:
            self.attach(trajectory, interval=loginterval)

    def attach(self, function: Any, interval: int = 1, *args: Any, **kwargs: Any) -> None:
        """As ASE's; a ``Trajectory`` that is attached, or its ``write``, keeps what ASE's drops."""
        writer = getattr(function, "__self__", function)
        if isinstance(writer, TrajectoryWriter) and not args:
            function = partial(_write, writer, writer.atoms if writer.atoms is not None else self.atoms)
        super().attach(function, interval, *args, **kwargs)

    def run(self, steps: int = 50) -> bool:
        """As ASE's: makes `steps` steps."""
        return super().run(steps=steps)

    def step(self, forces: np.ndarray | None = None) -> np.ndarray:
        """One time step; returns the forces [n, 3] at its end."""
        atoms, dt = self.atoms, self.dt
        if forces is None:
            forces = atoms.get_forces(md=True)
        momenta = atoms.get_momenta() + 0.5 * dt * forces
        angular = atoms.arrays[ANGULAR_MOMENTA] + 0.5 * dt * bodies.torques(atoms)
        start = atoms.get_positions()
        atoms.set_positions(start + dt * momenta / self.masses)
        if atoms.constraints:
            momenta = (atoms.get_positions() - start) * self.masses / dt
        bodies.set_rotations(atoms, freely_rotated(bodies.rotations(atoms), angular, self._moments, dt))
        forces = atoms.get_forces(md=True)
        atoms.set_momenta(momenta + 0.5 * dt * forces)
        atoms.arrays[ANGULAR_MOMENTA] = angular + 0.5 * dt * bodies.torques(atoms)
        return forces

    def get_total_energy(self) -> float:
        """Potential energy and the kinetic energies of translation and rotation, eV: what NVE conserves."""
        return self.atoms.get_total_energy() + rotational_energy(self.atoms)
