# SPDX-License-Identifier: MIT
"""How far bodies are from rigid."""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..common.errors import message


@dataclass
class Rigidity:
    """Deviations of bodies from their turned reference, root mean square over the atoms of a body, weighted by mass.

    Attributes
    ----------
    radius : float
        Radius of gyration of the reference.
    n : int
        Bodies that were looked at, over all frames.
    largest : float
    """

    LIMIT: ClassVar[float] = 0.1  # of the radius of gyration: deviation beyond which a body is a poor picture

    radius: float
    n: int = 0
    largest: float = 0.0
    _squares: float = 0.0

    def add(self, deviations: np.ndarray) -> None:
        self.n += len(deviations)
        self.largest = max(self.largest, float(deviations.max(initial=0.0)))
        self._squares += float((deviations**2).sum())

    @property
    def rms(self) -> float:
        """Over all bodies and frames; 0 where there were none."""
        return float(np.sqrt(self._squares / self.n)) if self.n else 0.0

    @property
    def is_poor(self) -> bool:
        """Whether a rigid body is a poor picture."""
        return self.rms > self.LIMIT * self.radius

    def __str__(self) -> str:
        return f"RMSD to the reference {self.rms:.2g} (largest {self.largest:.2g}, radius of gyration {self.radius:.3g})"

    def warn(self, name: str) -> None:
        """UserWarning where a rigid body is a poor picture."""
        if self.is_poor:
            expected = f"at most {self.LIMIT} of the radius of gyration; several bodies a molecule may be a better picture"
            warnings.warn(message(f"bodies {name}", str(self), expected), stacklevel=3)
