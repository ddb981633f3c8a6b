# SPDX-License-Identifier: MIT
"""Labels of a group of frames as tensors, and sums of pairs' derivatives into them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from ...common.execution import Execution
from ...data.dataset import Dataset

Tensors = dict[str, torch.Tensor]
_ROWS, _COLUMNS = [0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]  # xx yy zz yz xz xy


class Place(NamedTuple):
    """Where tensors are, and of which type."""

    dtype: torch.dtype
    device: str

    @staticmethod
    def of(execution: Execution) -> "Place":
        return Place(getattr(torch, execution.precision), execution.torch_device)

    def tensor(self, values: Any) -> torch.Tensor:
        return torch.tensor(values, dtype=self.dtype, device=self.device)

    def indices(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values).to(self.device)


def on_host(values: torch.Tensor) -> np.ndarray:
    """In double."""
    return values.detach().double().cpu().numpy()


class Group:
    """Some frames, one behind another.

    Attributes
    ----------
    labels : dict
        energy [k], forces and torques [n, 3], stress [k, 6] as virials: those of the targets.
    frames : ndarray [k]
        Their indices in the data.
    sizes : Tensor [k]
        Particles of each.
    """

    # Of a subclass: objects whose attributes are the tensors of one network's inputs.
    _inputs: Sequence[Any] = ()

    def __init__(self, data: Dataset, frames: Sequence[int], place: Place) -> None:
        chosen = [data.labels[k] for k in frames]
        self.place = place
        self.frames = np.asarray(frames)
        counts = [len(data.frames[k]) for k in frames]
        self.sizes = place.tensor(counts)
        weights = np.array([data.weight_of(k) for k in frames])
        self._weights = {False: place.tensor(weights), True: place.tensor(np.repeat(weights, counts))}
        self.starts = np.concatenate([[0], np.cumsum(counts)])
        self.labels: Tensors = {}
        for target in data.targets:
            values = [np.asarray(getattr(x, target), dtype=float) for x in chosen]
            joined = np.concatenate(values) if target in ("forces", "torques") else np.array(values)
            self.labels[target] = place.tensor(joined)

    def weighted(self, target: str, errors: torch.Tensor) -> torch.Tensor:
        """Errors, of the shape of the labels, times the weights of their frames."""
        weights = self._weights[target in ("forces", "torques")]
        return errors * weights.reshape(-1, *[1] * (errors.dim() - 1))

    @property
    def n_networks(self) -> int:
        """Of one member."""
        return len(self._inputs)

    @property
    def n_particles(self) -> int:
        return int(self.starts[-1])

    @property
    def n_bytes(self) -> int:
        """Of the tensors of the inputs."""
        tensors = [t for inputs in self._inputs for t in vars(inputs).values()]
        return sum(t.numel() * t.element_size() for t in tensors)

    def frame_sums(self, frame: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        """[k, ...] sums of values [P, ...] that belong to the frames [P] of the group."""
        return values.new_zeros(len(self.frames), *values.shape[1:]).index_add(0, frame, values)

    def particle_sums(self, parts: Sequence[tuple[torch.Tensor, torch.Tensor, int]]) -> torch.Tensor:
        """[n, 3] sum of parts (rows [P], values [P, 3], sign)."""
        out = torch.zeros(self.n_particles, 3, dtype=self.place.dtype, device=self.place.device)
        for rows, values, sign in parts:
            out = out.index_add(0, rows, values, alpha=sign)
        return out


def voigt(r: torch.Tensor, by_shift: torch.Tensor) -> torch.Tensor:
    """[P, 6] symmetric part of the virial -r_a (dphi/dr)_b."""
    return -0.5 * (r[:, _ROWS] * by_shift[:, _COLUMNS] + r[:, _COLUMNS] * by_shift[:, _ROWS])
