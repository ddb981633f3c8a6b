# SPDX-License-Identifier: MIT
"""What a backend is, and which there are."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from ase import Atoms

from .. import _core
from ..common.checks import float_dtype, integer, thread_count
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
        Chemical symbols or atomic numbers, in the order of the columns.
    width : float, optional
        Width of the window of gto; None for monomial.
    basis : {'gto', 'monomial'}
    max_radial : int or sequence of int, optional
        Largest n, as in ``Descriptor``.
    device : str
        'cpu', or a device of torch for the backends that use it.
    precision : {'float64', 'float32'}
        Of torch; NumPy computes in float64 always.
    threads : int, optional
        Of torch and of the core; None is their own default.
    ranks : int
        Of LAMMPS.
    variant : str
        What a backend offers of itself, such as an instruction set of the core; empty is its default.

    Raises
    ------
    ArgumentError
        For hyperparameters that the core refuses, and for another precision.
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
    ranks: int = 1
    variant: str = ""

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "precision", float_dtype(self.precision).name)
        except ArgumentError as error:
            raise error.changed(what="precision") from None
        thread_count(self.threads)
        if integer("ranks", self.ranks) < 1:
            raise ArgumentError("ranks", self.ranks, "an integer >= 1")
        _core.Hypers(species=to_symbols(self.numbers), **self.hypers())

    @property
    def numbers(self) -> tuple[int, ...]:
        """Atomic numbers of the species."""
        return to_numbers(self.species)

    def hypers(self) -> dict[str, Any]:
        """Hyperparameters under the names of the reference, those that were given."""
        given: dict[str, Any] = {
            "max_angular": self.l_max,
            "radial_basis_name": self.basis,
            "cutoff_radius": self.cutoff,
        }
        if self.width is not None:
            given["radial_gaussian_width"] = self.width
        if self.max_radial is not None:
            whole = isinstance(self.max_radial, int)
            given["max_radial"] = self.max_radial if whole else list(self.max_radial)  # type: ignore[arg-type]
        return given


class Prepared:
    """A computation whose inputs are read. Each call does all of it, the neighbour search included.

    Attributes
    ----------
    conversion_seconds : float
        What the last call spent on turning arrays of NumPy into those of torch and back.
    own_seconds : float, optional
        What the last call took by the backend's own clock, where that of the caller counts more than the computation.
    of_core : callable, optional
        Gives what the core has for the next call's rows, where these are no power spectra; called before it.
    """

    def __init__(
        self,
        run: "Callable[[Prepared], list[np.ndarray]]",
        of_core: Callable[[], list[np.ndarray]] | None = None,
    ) -> None:
        self._run = run
        self.of_core = of_core
        self.conversion_seconds = 0.0
        self.own_seconds: float | None = None

    def __call__(self) -> list[np.ndarray]:
        """Power spectra [n, n_features] of each frame, columns as ``Descriptor.power_spectrum``; other rows of some backends."""
        self.conversion_seconds = 0.0
        return self._run(self)

    @contextmanager
    def converting(self) -> Iterator[None]:
        """Time spent inside counts as conversion."""
        start = time.perf_counter()
        yield
        self.conversion_seconds += time.perf_counter() - start


class Backend(Protocol):
    """A way to compute power spectra."""

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
    backend: Backend = import_module(f".{name}", __package__).BACKEND
    return backend
