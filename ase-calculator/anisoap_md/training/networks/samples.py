# SPDX-License-Identifier: MIT
"""Samples: groups of frames that predict their labels from a member of the committee, a list of networks."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch

from ...common.progress import progress
from .network import Constant, SiluNetwork
from .tensors import Tensors


class Sample(Protocol):
    """Some frames, one behind another; see Group."""

    labels: Tensors
    frames: np.ndarray
    sizes: torch.Tensor

    def predict(self, member: Sequence[SiluNetwork | Constant]) -> Tensors:
        """Of the labels' shapes."""

    def weighted(self, target: str, errors: torch.Tensor) -> torch.Tensor:
        """Times the weights of their frames."""

    @property
    def n_bytes(self) -> int: ...


class Samples:
    """Samples of groups of frames; those that fit into `room` bytes are kept, others are made again when their turn comes."""

    def __init__(
        self,
        groups: Sequence[Sequence[int]],
        make: Callable[[Sequence[int]], Sample],
        room: float,
        show: bool,
    ) -> None:
        self._groups, self._make = groups, make
        self._kept: list[Sample] = []
        for group in progress(groups, "derivatives", "batches", show):
            sample = make(group)
            room -= sample.n_bytes
            if room < 0:
                break
            self._kept.append(sample)

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, k: int) -> Sample:
        return self._kept[k] if k < len(self._kept) else self._make(self._groups[k])


def groups_of(sizes: Sequence[int], order: Sequence[int], most: int) -> list[list[int]]:
    """Runs of `order` of at most `most` particles, or of one frame."""
    groups: list[list[int]] = []
    room = 0
    for k in order:
        if not groups or sizes[k] > room:
            groups.append([])
            room = most
        groups[-1].append(k)
        room -= sizes[k]
    return groups
