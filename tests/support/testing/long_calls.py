# SPDX-License-Identifier: MIT
"""Calls of half a minute and more, for whoever interrupts them: ``python -m testing.long_calls NAME``."""

import signal
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from anisoap_md import Descriptor, EllipsoidalDensityProjection, FrameArrays, Model, _core
from ase import Atoms

from testing.training.labelled import linear_model, small_descriptor

MANY, SIZE = 1024, 1500  # frames, and particles of each
LARGE = 300_000  # particles of one frame


def frame(n: int = SIZE) -> Atoms:
    """Periodic, 2 cubic lengths a particle."""
    generator, edge = np.random.default_rng(0), (2.0 * n) ** (1 / 3)
    atoms = Atoms([6] * n, edge * generator.random((n, 3)), cell=[edge] * 3, pbc=True)
    atoms.set_array("c_q", generator.normal(size=(n, 4)))
    atoms.set_array("shape", generator.uniform(1, 2, (n, 3)))
    return atoms


def arrays(n: int, count: int) -> FrameArrays:
    """The same frame `count` times."""
    atoms = frame(n)
    tiled = [np.tile(x, (count, 1)) for x in (atoms.positions, atoms.arrays["c_q"], atoms.arrays["shape"])]
    return FrameArrays(*tiled, 6, counts=[n] * count, cells=atoms.cell.array, pbc=True)


def descriptor(l_max: int = 8, threads: int = 1) -> Descriptor:
    return Descriptor(l_max, "gto", 4.0, radial_gaussian_width=1.0, species=[6], num_threads=threads)


def crowd(threads: int) -> Callable[[], object]:
    """Each of 3,000 particles has all others as neighbours; degree 20."""
    atoms = frame(3000)
    atoms.pbc = False
    given = Descriptor(
        20, "gto", 40.0, radial_gaussian_width=2.0, max_radial=0, species=[6], num_threads=threads
    )
    return partial(given.power_spectrum, [atoms] * 5)


def derivatives(of: Callable[..., object], *columns: int) -> Callable[[], object]:
    """An operator of the core on arrays of zeros, which take no memory while nobody writes them."""
    zeros = [np.zeros((MANY * SIZE, n)) for n in columns]
    return partial(of, descriptor()._core_for((6,)), [frame()] * MANY, [6], *zeros, num_threads=1)


def by_centre() -> Callable[[], object]:
    parts = descriptor().jacobian_by_centre(frame(LARGE))
    return lambda: sum(1 for _ in parts)


def projection(method: str) -> Callable[[], object]:
    given = EllipsoidalDensityProjection(
        8, "gto", cutoff_radius=4.0, radial_gaussian_width=1.0, rotation_key="c_q"
    )
    return partial(getattr(given, method), [frame()] * MANY)


def predict(frames: object, **others: bool) -> Callable[[], object]:
    return partial(Model(linear_model(small_descriptor()), num_threads=1).predict, frames, **others)


def reading() -> Callable[[], object]:
    """Frames of one particle, of which no row is wanted."""
    none = np.empty(0, np.int64)
    return partial(descriptor(0)._core_for((6,)).compute, arrays(1, 1_500_000).core, [6], centres=none)


# What prepares each call.
CALLS: dict[str, Callable[[], Callable[[], object]]] = {
    "crowd": lambda: crowd(1),
    "crowd-threads": lambda: crowd(2),
    "spectra": lambda: partial(descriptor().power_spectrum, [frame()] * MANY),
    "spectra-threads": lambda: partial(descriptor(threads=2).power_spectrum, [frame()] * MANY),
    "spectra-large": lambda: partial(descriptor().power_spectrum, frame(LARGE)),
    "spectra-iterator": lambda: partial(descriptor().power_spectrum, iter([frame()] * MANY)),
    "spectra-arrays": lambda: partial(descriptor().power_spectrum, arrays(SIZE, MANY)),
    "spectra-means": lambda: partial(descriptor().power_spectrum, [frame()] * MANY, average="frame"),
    "spectra-inner": lambda: partial(descriptor().power_spectrum, [frame()] * MANY, average="inner"),
    "reading": reading,
    "coefficients": lambda: partial(descriptor().coefficients, [frame()] * MANY),
    "coefficients-large": lambda: partial(descriptor().coefficients, frame(LARGE)),
    "jacobian": lambda: partial(descriptor().jacobian, frame(20_000), "strain"),
    "jacobian-by-centre": by_centre,
    "gradient": lambda: derivatives(_core.power_spectrum_gradient, descriptor().n_features_symmetric),
    "change": lambda: derivatives(_core.power_spectrum_change, 3, 3),
    "projection-spectra": lambda: projection("power_spectrum"),
    "projection-coefficients": lambda: projection("transform"),
    "predict": lambda: predict([frame()] * MANY),
    "predict-large": lambda: predict(frame(LARGE)),
    "predict-arrays": lambda: predict(arrays(SIZE, MANY)),
}


def main(name: str) -> None:
    call = CALLS[name]()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
    try:
        print("started", flush=True)
        call()
        print("finished", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
