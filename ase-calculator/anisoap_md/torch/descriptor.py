# SPDX-License-Identifier: MIT
"""The descriptor as a module."""

from typing import Any

import torch

from ..descriptors.descriptor import Descriptor
from ..descriptors.jacobian import full_columns
from .frames import Frames
from .spectrum import core_of, n_features, power_spectrum, power_spectrum_gradient


class AniSOAP(torch.nn.Module):
    """Power spectra of frames, differentiable by positions and quaternions.

    Parameters
    ----------
    descriptor : Descriptor
        Hyperparameters and species, which have to be given. The type and the device are those of the frames.
    symmetric : bool
        Columns as in ``Descriptor.power_spectrum``.
    num_threads : int
        Threads of the core; 0 is its default.

    Attributes
    ----------
    species : tuple of int
        Atomic numbers, in the order of the columns.

    Raises
    ------
    ArgumentError
        For a descriptor whose species are not known.
    """

    def __init__(self, descriptor: Descriptor, symmetric: bool = True, num_threads: int = 0) -> None:
        super().__init__()
        self.hypers = descriptor.to_json()
        self.symmetric, self.num_threads = symmetric, num_threads
        self.species = core_of(self.hypers)[1]
        columns, factors = full_columns(core_of(self.hypers)[0])
        self.register_buffer("_columns", torch.from_numpy(columns), persistent=False)
        self.register_buffer("_factors", torch.from_numpy(factors), persistent=False)

    @property
    def n_features(self) -> int:
        """Columns."""
        return n_features(self.hypers) if self.symmetric else len(self._columns)

    def forward(self, frames: Frames) -> torch.Tensor:
        """Rows [n, n_features]."""
        rows: Any = power_spectrum(*frames, self.hypers, self.num_threads)
        return rows if self.symmetric else rows[:, self._columns] * self._factors.to(rows.dtype)

    def forces(self, frames: Frames, slopes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Forces and torques [n, 3] (space frame) of energies with these derivatives `slopes` [n, n_features] by the rows.

        They go back to the slopes, and through them to weights; not to positions and quaternions.
        """
        weights = slopes
        if not self.symmetric:
            weights = slopes.new_zeros(len(slopes), n_features(self.hypers))
            weights = weights.index_add(1, self._columns, slopes * self._factors.to(slopes.dtype))
        by_positions, by_turns = power_spectrum_gradient(weights, *frames, self.hypers, self.num_threads)
        return -by_positions, -by_turns
