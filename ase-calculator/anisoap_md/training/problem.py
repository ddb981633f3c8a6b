# SPDX-License-Identifier: MIT
"""What every step of a training needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..common.execution import Execution
from ..data.dataset import Dataset, Scales
from ..data.environments import Environments


@dataclass(frozen=True)
class Problem:
    """Labels to learn, how their errors count, and how to compute.

    Attributes
    ----------
    data, held : Dataset
        Training frames, and those that only errors are measured on.
    species : tuple of int
        Atomic numbers in the order of the model.
    environments : Environments
        Power spectra of the many-body term.
    weights : mapping
        Of the squared errors of each target.
    scales : Scales
        Unit of the errors of each target.
    seed : int
        Of all random choices.
    execution : Execution
    isolated : tuple of float, optional
        Energies of an isolated particle of each species, where they are fixed.
    """

    data: Dataset
    held: Dataset
    species: tuple[int, ...]
    environments: Environments
    weights: Mapping[str, float]
    scales: Scales
    seed: int
    execution: Execution
    isolated: tuple[float, ...] | None = None

    @property
    def row_factors(self) -> dict[str, float]:
        """What errors of each target are multiplied by in a sum of squares."""
        return {t: w / getattr(self.scales, t) for t, w in self.weights.items()}
