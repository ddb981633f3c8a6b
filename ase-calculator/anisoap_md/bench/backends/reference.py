# SPDX-License-Identifier: MIT
"""The reference implementation, where it is installed; otherwise a published time, named as such.

The oracle has the normalisation of the reference's commit 6b28869. Releases that normalise differently fail its check and get
no time.
"""

import warnings
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import numpy as np
from ase import Atoms

from ...backends import Options, Prepared
from ...backends.numpy import by_frame
from ...backends.radial import num_radial
from ...common.errors import ArgumentError
from ...common.packages import why_missing

QUOTED_NS_A_PAIR = 111_000.0
QUOTED_SOURCE = (
    "quoted from docs/bench.md, not measured: AniSOAP 6b28869 of github.com/cersonsky-lab/AniSOAP, one core"
)
_INSTALLS = "pip install git+https://github.com/cersonsky-lab/AniSOAP"
_QUOTED_HYPERS = {
    "max_angular": 6,
    "radial_basis_name": "gto",
    "cutoff_radius": 7.0,
    "radial_gaussian_width": 1.5,
}


class Reference:
    """The package ``anisoap``."""

    name = "reference"

    def available(self) -> str | None:
        """None, or that it is not installed."""
        return why_missing("anisoap", "", "the backend reference", _INSTALLS)

    def quoted(self, options: Options) -> dict[str, Any] | None:
        """The time that is known at these settings, and where from."""
        if options.hypers() != _QUOTED_HYPERS or options.threads not in (None, 1):
            return None
        return {"ns_a_pair": QUOTED_NS_A_PAIR, "source": QUOTED_SOURCE}

    def facts(self) -> dict[str, Any]:
        """Its version, for the result."""
        try:
            return {"source": f"anisoap {metadata.version('anisoap')}"}
        except metadata.PackageNotFoundError:
            return {"source": "anisoap of no version"}

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Copies of the frames, and its projection."""
        from anisoap.representations import EllipsoidalDensityProjection

        held = [atoms.copy() for atoms in frames]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that quaternions are w x y z
            projection = EllipsoidalDensityProjection(**options.hypers(), rotation_key="c_q")

        def run(_: Prepared) -> list[np.ndarray]:
            blocks = projection.power_spectrum(held, mean_over_samples=False)
            counts = [len(atoms) for atoms in held]
            return by_frame(_rows(blocks, counts, options), counts)

        return Prepared(run)


def _rows(blocks: Any, counts: list[int], options: Options) -> np.ndarray:
    """[n_centres, n_features] of a TensorMap by type of centre, every block with all columns."""
    n_species = len(options.numbers)
    width = sum((n_l * n_species) ** 2 for n_l in num_radial(options.hypers()))
    firsts = np.concatenate([[0], np.cumsum(counts)])
    rows = np.zeros((firsts[-1], width))
    for block in blocks.blocks():
        values = np.asarray(block.values).reshape(len(block.samples), -1)
        if values.shape[1] != width:
            expected = f"{width}, where every species is a neighbour"
            raise ArgumentError("columns of the reference", values.shape[1], expected)
        frames, centres = np.asarray(block.samples.values).T
        rows[firsts[frames] + centres] = values
    return rows


BACKEND = Reference()
