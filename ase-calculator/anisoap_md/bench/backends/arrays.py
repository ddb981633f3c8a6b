# SPDX-License-Identifier: MIT
"""The core on arrays of NumPy, what operators of torch are compared with: rows of ``Descriptor``, and a ``Model`` of networks."""

from collections.abc import Callable, Sequence

import numpy as np
from ase import Atoms

from ...backends import Options, Prepared
from ...backends.numpy import by_frame
from ...descriptors.descriptor import Descriptor
from ...frames.arrays import FrameArrays
from ...frames.species import to_symbols
from ...models.model import Model
from .models import network_energies, network_model, symmetric


class Arrays:
    """``variant`` 'rows': power spectra, symmetric; 'model': energies, forces and torques, of which energies are compared."""

    name = "arrays"

    def available(self) -> str | None:
        """None: it is always there."""
        return None

    def expected(self, rows: np.ndarray, options: Options) -> np.ndarray:
        """What it gives for power spectra [n, n_features]: their symmetric columns, or energies [n, 1]."""
        return network_energies(rows, options) if options.variant == "model" else symmetric(rows, options)

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads the frames; each call checks their arrays anew, as operators do."""
        held = FrameArrays.from_atoms(frames)
        compute = _energies(options) if options.variant == "model" else _rows(options)
        counts = held.counts.tolist()
        return Prepared(lambda _: by_frame(compute(_checked_anew(held)), counts))


def descriptor_of(options: Options) -> Descriptor:
    """Of these hyperparameters, threads and precision."""
    return Descriptor(
        **options.hypers(),
        species=to_symbols(options.numbers),
        dtype=options.precision,
        num_threads=options.threads,
    )


def _checked_anew(held: FrameArrays) -> FrameArrays:
    particles = (held.positions, held.quaternions, held.diameters, held.numbers)
    return FrameArrays(*particles, counts=held.counts, cells=held.cells, pbc=held.pbc)


def _rows(options: Options) -> Callable[[FrameArrays], np.ndarray]:
    descriptor = descriptor_of(options)
    return lambda arrays: descriptor.power_spectrum(arrays, symmetric=True)


def _energies(options: Options) -> Callable[[FrameArrays], np.ndarray]:
    model = Model(network_model(options), num_threads=options.threads)
    return lambda arrays: model.predict(arrays).energies[:, None]


BACKEND = Arrays()
