# SPDX-License-Identifier: MIT
"""Frames as tensors, the first arguments of every operator."""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from ase import Atoms

from ..common.errors import ArgumentError
from ..frames.arrays import FrameArrays


class Frames(NamedTuple):
    """Frames side by side. Positions, quaternions and diameters are float64 or float32, on the processor or a device; the others
    stay on the processor.

    Attributes
    ----------
    positions, quaternions, diameters : torch.Tensor
        [n, 3], [n, 4] (w, x, y, z; any norm but zero) and [n, 3] (full lengths along the body axes).
    numbers : torch.Tensor
        [n] atomic numbers, int64.
    counts : torch.Tensor
        [n_frames] particles of each frame, int64.
    cells, pbc : torch.Tensor
        [n_frames, 3, 3] float64, rows are the cell vectors; [n_frames, 3] bool.
    """

    positions: torch.Tensor
    quaternions: torch.Tensor
    diameters: torch.Tensor
    numbers: torch.Tensor
    counts: torch.Tensor
    cells: torch.Tensor
    pbc: torch.Tensor

    @classmethod
    def from_atoms(
        cls,
        frames: Atoms | Iterable[Atoms],
        dtype: torch.dtype = torch.float64,
        device: str | torch.device = "cpu",
    ) -> "Frames":
        """Of one frame or many; ArgumentError for missing or wrong arrays."""
        arrays = FrameArrays.from_atoms([frames] if isinstance(frames, Atoms) else frames)
        particles = (arrays.positions, arrays.quaternions, arrays.diameters)
        others = (arrays.numbers.copy(), arrays.counts.copy(), arrays.cells.copy(), arrays.pbc)
        return cls(
            *(torch.tensor(a, dtype=dtype, device=device) for a in particles), *map(torch.from_numpy, others)
        )


def frame_of(counts: torch.Tensor, n: int, device: torch.device) -> torch.Tensor:
    """[n] the frame of each particle."""
    return torch.repeat_interleave(torch.arange(len(counts)), counts, output_size=n).to(device)


def frame_sums(values: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """[n_frames] sums of [n] values of particles."""
    index = frame_of(counts, len(values), values.device)
    return values.new_zeros(len(counts)).index_add(0, index, values)


def arrays_of(frames: Frames, on_host: bool) -> FrameArrays:
    """What the core reads, float64; where the particles are, or on the host.

    Raises
    ------
    ArgumentError
        For tensors of another shape or type.
    """
    particles = [t.detach() for t in frames[:3]]
    for name, tensor in zip(Frames._fields, particles, strict=False):
        if tensor.dtype not in (torch.float64, torch.float32):
            raise ArgumentError(f"dtype of {name}", tensor.dtype, "torch.float64 or torch.float32")
    if on_host or particles[0].device.type == "cpu":
        given = [t.to("cpu", torch.float64).numpy() for t in particles]
    else:
        given = [t.to(torch.float64).contiguous() for t in particles]
    numbers, counts, cells, pbc = (t.detach().cpu().numpy() for t in frames[3:])
    x, q, d = given
    return FrameArrays(x, q, d, numbers, counts=counts, cells=cells, pbc=pbc)
