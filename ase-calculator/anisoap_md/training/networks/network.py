# SPDX-License-Identifier: MIT
"""Fully connected networks with one output and the activation silu, whose value and gradient are both differentiable.

The gradient with respect to the inputs is written out: training on forces then takes one backward pass.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ... import _core
from .tensors import on_host


class _Silu(torch.autograd.Function):
    """silu(z) and its derivative."""

    @staticmethod
    def forward(ctx: Any, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        s = torch.sigmoid(z)
        value = z * s
        slope = s + value * (1 - s)
        ctx.save_for_backward(z, s, slope)
        return value, slope

    @staticmethod
    def backward(ctx: Any, by_value: torch.Tensor, by_slope: torch.Tensor) -> torch.Tensor:
        z, s, slope = ctx.saved_tensors
        return by_value * slope + by_slope * (s * (1 - s) * (2 + z * (1 - 2 * s)))


class SiluNetwork:
    """Weights of one network; random at first.

    Parameters
    ----------
    widths : sequence of int
        Inputs, hidden layers, 1.

    Attributes
    ----------
    unit : float
        Factor of the output.
    """

    def __init__(self, widths: Sequence[int], seed: int, dtype: torch.dtype, device: str = "cpu") -> None:
        generator = torch.Generator().manual_seed(seed)
        self.widths = list(widths)
        self.unit = 1.0
        self._matrices: list[torch.Tensor] = []
        self._shifts: list[torch.Tensor] = []
        for layer, (n_in, n_out) in enumerate(zip(widths[:-1], widths[1:], strict=True), start=2):
            last = layer == len(widths)
            matrix = torch.randn(n_out, n_in, generator=generator, dtype=torch.float64)
            shift = torch.randn(n_out, generator=generator, dtype=torch.float64)
            self._matrices.append(
                (matrix * math.sqrt((1 if last else 2) / n_in)).to(device, dtype).requires_grad_()
            )
            self._shifts.append((shift * (0.0 if last else 0.3)).to(device, dtype).requires_grad_())

    @property
    def parameters(self) -> list[torch.Tensor]:
        return self._matrices + self._shifts

    def __call__(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Values [P] and gradients [P, n_in] at x [P, n_in]."""
        slopes = []
        for matrix, shift in zip(self._matrices[:-1], self._shifts[:-1], strict=True):
            x, slope = _Silu.apply(torch.addmm(shift, x, matrix.t()))
            slopes.append(slope)
        values = self.unit * (x @ self._matrices[-1].t() + self._shifts[-1])[:, 0]
        gradient = self.unit * self._matrices[-1] * slopes[-1]
        for matrix, slope in zip(self._matrices[-2:0:-1], slopes[-2::-1], strict=True):
            gradient = (gradient @ matrix) * slope
        return values, gradient @ self._matrices[0]

    def add_constant(self, value: float) -> None:
        """Adds `value` to the output."""
        with torch.no_grad():
            self._shifts[-1] += value / self.unit

    def exported(self, before: np.ndarray | None = None) -> _core.Network:
        """Plain weights. `before` [n_in, n] is a linear map that the first layer takes in: its inputs become before^T x."""
        matrices = [on_host(m) for m in self._matrices]
        widths = list(self.widths)
        if before is not None:
            matrices[0] = matrices[0] @ before
            widths[0] = before.shape[1]
        shifts = [on_host(s) for s in self._shifts]
        matrices[-1], shifts[-1] = self.unit * matrices[-1], self.unit * shifts[-1]
        parts = [part.ravel() for pair in zip(matrices, shifts, strict=True) for part in pair]
        return _core.Network(widths, np.concatenate(parts))


class Constant:
    """Stands for a network whose output is the same everywhere."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __call__(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.new_full((len(x),), self._value), torch.zeros_like(x)
