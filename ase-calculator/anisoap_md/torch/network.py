# SPDX-License-Identifier: MIT
"""Fully connected networks that give their gradient as well, written out: one backward pass trains on both."""

from collections.abc import Sequence
from itertools import pairwise

import torch


class SiluNetwork(torch.nn.Module):
    """One output, silu between the layers.

    Parameters
    ----------
    widths : sequence of int
        Inputs, hidden layers (one at least), 1.
    dtype : torch.dtype
    """

    def __init__(self, widths: Sequence[int], dtype: torch.dtype) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(*ends, dtype=dtype) for ends in pairwise(widths))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Values [n] and gradients [n, n_in] at x [n, n_in]."""
        *hidden, last = self.layers
        slopes = []
        for layer in hidden:
            z = layer(x)
            s = torch.sigmoid(z)
            x = z * s
            slopes.append(s + x * (1 - s))
        gradient = last.weight * slopes[-1]
        for layer, slope in zip(hidden[:0:-1], slopes[-2::-1], strict=True):
            gradient = (gradient @ layer.weight) * slope
        return last(x)[:, 0], gradient @ hidden[0].weight
