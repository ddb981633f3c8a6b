# SPDX-License-Identifier: MIT
"""Sums of calculators of ASE for particles that have orientations: a model and its prior, two models."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.calculator import BaseCalculator, all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from ..common.errors import ArgumentError, ArgumentTypeError
from .bodies_calculator import BodiesCalculator


class SumCalculator(BodiesCalculator):
    """Sum of calculators: ``SumCalculator([AniSOAPCalculator("model.json"), PriorCalculator("model.json")])``.

    It has the properties that all of them have, and torques when any of them has: one without torques is a potential of
    points, which feel none. A changed quaternion or diameter computes anew, which ``ase.calculators.mixing.SumCalculator``
    does not see.

    Parameters
    ----------
    calculators : sequence of ASE calculators
        Each object once: a calculator holds the results of one frame.

    Raises
    ------
    ArgumentError
        For no calculator, one that is given twice, and what is no calculator.
    """

    def __init__(self, calculators: Sequence[Any]) -> None:
        super().__init__()
        self.calculators = _checked(calculators)
        offered = [set(c.implemented_properties) for c in self.calculators]
        shared = set.intersection(*offered) - {"torques"}
        with_torques = {"torques"} & set.union(*offered)
        self.implemented_properties = sorted(shared | with_torques)

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Any = ("energy",),
        system_changes: Any = all_changes,
    ) -> None:
        super().calculate(atoms, properties, system_changes)
        if system_changes:
            self.results = {}
        for name in properties:
            self.results[name] = sum(_property(c, name, self.atoms) for c in self._having(name))

    def _having(self, name: str) -> list[Any]:
        return [c for c in self.calculators if name != "torques" or name in c.implemented_properties]


def _checked(calculators: Sequence[Any]) -> list[Any]:
    allowed = "a list of ASE calculators"
    if isinstance(calculators, BaseCalculator) or not isinstance(calculators, Sequence) or not calculators:
        raise ArgumentError("calculators", repr(calculators), allowed)
    for one in calculators:
        if not hasattr(one, "get_property") or not hasattr(one, "implemented_properties"):
            raise ArgumentTypeError("calculators", repr(one), allowed)
    if len({id(one) for one in calculators}) < len(calculators):
        raise ArgumentError("calculators", "one object twice", "each once")
    return list(calculators)


def _property(calculator: Any, name: str, atoms: Atoms | None) -> Any:
    value = calculator.get_property(name, atoms)
    if name != "stress" or np.shape(value) == (6,):
        return value
    return full_3x3_to_voigt_6_stress(np.reshape(value, (3, 3)))
