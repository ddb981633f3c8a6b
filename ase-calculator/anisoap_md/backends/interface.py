# SPDX-License-Identifier: MIT
"""What a backend is, and which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np
from ase import Atoms

from .. import _core
from ..common.checks import float_dtype, thread_count
from ..common.errors import ArgumentError
from ..frames.species import to_numbers, to_symbols

NAMES = ("numpy_oracle", "numpy", "torch", "torch_mixed")


@dataclass(frozen=True)
class Options:
    """Hyperparameters, and how to compute.

    Attributes
    ----------
    l_max : int
        Highest degree of the spherical harmonics.
    cutoff : float
        Length unit of the positions.
    species : sequence of str or int
        Chemical symbols or atomic numbers, in the order of the columns; kept as atomic numbers.
    width : float, optional
        Width of the window of gto; None for monomial.
    basis : {'gto', 'monomial'}
    max_radial : int or sequence of int, optional
        Largest n, as in ``Descriptor``.
    device : str
        'cpu', or a device of torch for the backends that use it.
    precision : {'float64', 'float32'}
    threads : int, optional
        Of torch; None is its own default. NumPy's own threads are those of its BLAS.

    Raises
    ------
    ArgumentError
        For hyperparameters that the core refuses, and another precision.
    """

    l_max: int
    cutoff: float
    species: Sequence[str | int]
    width: float | None = None
    basis: str = "gto"
    max_radial: int | Sequence[int] | None = None
    device: str = "cpu"
    precision: str = "float64"
    threads: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "species", to_numbers(self.species))
        object.__setattr__(self, "precision", float_dtype(self.precision).name)
        thread_count(self.threads)
        self.hypers()

    def hypers(self) -> _core.Hypers:
        """The same as the core takes them."""
        return _core.Hypers(
            max_angular=self.l_max,
            radial_basis_name=self.basis,
            cutoff_radius=self.cutoff,
            species=to_symbols(self.numbers),
            radial_gaussian_width=self.width or 0.0,
            max_radial=self.max_radial if self.max_radial is None or isinstance(self.max_radial, int) else list(self.max_radial),
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """Atomic numbers of the species."""
        return to_numbers(self.species)


class Prepared(Protocol):
    """A computation whose inputs are read; each call does all of it, the neighbour search included.

    Attributes
    ----------
    conversion_seconds : float
        Of the last call, spent on turning arrays of NumPy into those of torch and back.
    """

    conversion_seconds: float

    def __call__(self) -> list[np.ndarray]:
        """Power spectra [n, n_features] of each frame, columns as ``Descriptor.power_spectrum``."""


class Backend(Protocol):
    """A way to compute power spectra; a module of this room.

    Attributes
    ----------
    name : str
    """

    name: str

    def available(self) -> str | None:
        """None, or why it cannot be used here."""

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads frames and makes tables. ArgumentError for frames and options that cannot be used."""


def get(name: str) -> Backend:
    """The backend of that name, one of ``NAMES``.

    Raises
    ------
    ArgumentError
        For another name.
    """
    if name not in NAMES:
        hint = _core.suggestion(name, list(NAMES)) if isinstance(name, str) else ""
        raise ArgumentError("backend", repr(name), f"one of {', '.join(NAMES)}", hint)
    return import_module(f".{name}", __package__).BACKEND
