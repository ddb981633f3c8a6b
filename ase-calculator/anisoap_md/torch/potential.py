# SPDX-License-Identifier: MIT
"""Networks on power spectra: energies, forces and torques whose losses train the networks."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch

from ..common.errors import ArgumentError
from ..descriptors.descriptor import Descriptor
from ..frames.species import to_symbols
from .descriptor import AniSOAP
from .frames import Frames, frame_of
from .spectrum import power_spectrum_gradient

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
        self.networks = torch.nn.ModuleList(_network([n, *widths, 1], dtype) for _ in range(n_species))
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

    def local_energies(self, features: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """[n] of power spectra [n, n_features] of particles with these atomic numbers."""
        local = features.new_zeros(len(features))
        for s, (z, network) in enumerate(zip(self.descriptor.species, self.networks, strict=True)):
            rows = torch.nonzero(numbers.to(features.device) == z)[:, 0]
            inputs = (features[rows] - self.shift[s]) * self.scale[s]
            local = local.index_add(0, rows, network(inputs)[:, 0] + self.offset[s])
        return local

    def forward(self, frames: Frames) -> EnergyForcesTorques:
        """Energies, forces and torques; all of them go back to the weights, energies to positions and quaternions as well.

        Raises
        ------
        ArgumentError
            For frames of another dtype than the networks.
        DerivativeMissing
            In a backward pass that asks for derivatives of forces or torques in positions or quaternions.
        """
        if frames.positions.dtype != self.shift.dtype:
            raise ArgumentError("dtype of positions", frames.positions.dtype, f"{self.shift.dtype}, as the networks'")
        differentiable = torch.is_grad_enabled()
        features = self.descriptor(frames)
        with torch.enable_grad():
            inputs = features if features.requires_grad else features.requires_grad_()
            local = self.local_energies(inputs, frames.numbers)
            (slopes,) = torch.autograd.grad(local.sum(), inputs, create_graph=differentiable)
        by_positions, by_turns = power_spectrum_gradient(
            slopes, *frames, self.descriptor.hypers, self.descriptor.num_threads
        )
        energies = local.new_zeros(len(frames.counts)).index_add(0, frame_of(frames.counts, local.device), local)
        found = EnergyForcesTorques(energies, -by_positions, -by_turns)
        return found if differentiable else EnergyForcesTorques(*(t.detach() for t in found))

    def extra_repr(self) -> str:
        """Species."""
        return f"species={to_symbols(self.descriptor.species)}"


def _network(widths: Sequence[int], dtype: torch.dtype) -> torch.nn.Sequential:
    layers: list[torch.nn.Module] = []
    for n_in, n_out in pairwise(widths):
        layers += [torch.nn.Linear(n_in, n_out, dtype=dtype), torch.nn.SiLU()]
    return torch.nn.Sequential(*layers[:-1])
