# SPDX-License-Identifier: MIT
"""Power spectra of labelled frames and their derivatives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ase import Atoms

from .. import _core
from ..frames.bodies import diameters, with_diameters


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

    @cached_property
    def _descriptor(self) -> _core.Descriptor:
        return _core.Descriptor(self.hypers)
