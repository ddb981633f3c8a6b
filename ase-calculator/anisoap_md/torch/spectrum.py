# SPDX-License-Identifier: MIT
"""Power spectra (symmetric storage) as an operator, its gradient, and the gradient's own.

``power_spectrum`` goes back by ``power_spectrum_gradient``, which is linear in its weights and goes back to them by
``power_spectrum_change``: a loss on forces trains whatever made the weights. Hyperparameters are JSON text, so that the operators
have no state.
"""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from .. import _core
from ..frames import devices
from ..frames.species import to_numbers
from .frames import Frames, arrays_of
from .refused import frames_needed, refuse
from .turning import by_quaternions

_N = len(Frames._fields)


@lru_cache(maxsize=64)
def core_of(hypers: str) -> tuple[_core.Descriptor, tuple[int, ...]]:
    """Descriptor and atomic numbers of its species."""
    read = _core.Hypers.from_json(hypers)
    return _core.Descriptor(read), to_numbers(read.species)


@lru_cache(maxsize=16)
def _engine_of(hypers: str, device: str, single: bool) -> _core.DeviceDescriptor:
    devices.checked(device)
    return _core.DeviceDescriptor(_core.Hypers.from_json(hypers), "symmetric", single)


def n_features(hypers: str) -> int:
    """Columns of the rows."""
    return core_of(hypers)[0].row_length("symmetric")


@torch.library.custom_op("anisoap_md::power_spectrum", mutates_args=())
def power_spectrum(
    positions: Tensor,
    quaternions: Tensor,
    diameters: Tensor,
    numbers: Tensor,
    counts: Tensor,
    cells: Tensor,
    pbc: Tensor,
    hypers: str,
    num_threads: int = 0,
) -> Tensor:
    """Rows [n, n_features] of frames (see ``Frames``), of the type and on the device of `positions`.

    float32 computes moments in single precision where the basis allows it. Goes back to positions and quaternions.
    """
    frames = Frames(positions, quaternions, diameters, numbers, counts, cells, pbc)
    core, species = core_of(hypers)
    arrays = arrays_of(frames, on_host=False)
    single = positions.dtype == torch.float32
    if arrays.on_device:
        rows = _engine_of(hypers, str(positions.device), single).on_device(arrays.core, species)
        return torch.from_dlpack(rows).to(positions.dtype)
    return torch.from_numpy(core.compute(arrays.core, species, "symmetric", single, num_threads)[0])


@torch.library.custom_op("anisoap_md::power_spectrum_gradient", mutates_args=())
def power_spectrum_gradient(
    weights: Tensor,
    positions: Tensor,
    quaternions: Tensor,
    diameters: Tensor,
    numbers: Tensor,
    counts: Tensor,
    cells: Tensor,
    pbc: Tensor,
    hypers: str,
    num_threads: int = 0,
) -> tuple[Tensor, Tensor]:
    """Gradient of sum(weights * power spectrum) by positions and by rotation vectors in the space frame, [n, 3] both.

    weights [n, n_features]. Computed by the processor in float64. Goes back to the weights.
    """
    frames = Frames(positions, quaternions, diameters, numbers, counts, cells, pbc)
    core, species = core_of(hypers)
    found = _core.power_spectrum_gradient(
        core, arrays_of(frames, on_host=True).core, species, _on_host(weights), num_threads
    )
    by_positions, by_turns = (torch.from_numpy(a).to(positions) for a in found)
    return by_positions, by_turns


@torch.library.custom_op("anisoap_md::power_spectrum_change", mutates_args=())
def power_spectrum_change(
    moves: Tensor,
    turns: Tensor,
    positions: Tensor,
    quaternions: Tensor,
    diameters: Tensor,
    numbers: Tensor,
    counts: Tensor,
    cells: Tensor,
    pbc: Tensor,
    hypers: str,
    num_threads: int = 0,
) -> Tensor:
    """Change [n, n_features] of the power spectrum as particles move by `moves` [n, 3] and turn by rotation vectors `turns`
    [n, 3] in the space frame.

    Computed by the processor in float64. Goes back to moves and turns.
    """
    frames = Frames(positions, quaternions, diameters, numbers, counts, cells, pbc)
    core, species = core_of(hypers)
    rows = _core.power_spectrum_change(
        core, arrays_of(frames, on_host=True).core, species, _on_host(moves), _on_host(turns), num_threads
    )
    return torch.from_numpy(rows).to(positions)


def _on_host(tensor: Tensor) -> Any:
    return tensor.detach().to("cpu", torch.float64).numpy()


@power_spectrum.register_fake
def _(positions: Tensor, *others: Any) -> Tensor:
    return positions.new_empty(positions.shape[0], n_features(others[_N - 1]))


@power_spectrum_gradient.register_fake
def _(weights: Tensor, positions: Tensor, *others: Any) -> tuple[Tensor, Tensor]:
    return torch.empty_like(positions), torch.empty_like(positions)


@power_spectrum_change.register_fake
def _(moves: Tensor, turns: Tensor, positions: Tensor, *others: Any) -> Tensor:
    return positions.new_empty(positions.shape[0], n_features(others[_N - 1]))


def _keeps_frames(first: int) -> Any:
    """Keeps the Frames, the arguments from number `first` on, and what follows them."""

    def keep(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.save_for_backward(*inputs[first : first + _N])
        ctx.others = inputs[first + _N :]

    return keep


def _spectrum_back(ctx: Any, by_rows: Tensor) -> tuple[Any, ...]:
    refuse(frames_needed(ctx), allowed=2)
    frames = Frames(*ctx.saved_tensors)
    by_positions, by_turns = power_spectrum_gradient(by_rows, *frames, *ctx.others)
    return by_positions, by_quaternions(by_turns, frames.quaternions), *(None,) * _N


def _gradient_back(ctx: Any, moves: Tensor, turns: Tensor) -> tuple[Any, ...]:
    refuse(frames_needed(ctx, 1), second=True)
    return power_spectrum_change(moves, turns, *ctx.saved_tensors, *ctx.others), *(None,) * (_N + 2)


def _change_back(ctx: Any, by_rows: Tensor) -> tuple[Any, ...]:
    refuse(frames_needed(ctx, 2), second=True)
    return *power_spectrum_gradient(by_rows, *ctx.saved_tensors, *ctx.others), *(None,) * (_N + 2)


power_spectrum.register_autograd(_spectrum_back, setup_context=_keeps_frames(0))
power_spectrum_gradient.register_autograd(_gradient_back, setup_context=_keeps_frames(1))
power_spectrum_change.register_autograd(_change_back, setup_context=_keeps_frames(2))
