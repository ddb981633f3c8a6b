# SPDX-License-Identifier: MIT
"""Results that a file holds, as the calculator of its frame."""

from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.stress import full_3x3_to_voigt_6_stress

_PER_FRAME = ("energy", "stress")
_PER_PARTICLE = ("forces",)


class FileResults(SinglePointCalculator):
    """Results of a file. An energy or a stress in the frame's ``info`` and forces in its ``arrays`` take their place, so that
    a frame never has two values of one label.
    """

    def get_property(self, name: str, atoms: Atoms | None = None, allow_calculation: bool = True) -> Any:
        own = None if atoms is None else _entry(atoms, name)
        if own is not None and not self.check_state(atoms):
            # results stay as they are: a copy of the frame may share this calculator
            return own.copy() if isinstance(own, np.ndarray) else own
        return super().get_property(name, atoms, allow_calculation)


def _entry(atoms: Atoms, name: str) -> Any:
    if name in _PER_PARTICLE:
        return atoms.arrays.get(name)
    value = atoms.info.get(name) if name in _PER_FRAME else None
    if name != "stress" or value is None or np.shape(value) == (6,):
        return value
    return full_3x3_to_voigt_6_stress(np.reshape(value, (3, 3)))


def keep_results(atoms: Atoms) -> Atoms:
    """The frame itself, once a reader has changed it: its results are those of the frame as it is now."""
    if type(atoms.calc) is SinglePointCalculator:
        atoms.calc = FileResults(atoms, **atoms.calc.results)
    return atoms
