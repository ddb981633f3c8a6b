# SPDX-License-Identifier: MIT
"""C++ core of anisoap_md. ValueError and RuntimeError read "anisoap: <what>, got <value>; expected <allowed>"."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from ase import Atoms
from numpy.typing import NDArray

__version__: str

_Quantity = Literal["power_spectrum", "symmetric", "coefficients"]

class Hypers:
    """Validated hyperparameters of a descriptor."""

    def __init__(
        self,
        *,
        max_angular: int,
        radial_basis_name: str,
        cutoff_radius: float,
        species: Sequence[str],
        radial_gaussian_width: float = 0.0,
        max_radial: int | Sequence[int] | None = None,
        subtract_center_contribution: bool = False,
        basis_rcond: float = 0.0,
        basis_tol: float = 1e-8,
        cutoff_function: str = "none",
        cutoff_width: float = 0.0,
    ) -> None: ...
    @staticmethod
    def from_json(text: str) -> Hypers: ...
    def to_json(self) -> str: ...
    def num_radial(self) -> list[int]:
        """Radial functions per l."""
    def degree(self) -> int:
        """Highest degree of the moments."""
    def radial_norm(self, order: int) -> float:
        """Norm N_q of the radial function of order q = l + 2 n."""
    def radial_overlap(self, p: int, q: int) -> float:
        """Overlap of the normalised radial functions of orders p and q."""
    def radial_orthonormalizer(self, l: int) -> NDArray[np.float64]:
        """S^(-1/2) over n at fixed l, [n_l, n_l]."""
    @property
    def max_angular(self) -> int: ...
    @property
    def radial_basis_name(self) -> str: ...
    @property
    def cutoff_radius(self) -> float: ...
    @property
    def radial_gaussian_width(self) -> float:
        """0 when not given."""
    @property
    def max_radial(self) -> int | list[int] | None: ...
    @property
    def subtract_center_contribution(self) -> bool: ...
    @property
    def basis_rcond(self) -> float: ...
    @property
    def basis_tol(self) -> float: ...
    @property
    def cutoff_function(self) -> str: ...
    @property
    def cutoff_width(self) -> float:
        """0 when not given."""
    @property
    def species(self) -> list[str]: ...

class Descriptor:
    """Descriptor of frames; see anisoap_md.Descriptor."""

    def __init__(
        self,
        hypers: Hypers,
        orthonormalize: bool = True,
        instruction_set: str = "",
        compiled_degrees: bool = True,
    ) -> None: ...
    def compute(
        self,
        frames: Sequence[Atoms],
        atomic_numbers: Sequence[int],
        quantity: _Quantity = "power_spectrum",
        single: bool = False,
        num_threads: int = 0,
        first_frame: int = 0,
        rotation_key: str = "",
    ) -> tuple[NDArray[np.float64] | NDArray[np.float32], NDArray[np.intp]]:
        """Rows [n_centres, row_length] and the number of rows of each frame.

        atomic_numbers: of the species, in the order of the Hypers. num_threads: 0 is the OpenMP default. first_frame: number
        of the first frame in error messages. rotation_key: the only array to look at for quaternions; empty for c_q,
        quaternion, quaternions or quat. Runs without the GIL; a signal handler's exception ends it.
        """
    def labels(self, quantity: _Quantity = "power_spectrum") -> NDArray[np.int32]:
        """[row_length, 6]: l, m, n, species, n', species' as indices, -1 where unused."""
    def row_length(self, quantity: _Quantity = "power_spectrum") -> int: ...
    @property
    def hypers(self) -> Hypers: ...
    @property
    def instruction_set(self) -> str: ...
    @property
    def single_precision_safe(self) -> bool: ...

def instruction_sets() -> list[str]:
    """Instruction sets that run here, widest first."""

def default_num_threads() -> int:
    """Threads that num_threads=None means."""

def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """ ", did you mean 'x'?" for the nearest of `allowed`; "" when none is near."""
