# SPDX-License-Identifier: MIT
"""The particles of a list of frames as centres: their type, and which types they have as neighbours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import _core

Compute = Callable[[_core.Descriptor, "_core.Quantity"], np.ndarray]  # rows of all frames


@dataclass(frozen=True)
class Centres:
    """Particles of all frames, in order.

    Attributes
    ----------
    types : tuple of int
        Sorted atomic numbers.
    number, frame, atom : numpy.ndarray
        [n_centres] atomic number, index of the frame, index in the frame.
    has_neighbor : numpy.ndarray
        [n_centres, n_types] True where the centre has a neighbour of the type (or is one to itself).
    """

    types: tuple[int, ...]
    number: np.ndarray
    frame: np.ndarray
    atom: np.ndarray
    has_neighbor: np.ndarray

    def rows(self, center_type: int) -> np.ndarray:
        """Indices of the centres of a type that have a neighbour."""
        return np.flatnonzero((self.number == center_type) & self.has_neighbor.any(axis=1))

    def neighbors(self, center_type: int) -> np.ndarray:
        """Indices into `types` of the neighbours that any centre of a type has."""
        return np.flatnonzero(self.has_neighbor[self.number == center_type].any(axis=0))

    def center_types(self) -> list[int]:
        """Types with at least one centre that has a neighbour."""
        return [z for z in self.types if len(self.rows(z))]


def find_centres(
    frames: Sequence[Any], types: tuple[int, ...], hypers: _core.Hypers, compute: Compute
) -> Centres:
    """Centres of frames; neighbours are those of the descriptor with `hypers`."""
    counts = [len(atoms.arrays["numbers"]) for atoms in frames]
    numbers = [np.asarray(atoms.arrays["numbers"]) for atoms in frames]
    return Centres(
        types=types,
        number=np.concatenate(numbers),
        frame=np.repeat(np.arange(len(frames)), counts),
        atom=np.concatenate([np.arange(n) for n in counts]),
        has_neighbor=compute(_neighbor_counter(hypers), "coefficients") > 0,
    )


def _neighbor_counter(hypers: _core.Hypers) -> _core.Descriptor:
    """A descriptor with one coefficient per species that is proportional to the number of neighbours.

    The projection of a normalised density on a constant: it does not underflow, however far or small the neighbour is.
    """
    return _core.Descriptor(
        _core.Hypers(
            max_angular=0,
            max_radial=0,
            radial_basis_name="monomial",
            cutoff_radius=hypers.cutoff_radius,
            species=hypers.species,
            subtract_center_contribution=hypers.subtract_center_contribution,
        )
    )
