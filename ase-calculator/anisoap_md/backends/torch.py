# SPDX-License-Identifier: MIT
"""torch on whole arrays of pairs, on any of its devices."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError
from ..common.packages import require_package, why_missing
from . import moments, tables
from .interface import Options, Prepared
from .numpy import by_frame, window
from .pairs import Batch, Pairs, Particles, batches, read


def missing() -> str | None:
    """None, or that there is no torch and how to get it."""
    return why_missing("torch", "torch", "the backend torch")


class Placed:
    """Where torch computes and in which precision.

    Raises
    ------
    PackageMissing
        Without torch.
    ArgumentError
        For a device that torch does not find.
    """

    def __init__(self, options: Options) -> None:
        require_package("torch", "torch", "the backend torch")
        import torch

        self.dtype = getattr(torch, options.precision)
        self._threads = options.threads
        try:
            self.device = torch.device(options.device)
            torch.empty(0, device=self.device, dtype=self.dtype)
        except (RuntimeError, AssertionError, TypeError) as error:
            text = str(error).splitlines()[0]
            hint = _core.suggestion(options.device, ["cpu", "cuda", "mps"])
            raise ArgumentError(
                "device",
                f"'{options.device}' with {options.precision} ({text})",
                "one that torch finds",
                hint,
            ) from None

    @contextmanager
    def threads(self) -> Iterator[None]:
        """The threads that the options ask for, meanwhile."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self._threads or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def tensor(self, array: np.ndarray) -> Any:
        """Numbers in the precision of the options, indices as they are; a copy where either differs."""
        import torch

        dtype = self.dtype if array.dtype.kind == "f" else None
        return torch.as_tensor(array, dtype=dtype, device=self.device)

    def finish(self) -> None:
        """Waits for the device."""
        import torch

        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()


def power_spectrum(
    particles: Particles, pairs: Pairs, window: float, contraction: list[Any], degree: int, n_species: int
) -> Any:
    """Rows [n, n_features] of tensors, differentiable by all of them but species and pairs."""
    import torch

    every = moments.of_pairs(particles, pairs, window, degree, torch)
    n = len(particles.species)
    rows = pairs.centre * n_species + particles.species[pairs.neighbor]
    sums = every.new_zeros(n * n_species, every.shape[1]).index_add(0, rows, every)
    return tables.power_spectrum(sums.reshape(n, n_species, -1), contraction, torch)


def prepared(
    placed: Placed, frames: list[Any], cutoff: float, rows_of: Callable[[Batch, Prepared], Any]
) -> Prepared:
    """Rows of all batches of frames by `rows_of(batch, timer)`, a tensor [n, n_features] that is brought back to NumPy."""

    def run(timer: Prepared) -> list[np.ndarray]:
        out = []
        with placed.threads():
            for batch in batches(frames, cutoff):
                rows = rows_of(batch, timer)
                placed.finish()
                with timer.converting():
                    found = rows.cpu().numpy()
                out += by_frame(found, batch.counts)
        return out

    return Prepared(run)


class Torch:
    """The steps of the backend numpy, all of them in torch but for the neighbour search."""

    name = "torch"

    def available(self) -> str | None:
        """None, or how to get torch."""
        return missing()

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads frames and makes tables."""
        placed = Placed(options)
        read_frames, hypers, n_species = read(frames, options), options.hypers(), len(options.numbers)
        contraction = [placed.tensor(table) for table in tables.contraction(hypers)]
        degree = tables.degree(hypers)

        def rows_of(batch: Batch, timer: Prepared) -> Any:
            with timer.converting():
                particles = Particles(*map(placed.tensor, batch.particles))
                pairs = Pairs(*map(placed.tensor, batch.pairs))
            return power_spectrum(particles, pairs, window(hypers), contraction, degree, n_species)

        return prepared(placed, read_frames, options.cutoff, rows_of)


BACKEND = Torch()
