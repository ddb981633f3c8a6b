# SPDX-License-Identifier: MIT
"""Energies of a model as an operator; its document is an argument, so that it has no state."""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from ..models.model import Model
from .frames import Frames, arrays_of, frame_of
from .refused import frames_needed, refuse
from .turning import by_quaternions


@lru_cache(maxsize=8)
def _model_of(document: str, device: str, num_threads: int) -> Model:
    return Model.from_json(document, num_threads=num_threads or None, device=device)


@torch.library.custom_op("anisoap_md::model_energy", mutates_args=())
def model_energy(
    positions: Tensor,
    quaternions: Tensor,
    diameters: Tensor,
    numbers: Tensor,
    counts: Tensor,
    cells: Tensor,
    pbc: Tensor,
    model: str,
    num_threads: int = 0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Energies [n_frames], forces [n, 3] and torques [n, 3] (space frame) of frames (see ``Frames``) by a model's document.

    Computed in float64, in the model's units. Energies go back to positions and quaternions; forces and torques are constants.
    """
    frames = Frames(positions, quaternions, diameters, numbers, counts, cells, pbc)
    arrays = arrays_of(frames, on_host=False)
    found = _model_of(model, str(positions.device), num_threads).predict(arrays)
    energies, forces, torques = (
        torch.from_numpy(a).to(positions) for a in (found.energy, found.forces, found.torques)
    )
    return energies, forces, torques


@model_energy.register_fake
def _(
    positions: Tensor, quaternions: Tensor, diameters: Tensor, numbers: Tensor, counts: Tensor, *others: Any
) -> tuple[Tensor, Tensor, Tensor]:
    return positions.new_empty(counts.shape[0]), torch.empty_like(positions), torch.empty_like(positions)


class _OfPositions(torch.autograd.Function):
    """Forces or torques as they are, whose derivatives by positions and quaternions are errors."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, positions: Tensor, quaternions: Tensor) -> Tensor:
        return values.clone()

    @staticmethod
    def backward(ctx: Any, by_values: Tensor) -> tuple[Any, ...]:
        refuse(ctx.needs_input_grad[1:], second=True)
        return by_values, None, None


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    ctx.mark_non_differentiable(*output[1:])
    ctx.save_for_backward(inputs[0], inputs[1], inputs[4], *output[1:])


def _back(ctx: Any, by_energies: Tensor, *others: Any) -> tuple[Any, ...]:
    refuse(frames_needed(ctx), allowed=2)
    positions, quaternions, counts, *found = ctx.saved_tensors
    factor = -by_energies[frame_of(counts, len(positions), positions.device)][:, None]
    forces, torques = (_OfPositions.apply(values, positions, quaternions) for values in found)
    return factor * forces, by_quaternions(factor * torques, quaternions), *(None,) * 7


model_energy.register_autograd(_back, setup_context=_keep)
