# SPDX-License-Identifier: MIT
"""What every step of a training needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..common.execution import Execution
from ..data.dataset import Dataset, Scales
from ..data.environments import Environments

MEANS = "means"  # rows beside those of the targets: means of the stresses of frames of one state


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
        Of the errors of each target.
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
    def error_factors(self) -> dict[str, float]:
        """What root mean square errors of each target are multiplied by: weight / scale."""
        return {t: w / getattr(self.scales, t) for t, w in self.weights.items()}

    @property
    def row_factors(self) -> dict[str, float]:
        """What rows of each target are multiplied by, so that targets of one weight have an equal say, however many rows.

        Where states are known the say of the stresses is that of the `MEANS` over frames of one state; single ones, whose noise
        would draw the model away from all other labels, count as single rows of forces do, be there forces or not.
        """
        counts, single = self._row_counts(), self.error_factors
        mean = sum(counts.values()) / len(counts)
        whole = {t: f * (mean / counts[t]) ** 0.5 if t in counts else 0.0 for t, f in single.items()}
        if "stress" not in counts or self.data.states is None:
            return whole
        n_most = max(counts["stress"], 3 * sum(map(len, self.data.frames)))
        alone = single["stress"] * (mean / n_most) ** 0.5
        return {**whole, "stress": alone, MEANS: (whole["stress"] ** 2 - alone**2) ** 0.5}

    def _row_counts(self) -> dict[str, int]:
        """Of targets with a weight."""
        n_frames, n_particles = len(self.data), sum(map(len, self.data.frames))
        every = {
            "energy": n_frames,
            "forces": 3 * n_particles,
            "torques": 3 * n_particles,
            "stress": 6 * n_frames,
        }
        return {t: max(every[t], 1) for t, weight in self.weights.items() if weight > 0}
