# SPDX-License-Identifier: MIT
"""What calculators of particles with orientations share."""

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator
from ase.outputs import Properties, all_outputs

from ..frames import bodies


class BodiesCalculator(Calculator):
    """A calculator of ASE that notices turned and resized bodies, and has torques."""

    def check_state(self, atoms: Atoms, tol: float = 1e-15) -> list[str]:
        """As ASE's, and the names of the arrays of quaternions and diameters that changed."""
        changes = super().check_state(atoms, tol)
        return changes if self.atoms is None else changes + bodies.changed(self.atoms, atoms)

    def export_properties(self) -> Properties:
        """Results that ASE knows: torques, uncertainties and grades are left out."""
        return Properties({name: value for name, value in self.results.items() if name in all_outputs})

    def get_torques(self, atoms: Atoms | None = None) -> np.ndarray:
        """Torques [n, 3] in the space frame, eV."""
        return self.get_property("torques", atoms)


def has_volume(atoms: Atoms) -> bool:
    """Whether the frame is periodic in three directions, as stresses need."""
    return bool(atoms.pbc.all()) and atoms.cell.rank == 3
