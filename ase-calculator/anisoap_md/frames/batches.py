# SPDX-License-Identifier: MIT
"""Frames in batches that bound the memory of one call of the core."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from ase import Atoms

from ..common.errors import ArgumentError, ArgumentTypeError
from .species import of_frames

MOST_PARTICLES = 16384  # of a batch; a larger frame is a batch of its own
MOST_FRAMES = 1024
DEVICE_PARTICLES = 262144  # of a batch for a device, from an iterator
DEVICE_FRAMES = 16384  # of one that is in memory


def as_iterable(frames: Atoms | Iterable[Atoms]) -> Iterable[Atoms]:
    """One frame becomes a list; lists and tuples stay, anything else becomes an iterator."""
    if isinstance(frames, Atoms):
        return [frames]
    if isinstance(frames, (list, tuple)):
        return frames
    if isinstance(frames, (str, bytes)):
        raise ArgumentTypeError("frames", repr(frames), "ase.Atoms; read files with ase.io.read")
    try:
        return iter(frames)
    except TypeError:
        raise ArgumentTypeError("frames", repr(frames), "an ase.Atoms or an iterable of them") from None


def split(
    frames: Iterable[Atoms], most_particles: int | None, most_frames: int = MOST_FRAMES
) -> Iterator[Sequence[Atoms]]:
    """Runs of consecutive frames, one frame at least each. None: any number of particles, for frames that are in memory."""
    if most_particles is None and isinstance(frames, (list, tuple)):
        for start in range(0, len(frames), most_frames):
            yield frames[start : start + most_frames]
        return
    most = MOST_PARTICLES if most_particles is None else most_particles
    batch: list[Atoms] = []
    held = 0
    for atoms in frames:
        n = size_of(atoms)
        if batch and (held + n > most or len(batch) == most_frames):
            yield batch
            batch, held = [], 0
        batch.append(atoms)
        held += n
    if batch:
        yield batch


def most_frames(device: str) -> int:
    """Of a batch for a device or the processor."""
    return MOST_FRAMES if device == "cpu" else DEVICE_FRAMES


def size_of(atoms: Atoms) -> int:
    try:
        return len(atoms)
    except TypeError:
        return 1  # the core says what is wrong with it


def species_of(frames: Iterable[Atoms]) -> tuple[tuple[int, ...], Iterable[Atoms]]:
    """Species of frames whose user gave none, and the same frames again.

    Those of all frames in memory; of an iterator those of its first frame that is not empty.
    """
    if isinstance(frames, (list, tuple)):
        species = of_frames(frames)
    else:
        species, head = (), []
        for atoms in frames:
            head.append(atoms)
            species = of_frames([atoms])
            if species:
                break
        frames = chain(head, frames)
    if not species:
        raise ArgumentError(
            "species", "None with frames that hold no particle", "species=[...], the species to pass"
        )
    return species, frames


def frame_means(rows: np.ndarray, counts: np.ndarray, dtype: Any = None) -> np.ndarray:
    """Means over the rows of each frame, summed in double, in the type of the rows by default; zeros for an empty frame."""
    means = np.zeros((len(counts), rows.shape[1]), dtype=dtype or rows.dtype)
    filled = counts > 0
    if filled.any():
        starts = (np.cumsum(counts) - counts)[filled]
        means[filled] = np.add.reduceat(rows, starts, axis=0, dtype=np.float64) / counts[filled, None]
    return means


def joined(parts: list[np.ndarray], n_columns: int, dtype: np.dtype) -> np.ndarray:
    """The parts below each other. Each part is released once copied, so that little more than the result is held."""
    if len(parts) == 1:
        return parts[0]
    out = np.empty((sum(map(len, parts)), n_columns), dtype=dtype)
    start = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        out[start : start + len(part)] = part
        start += len(part)
    return out
