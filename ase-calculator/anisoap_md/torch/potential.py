# SPDX-License-Identifier: MIT
"""Networks on power spectra: energies, forces and torques whose losses train the networks."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from ..common.errors import ArgumentError
from ..descriptors.descriptor import Descriptor
from ..frames.species import to_symbols
from .descriptor import AniSOAP
from .frames import Frames, frame_sums
from .network import SiluNetwork

_LEAST_SPREAD = 1e-6  # of the largest feature: what varies less has no part


class EnergyForcesTorques(NamedTuple):
    """Energies [n_frames], forces [n, 3] and torques [n, 3] (space frame)."""

    energies: torch.Tensor
    forces: torch.Tensor
    torques: torch.Tensor


class Potential(torch.nn.Module):
    """E = sum over particles of the network of their species, at (p - shift) * scale, plus an offset.

    Parameters
    ----------
    descriptor : Descriptor
        Hyperparameters and species of the power spectra p (symmetric storage).
    widths : sequence of int
        Hidden layers of every network; silu follows each of them.
    dtype : torch.dtype
        Of the networks, and of frames that it is called with.
    num_threads : int
        Threads of the core; 0 is its default.
    """

    def __init__(
        self,
        descriptor: Descriptor,
        widths: Sequence[int] = (32, 32),
        dtype: torch.dtype = torch.float64,
        num_threads: int = 0,
    ) -> None:
        super().__init__()
        self.descriptor = AniSOAP(descriptor, num_threads=num_threads)
        n, n_species = self.descriptor.n_features, len(self.descriptor.species)
        self.networks = torch.nn.ModuleList(SiluNetwork([n, *widths, 1], dtype) for _ in range(n_species))
        self.register_buffer("shift", torch.zeros(n_species, n, dtype=dtype))
        self.register_buffer("scale", torch.ones(n_species, n, dtype=dtype))
        self.register_buffer("offset", torch.zeros(n_species, dtype=dtype))

    def standardise(self, frames: Frames, energies: torch.Tensor | None = None) -> None:
        """Takes shift and scale from the power spectra of frames, and the offset from the energies [n_frames] if given."""
        with torch.no_grad():
            rows = self.descriptor(frames)
            for s, z in enumerate(self.descriptor.species):
                mine = rows[frames.numbers.to(rows.device) == z]
                if len(mine) < 2:
                    continue
                spread = mine.std(0)
                varies = spread > _LEAST_SPREAD * mine.abs().max()
                self.shift[s] = mine.mean(0)
                self.scale[s] = torch.where(varies, 1 / spread, 0)
            if energies is not None:
                self.offset[:] = energies.sum() / len(frames.numbers)

    def local_energies(
        self, features: torch.Tensor, numbers: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """[n] of power spectra [n, n_features] of particles with these atomic numbers, and their gradients [n, n_features]."""
        local, slopes = torch.zeros_like(features[:, 0]), torch.zeros_like(features)
        for s, (z, network) in enumerate(zip(self.descriptor.species, self.networks, strict=True)):
            value, slope = network((features - self.shift[s]) * self.scale[s])
            mine = numbers.to(features.device) == z
            local = torch.where(mine, value + self.offset[s], local)
            slopes = torch.where(mine[:, None], slope * self.scale[s], slopes)
        return local, slopes

    def forward(self, frames: Frames) -> EnergyForcesTorques:
        """Energies, forces and torques; all of them go back to the weights, energies to positions and quaternions as well.

        Raises
        ------
        ArgumentError
            For frames of another dtype than the networks, and a species without one.
        DerivativeMissing
            In a backward pass that asks for derivatives of forces or torques in positions or quaternions.
        """
        if frames.positions.dtype != self.shift.dtype:
            raise ArgumentError(
                "dtype of positions", frames.positions.dtype, f"{self.shift.dtype}, as the networks'"
            )
        local, slopes = self.local_energies(self.descriptor(frames), frames.numbers)
        forces, torques = self.descriptor.forces(frames, slopes)
        return EnergyForcesTorques(frame_sums(local, frames.counts), forces, torques)

    def extra_repr(self) -> str:
        """Species."""
        return f"species={to_symbols(self.descriptor.species)}"
