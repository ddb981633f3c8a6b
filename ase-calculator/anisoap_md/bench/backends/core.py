# SPDX-License-Identifier: MIT
"""The core: each of its instruction sets on the processor, and Kokkos on a device. Reading of ase.Atoms is part of a call."""

from collections.abc import Sequence

import numpy as np
from ase import Atoms

from ... import _core
from ...backends import Options, Prepared
from ...backends.numpy import by_frame
from ...frames import devices
from ...frames.species import to_symbols


def hypers_of(options: Options) -> _core.Hypers:
    """Hyperparameters as the core holds them."""
    return _core.Hypers(species=to_symbols(options.numbers), **options.hypers())


class Cpp:
    """The vectorised loops of one instruction set; ``variant`` names it, the widest without."""

    name = "cpp"

    def __init__(self, quantity: "_core.Quantity" = "power_spectrum") -> None:
        self._quantity: _core.Quantity = quantity

    def available(self) -> str | None:
        """None: it is always there."""
        return None

    def lacks(self, options: Options) -> str | None:
        """None, or that this machine does not run the instruction set."""
        found = _core.instruction_sets()
        if options.variant in ("", *found):
            return None
        return f"this machine has no {options.variant}: {', '.join(found)}"

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Keeps copies of the frames and makes tables."""
        held = [atoms.copy() for atoms in frames]
        engine = _core.Descriptor(hypers_of(options), instruction_set=options.variant)
        single = options.precision == "float32"

        def run(_: Prepared) -> list[np.ndarray]:
            rows, counts = engine.compute(held, options.numbers, self._quantity, single, options.threads or 0)
            return by_frame(rows, counts.tolist())

        return Prepared(run)


class Kokkos:
    """Whole frames on the device ``options.device``."""

    name = "kokkos"

    def available(self) -> str | None:
        """None, or that the build has no Kokkos."""
        if _core.device_support()["space"]:
            return None
        return "this build has no Kokkos: pip install . -C cmake.define.ANISOAP_WITH_KOKKOS=ON"

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Starts the device and keeps copies of the frames."""
        devices.checked(options.device)
        held = [atoms.copy() for atoms in frames]
        engine = _core.DeviceDescriptor(hypers_of(options), "power_spectrum", options.precision == "float32")

        def run(_: Prepared) -> list[np.ndarray]:
            rows, counts = engine.compute(held, options.numbers)
            return by_frame(rows, counts.tolist())

        return Prepared(run)


CPP, KOKKOS = Cpp(), Kokkos()
