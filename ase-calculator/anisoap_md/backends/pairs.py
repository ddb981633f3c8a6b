# SPDX-License-Identifier: MIT
"""Particles of frames side by side and their neighbours, for backends of whole arrays."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from ase import Atoms
from ase.neighborlist import primitive_neighbor_list

from ..common.errors import UnknownSpecies
from ..frames import bodies
from ..frames.species import to_symbols
from .interface import Options

_MOST_PAIRS = 2**16  # of a batch, unless one frame has more


class Particles(NamedTuple):
    """Those of some frames.

    Attributes
    ----------
    positions, quaternions, semi_axes : array
        [n, 3], [n, 4] (w, x, y, z; any norm) and [n, 3], of NumPy or torch.
    species : array
        [n] indices of the species.
    """

    positions: Any
    quaternions: Any
    semi_axes: Any
    species: Any


class Pairs(NamedTuple):
    """Neighbours j of centres i, r = x_j + translation - x_i; i = j with translation 0 is the self pair.

    Attributes
    ----------
    centre, neighbor : array
        [P] indices of particles.
    translation : array
        [P, 3]
    """

    centre: Any
    neighbor: Any
    translation: Any


class Batch(NamedTuple):
    """Frames, the number of their particles, and the pairs of all."""

    particles: Particles
    pairs: Pairs
    counts: list[int]


def require_species(frames: Sequence[Atoms], options: Options) -> None:
    """UnknownSpecies for a particle whose species is not among the options'."""
    for number, atoms in enumerate(frames):
        unknown = ~np.isin(atoms.numbers, options.numbers)
        if unknown.any():
            k = int(np.argmax(unknown))
            got = f"{atoms.symbols[k]} of particle {k} in frame {number}"
            raise UnknownSpecies("species", got, f"one of {', '.join(to_symbols(options.numbers))}")


def read(frames: Sequence[Atoms], options: Options) -> list[tuple[Atoms, Particles]]:
    """Frames, and the arrays of their particles."""
    require_species(frames, options)
    index = {number: k for k, number in enumerate(options.numbers)}
    return [
        (
            atoms.copy(),
            Particles(
                atoms.positions.copy(),
                bodies.quaternions_of(atoms) if len(atoms) else np.empty((0, 4)),
                bodies.diameters(atoms) / 2 if len(atoms) else np.empty((0, 3)),
                np.array([index[z] for z in atoms.numbers.tolist()], dtype=np.int64),
            ),
        )
        for atoms in frames
    ]


def batches(frames: Sequence[tuple[Atoms, Particles]], cutoff: float) -> Iterator[Batch]:
    """Runs of consecutive frames with their pairs."""
    held: list[tuple[Particles, Pairs]] = []
    for atoms, particles in frames:
        held.append((particles, _neighbors(atoms, cutoff)))
        if sum(len(pairs.centre) for _, pairs in held) >= _MOST_PAIRS:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _neighbors(atoms: Atoms, cutoff: float) -> Pairs:
    """Every pair within the cutoff, periodic images included, and the self pairs."""
    n = len(atoms)
    itself = np.arange(n)
    i, j, steps = primitive_neighbor_list(
        "ijS", atoms.pbc, atoms.cell.complete().array, atoms.positions, cutoff
    )
    return Pairs(
        np.concatenate([itself, i]),
        np.concatenate([itself, j]),
        np.concatenate([np.zeros((n, 3)), steps.reshape(-1, 3) @ atoms.cell.complete().array]),
    )


def _joined(held: list[tuple[Particles, Pairs]]) -> Batch:
    counts = [len(particles.species) for particles, _ in held]
    firsts = np.cumsum([0, *counts[:-1]])
    shifted = [
        Pairs(pairs.centre + first, pairs.neighbor + first, pairs.translation)
        for (_, pairs), first in zip(held, firsts, strict=True)
    ]
    particles = Particles(*(np.concatenate(parts) for parts in zip(*(p for p, _ in held), strict=True)))
    return Batch(particles, Pairs(*(np.concatenate(parts) for parts in zip(*shifted, strict=True))), counts)
