# SPDX-License-Identifier: MIT
"""Power spectra of labelled frames and their derivatives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError
from ..frames import batches, devices
from ..frames.bodies import diameters, with_diameters

_SAME = 1e-6  # relative difference of diameters; files round
_SUMS_BYTES = 256 * 2**20  # of frames that a device works on at once, unless one has more


@dataclass
class SpeciesSums:
    """Power spectra p of one frame, and their derivatives summed over the centres of each species.

    Attributes
    ----------
    features : numpy.ndarray
        [n, F]
    motion : numpy.ndarray
        [n, n_species, 6, F] by moving (3) and turning (3) each particle.
    virial : numpy.ndarray
        [n_species, 9, F] sums of r_a dp/dr_b over pairs.
    """

    features: np.ndarray
    motion: np.ndarray
    virial: np.ndarray


@dataclass
class Environments:
    """Power spectra of the many-body term and their derivatives; device: 'cpu', or one that was started."""

    hypers: _core.Hypers
    species: tuple[int, ...]
    density_scale: float = 1.0
    num_threads: int = 0
    device: str = "cpu"

    def species_of(self, atoms: Atoms) -> np.ndarray:
        """[n] index of each particle's species."""
        order = np.argsort(self.species)
        return order[np.searchsorted(self.species, atoms.numbers, sorter=order)]

    def jacobian(self, atoms: Atoms) -> dict[str, np.ndarray]:
        """features [n, F], and pairs i, j, r, jacobian [P, 6, F] grouped by i."""
        if self.is_on_device:
            return self._derivatives.pairs(atoms, self.species)
        return _core.pair_jacobian(self.hypers, atoms, self.species, self.density_scale, self.num_threads)

    def features(self, atoms: Atoms) -> np.ndarray:
        """[n, F]."""
        return next(self.features_of([atoms]))

    def features_of(self, frames: Sequence[Atoms]) -> Iterator[np.ndarray]:
        """``features`` of each frame; a device takes many at once."""
        for batch in batches.split(frames, self._most_particles() if self.is_on_device else 1):
            rows = self._compute([self._scaled(atoms) for atoms in batch])
            yield from np.split(rows, np.cumsum([len(atoms) for atoms in batch[:-1]]))

    def sums_of(self, frames: Sequence[Atoms]) -> Iterator[SpeciesSums]:
        """Of each frame, by the device, which takes many at once."""
        for batch in batches.split(frames, self._most_particles()):
            found = self._derivatives.sums(batch, self.species)
            stops = np.cumsum([len(atoms) for atoms in batch[:-1]])
            parts = (np.split(found[name], stops) for name in ("features", "motion"))
            yield from map(SpeciesSums, *parts, found["virial"])

    @property
    def is_on_device(self) -> bool:
        return self.device != "cpu"

    def _scaled(self, atoms: Atoms) -> Atoms:
        if self.density_scale == 1:
            return atoms
        return with_diameters(atoms, self.density_scale * diameters(atoms))

    def _compute(self, frames: Sequence[Atoms]) -> np.ndarray:
        if self.is_on_device:
            return self._device_descriptor.compute(frames, self.species)[0]
        return self._descriptor.compute(frames, self.species, "symmetric", False, self.num_threads)[0]

    def _most_particles(self) -> int:
        """Of a batch for the device."""
        n_bytes = 8 * self._descriptor.row_length("symmetric") * (1 + 6 * len(self.species))
        return max(1, min(batches.MOST_PARTICLES, _SUMS_BYTES // n_bytes))

    def isolated(self, frames: Iterable[Atoms]) -> list[np.ndarray]:
        """[F] of a particle of each species alone.

        Raises
        ------
        ArgumentError
            For particles of one species that differ in size, unless they are no neighbours of their own.
        """
        found: list[np.ndarray] = [np.zeros(0)] * len(self.species)
        first: dict[int, np.ndarray] = {}
        for atoms in frames:
            for s in np.unique(self.species_of(atoms)).tolist():
                members = np.flatnonzero(self.species_of(atoms) == s)
                sizes = diameters(atoms)[members]
                if s not in first:
                    alone = atoms[members[:1]]
                    alone.pbc = False
                    found[s], first[s] = self.features(alone)[0], sizes[0]
                sees_itself = not self.hypers.subtract_center_contribution
                if sees_itself and not np.allclose(sizes, first[s], rtol=_SAME, atol=0):
                    raise ArgumentError(
                        "isolated",
                        f"particles of {self.hypers.species[s]} of several sizes",
                        "one size for each species, or subtract_center_contribution=True",
                    )
        return found

    @cached_property
    def _descriptor(self) -> _core.Descriptor:
        return _core.Descriptor(self.hypers)

    @cached_property
    def _device_descriptor(self) -> _core.DeviceDescriptor:
        devices.tell_slowness(self.hypers)
        return _core.DeviceDescriptor(self.hypers, "symmetric")

    @cached_property
    def _derivatives(self) -> _core.DeviceJacobian:
        devices.tell_slowness(self.hypers)
        return _core.DeviceJacobian(self.hypers, "symmetric", self.density_scale)
