# SPDX-License-Identifier: MIT
"""Networks on power spectra: energies, forces and torques whose losses train the networks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from ..common.errors import ArgumentError, UnknownSpecies
from ..data.components import Components
from ..descriptors.descriptor import Descriptor
from ..frames.species import to_symbols
from .descriptor import AniSOAP
from .frames import Frames, frame_sums
from .network import SiluNetwork


class EnergyForcesTorques(NamedTuple):
    """Energies [n_frames], forces [n, 3] and torques [n, 3] (space frame)."""

    energies: torch.Tensor
    forces: torch.Tensor
    torques: torch.Tensor


class Potential(torch.nn.Module):
    """E = sum over particles of the network of their species plus an offset, on principal components of the power spectra p.

    ``standardise`` makes them of frames; the inputs of the networks are projection^T ((p - shift) * scale).

    Parameters
    ----------
    descriptor : Descriptor
        Hyperparameters and species of the power spectra p (symmetric storage).
    widths : sequence of int
        Hidden layers of every network; silu follows each of them.
    components : int
        Inputs of every network, at most as many as features.
    density_scale : float
        Semi-axes of the density as a fraction of the particle's, as in ``Model``.
    dtype : torch.dtype
        Of the networks, and of frames that it is called with.
    num_threads : int
        Threads of the core; 0 is its default.
    """

    def __init__(
        self,
        descriptor: Descriptor,
        widths: Sequence[int] = (32, 32),
        components: int = 64,
        density_scale: float = 1.0,
        dtype: torch.dtype = torch.float64,
        num_threads: int = 0,
    ) -> None:
        super().__init__()
        if not (0 < density_scale < float("inf")):
            raise ArgumentError("density_scale", density_scale, "a finite number > 0")
        if components < 1:
            raise ArgumentError("components", components, "1 or more")
        if not widths or min(widths) < 1:
            raise ArgumentError("widths", list(widths), "one hidden layer at least, each of 1 or more")
        self.density_scale = float(density_scale)
        self.descriptor = AniSOAP(descriptor, num_threads=num_threads)
        n, n_species = self.descriptor.n_features, len(self.descriptor.species)
        k = min(n, components)
        self.networks = torch.nn.ModuleList(SiluNetwork([k, *widths, 1], dtype) for _ in range(n_species))
        self.register_buffer("shift", torch.zeros(n_species, n, dtype=dtype))
        self.register_buffer("scale", torch.ones(n_species, n, dtype=dtype))
        self.register_buffer("projection", torch.eye(n, k, dtype=dtype).repeat(n_species, 1, 1))
        self.register_buffer("offset", torch.zeros(n_species, dtype=dtype))

    def standardise(self, frames: Frames, energies: torch.Tensor | None = None) -> None:
        """Takes the inputs of the networks from the power spectra of frames, the offset from energies [n_frames] if given.

        Two particles of a species are needed; those of one that has fewer stay as they are.
        """
        with torch.no_grad():
            rows = self.descriptor(self._scaled(frames)).double().cpu().numpy()
        for s, z in enumerate(self.descriptor.species):
            mine = rows[frames.numbers.cpu().numpy() == z]
            if len(mine) > 1:
                self._take(s, mine)
        if energies is not None:
            self.offset[:] = energies.sum() / len(frames.numbers)

    def _take(self, s: int, rows: np.ndarray) -> None:
        shift = rows.mean(axis=0)
        centred = rows - shift
        k = self.projection.shape[2]
        found = Components.of(len(rows), centred.sum(axis=0), centred.T @ centred, k)
        for buffer, values in (
            (self.shift, found.shift + shift),
            (self.scale, found.scale),
            (self.projection, found.projection),
        ):
            buffer[s] = torch.from_numpy(values).to(buffer)

    def local_energies(
        self, features: torch.Tensor, numbers: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """[n] of power spectra [n, n_features] of particles with these atomic numbers, and their gradients [n, n_features].

        Raises
        ------
        UnknownSpecies
            For a particle of no species of the descriptor; not in code that torch compiles.
        """
        if not torch.compiler.is_compiling():
            self._require_species(numbers)
        return self._local_energies(features, numbers)

    def _require_species(self, numbers: torch.Tensor) -> None:
        species = self.descriptor.species
        unknown = torch.isin(numbers, torch.tensor(species, device=numbers.device), invert=True)
        if unknown.any():
            k = int(unknown.nonzero()[0])
            what = f"particle {k}: species (atomic number)"
            raise UnknownSpecies(what, int(numbers[k]), f"one of species = {list(species)}")

    def _local_energies(
        self, features: torch.Tensor, numbers: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The same of particles that are known to be of these species, which the descriptor sees to."""
        local, slopes = self._of_species(0, features)
        for s, z in enumerate(self.descriptor.species[1:], start=1):
            value, slope = self._of_species(s, features)
            mine = numbers.to(features.device) == z
            local = torch.where(mine, value, local)
            slopes = torch.where(mine[:, None], slope, slopes)
        return local, slopes

    def _of_species(self, s: int, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Energies and gradients as if all particles were of species number s."""
        reduction = self.scale[s][:, None] * self.projection[s]
        value, by_inputs = self.networks[s]((features - self.shift[s]) @ reduction)
        return value + self.offset[s], by_inputs @ reduction.T

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
        scaled = self._scaled(frames)
        local, slopes = self._local_energies(self.descriptor(scaled), frames.numbers)
        forces, torques = self.descriptor.forces(scaled, slopes)
        return EnergyForcesTorques(frame_sums(local, frames.counts), forces, torques)

    def _scaled(self, frames: Frames) -> Frames:
        return frames._replace(diameters=frames.diameters * self.density_scale)

    def extra_repr(self) -> str:
        """Species."""
        return f"species={to_symbols(self.descriptor.species)}"
