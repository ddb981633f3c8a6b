# SPDX-License-Identifier: MIT
"""Power spectra of labelled frames and their derivatives."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError
from ..frames.bodies import diameters, with_diameters

_SAME = 1e-6  # relative difference of diameters; files round


@dataclass
class Environments:
    """Power spectra of the many-body term and their derivatives."""

    hypers: _core.Hypers
    species: tuple[int, ...]
    density_scale: float = 1.0
    num_threads: int = 0

    def species_of(self, atoms: Atoms) -> np.ndarray:
        """[n] index of each particle's species."""
        order = np.argsort(self.species)
        return order[np.searchsorted(self.species, atoms.numbers, sorter=order)]

    def jacobian(self, atoms: Atoms) -> dict[str, np.ndarray]:
        """features [n, F], and pairs i, j, r, jacobian [P, 6, F] grouped by i."""
        return _core.pair_jacobian(self.hypers, atoms, self.species, self.density_scale, self.num_threads)

    def features(self, atoms: Atoms) -> np.ndarray:
        """[n, F]."""
        if self.density_scale != 1:
            atoms = with_diameters(atoms, self.density_scale * diameters(atoms))
        return self._descriptor.compute([atoms], self.species, "symmetric", False, self.num_threads)[0]

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
