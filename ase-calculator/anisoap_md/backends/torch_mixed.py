# SPDX-License-Identifier: MIT
"""Moments by NumPy, contraction by torch: what converting in the middle costs."""

from collections.abc import Sequence
from typing import Any

from ase import Atoms

from . import tables
from .interface import Options, Prepared
from .numpy import summed_moments
from .pairs import Batch, read
from .torch import Placed, missing, prepared


class TorchMixed:
    """The steps of the backend numpy, the last of them in torch."""

    name = "torch_mixed"

    def available(self) -> str | None:
        """None, or how to get torch."""
        return missing()

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads frames and makes tables."""
        placed = Placed(options)
        import torch

        particles, hypers, n_species = read(frames, options), options.hypers(), len(options.numbers)
        contraction = [placed.tensor(table) for table in tables.contraction(hypers)]

        def rows_of(batch: Batch, timer: Prepared) -> Any:
            sums = summed_moments(batch, hypers, n_species)
            with timer.converting():
                there = placed.tensor(sums)
                placed.finish()
            return tables.power_spectrum(there, contraction, torch)

        return prepared(placed, particles, options.cutoff, rows_of)


BACKEND = TorchMixed()
