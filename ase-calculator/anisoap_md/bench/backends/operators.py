# SPDX-License-Identifier: MIT
"""Operators of ``anisoap_md.torch`` on tensors that are there: rows, and a step of training on energies, forces and torques."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from ase import Atoms

from ...backends import Options, Prepared
from ...backends.numpy import by_frame
from ...common.packages import why_missing
from .arrays import descriptor_of
from .models import WIDTHS, symmetric

if TYPE_CHECKING:
    from ...torch import Frames, Potential

_SEED = 3  # of the networks
_RATE = 1e-6  # of learning


class TorchOperator:
    """``variant`` 'rows': power spectra, symmetric; 'step': one step of AdamW."""

    name = "torch_operator"

    def available(self) -> str | None:
        """None, or that torch is not installed."""
        return why_missing("torch", "torch", "the backend torch_operator")

    def expected(self, rows: np.ndarray, options: Options) -> np.ndarray:
        """Rows for power spectra [n, n_features]. Forces and torques of a step are compared with those of the core."""
        return symmetric(rows, options)

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Makes tensors, and the module."""
        import torch

        from ...torch import Frames

        batch = Frames.from_atoms(frames, getattr(torch, options.precision))
        return _step(batch, options) if options.variant == "step" else _rows(batch, options)


def _rows(batch: "Frames", options: Options) -> Prepared:
    from ...torch import AniSOAP

    module = AniSOAP(descriptor_of(options), num_threads=options.threads or 0)
    return Prepared(lambda _: by_frame(module(batch).numpy(), batch.counts.tolist()))


def _step(batch: "Frames", options: Options) -> Prepared:
    """Calls give forces and torques [n, 6] before the step."""
    potential = _potential(batch, options)
    compute, counts = _training(potential, batch), batch.counts.tolist()
    return Prepared(
        lambda _: by_frame(compute(), counts),
        of_core=lambda: by_frame(_core_rows(potential, batch), counts),
    )


def _potential(batch: "Frames", options: Options) -> "Potential":
    import torch

    from ...torch import Potential

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        given = {"dtype": batch.positions.dtype, "num_threads": options.threads or 0}
        potential = Potential(descriptor_of(options), widths=WIDTHS, **given)
    potential.standardise(batch)
    return potential


def _training(potential: "Potential", batch: "Frames") -> Callable[[], np.ndarray]:
    """A step towards energies, forces and torques of zero."""
    import torch

    optimizer = torch.optim.AdamW(potential.parameters(), lr=_RATE)

    def step() -> np.ndarray:
        optimizer.zero_grad()
        found = potential(batch)
        torch.stack([values.square().mean() for values in found]).sum().backward()
        optimizer.step()
        return np.hstack([found.forces.detach().numpy(), found.torques.detach().numpy()])

    return step


def _core_rows(potential: "Potential", batch: "Frames") -> np.ndarray:
    """Forces and torques [n, 6] of the model that the potential is now."""
    from ...torch import to_model
    from ...torch.frames import arrays_of

    found = to_model(potential, allow_discontinuity=True).predict(arrays_of(batch, on_host=True))
    return np.hstack([found.forces, found.torques])


BACKEND = TorchOperator()
