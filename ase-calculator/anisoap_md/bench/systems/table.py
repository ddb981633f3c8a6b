# SPDX-License-Identifier: MIT
"""Systems by name."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms

from ... import _core
from ...common.checks import integer, real
from ...common.errors import ArgumentError
from ...frames import bodies
from ...io.frames import read_frames
from .crystals import benzene_crystals, benzene_ellipsoids
from .liquids import liquid

PARTICLES = 200  # of a liquid, unless said
NEIGHBORS = 28.0
GAY_BERNE_PARTICLES = 64
_MOST_PARTICLES = 10_000_000


@dataclass(frozen=True)
class System:
    """How the frames of a study are made.

    Attributes
    ----------
    name : str
        One of ``NAMES``, or any other name with a `file`.
    frames : int
        How many; of a file the first ones.
    seed : int
    particles : int, optional
        Of a frame of a liquid.
    neighbors : float, optional
        Of a particle of a liquid within 7 Angstrom, on average.
    repeat : int
        Copies of the cell along each of its vectors.
    file : str, optional
        Any file that ``read_frames`` reads, with the particles' orientations.
    index : str
        Frames of the file, as in ASE.
    diameters : sequence of float, optional
        Full diameters [3] of every particle of the file, in place of those that it holds.

    Raises
    ------
    ArgumentError
        For a name that is not known, and values out of range.
    """

    name: str
    frames: int = 50
    seed: int = 0
    particles: int | None = None
    neighbors: float | None = None
    repeat: int = 1
    file: str | None = None
    index: str = ":"
    diameters: Sequence[float] | None = None

    def __post_init__(self) -> None:
        if self.file is None and self.name not in NAMES:
            hint = _core.suggestion(self.name, list(NAMES))
            raise ArgumentError("system", f"'{self.name}'", f"one of {', '.join(NAMES)}, or a file", hint)
        for name, least in (("frames", 1), ("seed", 0), ("particles", 1), ("repeat", 1)):
            value = getattr(self, name)
            if value is not None and not least <= integer(self._of(name), value) <= _MOST_PARTICLES:
                allowed = f"an integer from {least} to {_MOST_PARTICLES:,}"
                raise ArgumentError(self._of(name), value, allowed)
        if self.neighbors is not None and not 0 < real(self._of("neighbors"), self.neighbors) < 1e5:
            raise ArgumentError(self._of("neighbors"), self.neighbors, "a number above 0")
        if self.diameters is not None:
            object.__setattr__(self, "diameters", tuple(self.diameters))

    def _of(self, name: str) -> str:
        return f"{name} of system '{self.name}'"

    @property
    def label(self) -> str:
        """The name alone for a made system; that of a file otherwise."""
        return self.name if self.file is None else os.path.basename(self.file)


def _liquid(n_species: int) -> Callable[[System], list[Atoms]]:
    def make(system: System) -> list[Atoms]:
        n, neighbors = system.particles or PARTICLES, system.neighbors or NEIGHBORS
        return liquid(system.frames, n, n_species, neighbors, system.seed)

    return make


def _gay_berne(system: System) -> list[Atoms]:
    from .gay_berne import gay_berne_liquid  # loads LAMMPS

    return gay_berne_liquid(system.frames, system.particles or GAY_BERNE_PARTICLES, system.seed)


SPECIES_SYSTEMS = ("one_species", "two_species", "three_species", "four_species")
_MAKERS: dict[str, Callable[[System], list[Atoms]]] = {
    "ellipsoids": lambda system: benzene_ellipsoids(system.frames, system.seed),
    "benzenes": lambda system: benzene_crystals(system.frames, system.seed),
    **{name: _liquid(k) for k, name in enumerate(SPECIES_SYSTEMS, start=1)},
    "gay_berne": _gay_berne,
}
NAMES = tuple(_MAKERS)


def make(system: System) -> list[Atoms]:
    """The frames.

    Raises
    ------
    ArgumentError
        For a file whose frames cannot be read, or lack orientations or diameters.
    OSError
        For a file that is missing.
    PackageMissing
        For a Gay-Berne liquid without the package lammps.
    """
    frames = _MAKERS[system.name](system) if system.file is None else _read(system, system.file)
    return frames if system.repeat == 1 else [atoms.repeat(system.repeat) for atoms in frames]


def _read(system: System, file: str) -> list[Atoms]:
    sizes = None if system.diameters is None else list(system.diameters)
    frames = list(bodies.frames_with_diameters(read_frames(file, system.index), sizes))[: system.frames]
    if not frames:
        got = f"'{system.index}', which no frame of '{file}' matched"
        raise ArgumentError(f"index of system '{system.name}'", got, "at least one frame")
    for k, atoms in enumerate(frames):
        try:
            bodies.quaternions_of(atoms)
            bodies.diameters(atoms)
        except ArgumentError as error:
            raise error.changed(what=f"'{file}', frame {k}: {error.what}") from None
    return frames


def checksum(frames: Sequence[Atoms]) -> str:
    """SHA-256 of all that a descriptor reads: numbers, positions, cells, boundaries, orientations, diameters."""
    digest = hashlib.sha256()
    for atoms in frames:
        parts = (
            atoms.numbers.astype("<i8"),
            atoms.positions.astype("<f8"),
            atoms.cell.array.astype("<f8"),
            atoms.pbc.astype("u1"),
            bodies.quaternions_of(atoms).astype("<f8"),
            bodies.diameters(atoms).astype("<f8"),
        )
        for part in parts:
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()
