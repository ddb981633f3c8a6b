# SPDX-License-Identifier: MIT
"""Isotropic SOAP of featomic and DScribe, as context: points in place of ellipsoids, so that no number can be compared."""

from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

import numpy as np
from ase import Atoms

from ...backends import Options, Prepared
from ...common.packages import why_missing

_WIDTH = 0.5  # of the Gaussians of atoms, Angstrom
_NO_ELEMENT, _CARBON = 0, 6  # particles without an element count as carbon


class Isotropic:
    """A package, and the function that makes its descriptor: frames -> rows of each."""

    is_anisoap = False

    def __init__(
        self, name: str, make: Callable[[list[Atoms], Options], Callable[[], list[np.ndarray]]]
    ) -> None:
        self.name = name
        self._make = make

    def available(self) -> str | None:
        """None, or that the package is not installed."""
        return why_missing(self.name, "", f"the backend {self.name}", f"pip install {self.name}")

    def facts(self) -> dict[str, Any]:
        """Its version, for the result."""
        return {"source": f"{self.name} {metadata.version(self.name)}: another descriptor, not checked"}

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Frames of elements, and the descriptor."""
        compute = self._make([_with_elements(atoms) for atoms in frames], options)
        return Prepared(lambda _: compute())


def _with_elements(atoms: Atoms) -> Atoms:
    """Positions and cell alone."""
    numbers = np.where(atoms.numbers == _NO_ELEMENT, _CARBON, atoms.numbers)
    return Atoms(numbers=numbers, positions=atoms.positions, cell=atoms.cell, pbc=atoms.pbc)


def _n_radial(options: Options) -> int:
    """As many radial functions as AniSOAP has at l = 0."""
    return options.l_max // 2 + 1


def _featomic(frames: list[Atoms], options: Options) -> Callable[[], list[np.ndarray]]:
    from featomic import SoapPowerSpectrum

    radial = {"type": "Gto", "max_radial": _n_radial(options) - 1}
    calculator: Any = SoapPowerSpectrum(
        cutoff={"radius": options.cutoff, "smoothing": {"type": "Step"}},
        density={"type": "Gaussian", "width": _WIDTH},
        basis={"type": "TensorProduct", "max_angular": options.l_max, "radial": radial},
    )

    def compute() -> list[np.ndarray]:
        """All rows at once, those of a type of centre together."""
        blocks = calculator.compute(frames).keys_to_samples("center_type")
        joined = blocks.keys_to_properties(["neighbor_1_type", "neighbor_2_type"])
        return [np.asarray(joined.block().values)]

    return compute


def _dscribe(frames: list[Atoms], options: Options) -> Callable[[], list[np.ndarray]]:
    from dscribe.descriptors import SOAP

    soap: Any = SOAP(
        species=sorted({z for atoms in frames for z in atoms.numbers.tolist()}),
        r_cut=options.cutoff,
        n_max=_n_radial(options),
        l_max=options.l_max,
        sigma=_WIDTH,
        periodic=bool(frames[0].pbc.any()),
    )
    return lambda: [np.asarray(soap.create(atoms)) for atoms in frames]


FEATOMIC, DSCRIBE = Isotropic("featomic", _featomic), Isotropic("dscribe", _dscribe)
