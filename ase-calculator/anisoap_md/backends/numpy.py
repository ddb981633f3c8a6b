# SPDX-License-Identifier: MIT
"""NumPy on whole arrays of pairs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ase import Atoms
from scipy.sparse import csr_array

from . import moments, tables
from .interface import Options, Prepared
from .pairs import Batch, batches, read


def window(hypers: dict[str, Any]) -> float:
    """1/sigma^2 of the window of the basis; 0 for monomial, which has none."""
    width = hypers.get("radial_gaussian_width")
    return 1 / width**2 if width else 0.0


def summed_moments(batch: Batch, hypers: dict[str, Any], n_species: int) -> np.ndarray:
    """Sums of moments over the neighbours of each species, [n, n_species, n_monomials]."""
    particles, pairs, _ = batch
    every = moments.of_pairs(particles, pairs, window(hypers), tables.degree(hypers), np)
    n = len(particles.species)
    rows = pairs.centre * n_species + particles.species[pairs.neighbor]
    n_pairs = len(rows)
    adding = csr_array((np.ones(n_pairs), (rows, np.arange(n_pairs))), shape=(n * n_species, n_pairs))
    return (adding @ every).reshape(n, n_species, every.shape[1])


def by_frame(rows: np.ndarray, counts: Sequence[int]) -> list[np.ndarray]:
    """Rows of all frames, cut into those of each."""
    return np.split(rows, np.cumsum(counts)[:-1])


class Numpy:
    """Moments of all pairs at once, sums over neighbours, one contraction a centre."""

    name = "numpy"

    def available(self) -> str | None:
        """None: NumPy is always there."""
        return None

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads frames and makes tables."""
        particles, hypers = read(frames, options), options.hypers()
        contraction = tables.contraction(hypers)
        n_species = len(options.numbers)

        def run(_: Prepared) -> list[np.ndarray]:
            out = []
            for batch in batches(particles, options.cutoff):
                sums = summed_moments(batch, hypers, n_species)
                out += by_frame(tables.power_spectrum(sums, contraction, np), batch.counts)
            return out

        return Prepared(run)


BACKEND = Numpy()
