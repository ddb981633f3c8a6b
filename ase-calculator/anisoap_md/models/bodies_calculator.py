# SPDX-License-Identifier: MIT
"""What calculators of particles with orientations share."""

from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator
from ase.outputs import Properties, all_outputs

from ..frames import bodies
from ..io.restored import KEY


class BodiesCalculator(Calculator):
    """A calculator of ASE that notices turned and resized bodies, and has torques."""

    def check_state(self, atoms: Atoms, tol: float = 1e-15) -> list[str]:
        """As ASE's, and the names of the arrays of quaternions and diameters that changed."""
        changes = super().check_state(atoms, tol)
        return changes if self.atoms is None else changes + bodies.changed(self.atoms, atoms)

    def export_properties(self) -> Properties:
        """Results that ASE knows: torques, uncertainties and grades are left out."""
        return Properties({name: value for name, value in self.results.items() if name in all_outputs})

    def todict(self, skip_default: bool = True) -> dict[str, Any]:
        """Parameters as ASE writes them into .traj, and what it leaves out there: the bodies of the results, and torques."""
        found: dict[str, Any] = super().todict(skip_default)
        if self.atoms is None or not self.results:
            return found
        kept = {
            name: np.array(self.atoms.arrays[name]) for name in bodies.ALL_NAMES if name in self.atoms.arrays
        }
        if "torques" in self.results:
            kept["torques"] = np.array(self.results["torques"])
        return {**found, KEY: kept}

    def get_torques(self, atoms: Atoms | None = None) -> np.ndarray:
        """Torques [n, 3] in the space frame, eV."""
        return self.get_property("torques", atoms)


def has_volume(atoms: Atoms) -> bool:
    """Whether the frame is periodic in three directions, as stresses need."""
    return bool(atoms.pbc.all()) and atoms.cell.rank == 3
