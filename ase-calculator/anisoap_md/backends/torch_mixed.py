# SPDX-License-Identifier: MIT
"""Moments by NumPy, contraction by torch: what converting in the middle costs."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms

from . import tables
from .interface import Options, Prepared
from .numpy import by_frame, summed_moments
from .pairs import batches, read
from .torch import Placed, missing


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

        def run(timer: Prepared) -> list[np.ndarray]:
            out = []
            with placed.threads():
                for batch in batches(particles, options.cutoff):
                    sums = summed_moments(batch, hypers, n_species)
                    with timer.converting():
                        there = placed.tensor(sums)
                        placed.finish()
                    rows = tables.power_spectrum(there, contraction, torch)
                    placed.finish()
                    with timer.converting():
                        found = rows.cpu().numpy()
                    out += by_frame(found, batch.counts)
            return out

        return Prepared(run)


BACKEND = TorchMixed()
