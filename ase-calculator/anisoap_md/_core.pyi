# SPDX-License-Identifier: MIT
"""C++ core of anisoap_md. Values that cannot be used raise anisoap_md.ArgumentError, files and threads RuntimeError."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from ase import Atoms
from numpy.typing import ArrayLike, NDArray

__version__: str

# What values of hyperparameters and models may be at most.
MAX_ANGULAR: int
EXPECTED_OF_MODEL: str
MOST_POWERS: int
"""Of a pair energy."""
MOST_DEGREE: int
"""Of the monomials of a pair energy, and of its powers."""
MOST_RANK: int
"""Of the tensors of a body."""

# For annotations alone: the module has no such names.
Quantity = Literal["power_spectrum", "symmetric", "coefficients"]
Symmetry = Literal["sphere", "uniaxial", "biaxial"]

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
        frames: Sequence[Atoms] | ArrayFrames,
        atomic_numbers: Sequence[int],
        quantity: Quantity = "power_spectrum",
        single: bool = False,
        num_threads: int = 0,
        first_frame: int = 0,
        rotation_key: str = "",
        centres: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.float64] | NDArray[np.float32], NDArray[np.intp]]:
        """Rows [n_centres, row_length] and the number of particles of each frame.

        atomic_numbers: of the species, in the order of the Hypers. num_threads: 0 is the OpenMP default. first_frame: number
        of the first frame in error messages. rotation_key: the only array to look at for quaternions; empty for c_q,
        quaternion, quaternions or quat. centres: particles, counted through all frames, whose rows are wanted, in this
        order; None for all. Runs without the GIL; a signal handler's exception ends it.
        """
    def power_spectra(
        self, coefficients: NDArray[np.float64], quantity: Quantity = "power_spectrum"
    ) -> NDArray[np.float64]:
        """Power spectra [n, row_length] of rows of coefficients [n, n_coefficients]."""
    def labels(self, quantity: Quantity = "power_spectrum") -> NDArray[np.int32]:
        """[row_length, 6]: l, m, n, species, n', species' as indices, -1 where unused."""
    def row_length(self, quantity: Quantity = "power_spectrum") -> int: ...
    @property
    def hypers(self) -> Hypers: ...
    @property
    def instruction_set(self) -> str: ...
    @property
    def single_precision_safe(self) -> bool: ...

class Network:
    """Fully connected network with one output; silu between layers."""

    def __init__(self, widths: Sequence[int], parameters: ArrayLike) -> None:
        """widths: inputs, hidden layers, 1. parameters: for each layer W [out * in] row major, then b [out]."""
    @property
    def widths(self) -> list[int]: ...
    parameters: NDArray[np.float64]

class LocalEnergy:
    """Many-body energy of the particles of one species. Values are copied in and out: assign whole arrays and lists."""

    def __init__(self) -> None: ...
    kind: Literal["none", "linear", "kernel", "networks"]
    offset: float
    exponent: int
    networks: list[Network]
    prior_variance: float
    shift: NDArray[np.float64]
    """[n_features]"""
    scale: NDArray[np.float64]
    """[n_features]"""
    weights: NDArray[np.float64]
    """linear [n_features], kernel [n_points]"""
    points: NDArray[np.float64]
    """[n_points, n_features] unit rows"""
    variance_rows: NDArray[np.float64]
    """[n_rows, n_features] or [n_rows, n_points]; empty when not known"""
    pair_variance_rows: NDArray[np.float64]
    """[n_rows * n_species_terms]; empty when not known"""
    grade_rows: NDArray[np.float64]
    """linear [n_rows, n_features]; empty when not known"""
    pair_grade_rows: NDArray[np.float64]
    """[n_rows * n_species_terms], as many rows; empty when not known"""

class TwoBodySpecies:
    """Symmetry of a species' body."""

    def __init__(self, symmetry: Symmetry = "uniaxial", axis: int = 2, group: str = "") -> None: ...
    @property
    def symmetry(self) -> str: ...
    @property
    def axis(self) -> int: ...
    @property
    def group(self) -> str:
        """Point group, which pairs with an expansion need; else empty."""

class PointGroup:
    """Point group of a body, its main axis z, by its Schoenflies symbol ('D6h', 'Cinfv', 'Kh', ...)."""

    def __init__(self, name: str) -> None:
        """ArgumentError for a name that is none."""
    @property
    def name(self) -> str: ...
    @property
    def fold(self) -> int:
        """Of the main axis; 0 for any turn about it."""
    @property
    def is_chiral(self) -> bool: ...
    @property
    def equal_diameters(self) -> int:
        """How many of the diameters x, y, z of an ellipsoid of this symmetry are equal: 1, 2 (x and y) or 3."""
    def tensors(self, rank: int) -> list[list[complex]]:
        """Invariant tensors of one rank: t_k [2 rank + 1], k = -rank..rank, of sum_k t_k Y_k."""

class PairPolynomial:
    """Polynomial pair energy in the inverse distance and orientations."""

    def __init__(self, powers: Sequence[int], degree: int, weights: NDArray[np.float64] = ...) -> None: ...
    @property
    def powers(self) -> list[int]: ...
    @property
    def degree(self) -> int: ...
    weights: NDArray[np.float64]
    """[n_monomials * n_powers]"""

class SymmetricExpansion:
    """Pair energy of bodies of any point group, linear in its weights."""

    def __init__(
        self,
        gap_powers: Sequence[int],
        distance_powers: Sequence[int],
        terms: NDArray[np.int32],
        weights: NDArray[np.float64] = ...,
    ) -> None:
        """terms: [n, 6] number of the power, rank and number of the tensor of the first species, of the second, m (below zero:
        the sine of -m)."""
    @property
    def gap_powers(self) -> list[int]: ...
    @property
    def distance_powers(self) -> list[int]: ...
    @property
    def terms(self) -> NDArray[np.int32]: ...
    weights: NDArray[np.float64]
    """[n]"""

class TwoBodyPair:
    """Pair energy of two species: networks, a polynomial, or an expansion."""

    def __init__(self) -> None: ...
    species: tuple[int, int]
    """Indices of species, the first not above the second."""
    length: float
    networks: list[Network]
    shift: NDArray[np.float64]
    """[n_inputs]"""
    scale: NDArray[np.float64]
    """[n_inputs]"""
    polynomial: PairPolynomial | None
    symmetric: SymmetricExpansion | None

class TwoBody:
    """Two-body term of a model."""

    def __init__(self) -> None: ...
    cutoff: float
    width: float
    species: list[TwoBodySpecies]
    pairs: list[TwoBodyPair]
    def n_terms(self, pair: int) -> int:
        """Weights of the polynomial of pair number `pair`; 0 for others."""
    def n_inputs(self, pair: int) -> int:
        """Inputs of the networks of pair number `pair`."""

class Model:
    """A potential as plain data; see anisoap_md.Model. Lists are copied in and out: assign them as a whole."""

    def __init__(self) -> None: ...
    hypers: Hypers
    density_scale: float
    allow_discontinuity: bool
    joint_committees: bool
    """Member k of the two-body networks and member k of the many-body ones were trained together."""
    units: str
    """'metal', 'real' or 'lj'."""
    local: list[LocalEnergy]
    """One for each species."""
    two_body: TwoBody
    training: str
    """JSON text of an object."""
    def validate(self) -> None: ...
    def to_json(self) -> str: ...
    @staticmethod
    def from_json(text: str) -> Model: ...
    def checksum(self) -> str: ...
    def converted(self, units: str) -> Model: ...
    @property
    def has_many_body(self) -> bool: ...
    @property
    def has_uncertainty(self) -> bool: ...
    @property
    def has_grade(self) -> bool: ...
    @property
    def cutoff(self) -> float: ...
    @property
    def n_features(self) -> int: ...

class Potential:
    """Energies, forces and torques of a model; see anisoap_md.Model."""

    def __init__(self, model: Model, instruction_set: str = "", compiled_degrees: bool = True) -> None: ...
    def compute(
        self,
        frames: Sequence[Atoms] | ArrayFrames,
        atomic_numbers: Sequence[int],
        num_threads: int = 0,
        first_frame: int = 0,
        uncertainties: bool = False,
        virials: bool = False,
        grades: bool = False,
    ) -> dict[str, Any]:
        """energy [n_frames], energies [n], forces [n, 3], torques [n, 3] (space frame), virial [n_frames, 3, 3],
        uncertainties [n] or None, grades [n] or None, virials [n, 3, 3] or None, counts [n_frames].

        W_ab = -sum over pairs r_a (dphi/dr)_b. atomic_numbers, num_threads, first_frame as in Descriptor.compute.
        """
    @property
    def model(self) -> Model: ...
    @property
    def cutoff(self) -> float: ...

class ArrayFrames:
    """Checked arrays of frames side by side; see anisoap_md.FrameArrays."""

    def __init__(
        self,
        positions: Any,
        quaternions: Any,
        diameters: Any,
        numbers: NDArray[np.int64],
        counts: NDArray[np.int64],
        cells: NDArray[np.float64],
        periodic: NDArray[np.bool_],
        on_device: bool,
    ) -> None: ...

class DeviceArray:
    """Rows of float64 on the device; CuPy, torch and JAX take them with from_dlpack."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[np.float64]: ...
    def __len__(self) -> int: ...
    def numpy(self) -> NDArray[np.float64]:
        """A copy on the host."""
    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]: ...
    def __dlpack__(
        self,
        stream: Any = None,
        *,
        max_version: Any = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """The array is complete: no stream has to wait for it. dl_device: its own, or (1, 0) for a copy on the host."""
    def __dlpack_device__(self) -> tuple[int, int]: ...

class DeviceDescriptor:
    """A descriptor on the device that was started."""

    def __init__(
        self, hypers: Hypers, quantity: Quantity = "power_spectrum", single: bool = False
    ) -> None: ...
    def compute(
        self,
        frames: Sequence[Atoms] | ArrayFrames,
        atomic_numbers: Sequence[int],
        first_frame: int = 0,
    ) -> tuple[NDArray[np.float64] | NDArray[np.float32], NDArray[np.intp]]:
        """As Descriptor.compute."""
    def on_device(
        self, frames: Sequence[Atoms] | ArrayFrames, atomic_numbers: Sequence[int]
    ) -> DeviceArray: ...

class DeviceJacobian:
    """Derivatives of power spectra on the device that was started, in float64."""

    def __init__(
        self, hypers: Hypers, quantity: Quantity = "symmetric", density_scale: float = 1.0
    ) -> None: ...
    def dense(
        self,
        frame: Atoms,
        atomic_numbers: Sequence[int],
        positions: bool,
        rotations: bool,
        strain: bool,
        centres: Sequence[int] | NDArray[np.int64] | None = None,
    ) -> dict[str, Any]:
        """Rows of `centres`, in their order (None: all): features, positions, rotations, strain of JacobianOnDevice."""
    def pairs(
        self,
        frame: Atoms,
        atomic_numbers: Sequence[int],
        number: int = 0,
        first: int = 0,
        last: int | None = None,
        most_pairs: int | None = None,
    ) -> dict[str, NDArray[Any]]:
        """As pair_jacobian, in columns of the quantity."""
    def sums(
        self, frames: Sequence[Atoms], atomic_numbers: Sequence[int], first_frame: int = 0
    ) -> dict[str, NDArray[np.float64]]:
        """Of all frames: features [n, n_features]; summed over the centres of each species, motion [n, n_species, 6, n_features]
        by x_j (3) and turning j (3), virial [n_frames, n_species, 9, n_features] = sum of r_a dp/dr_b."""

class DevicePotential:
    """A model on the device that was started."""

    def __init__(self, model: Model) -> None: ...
    def compute(
        self,
        frames: Sequence[Atoms] | ArrayFrames,
        atomic_numbers: Sequence[int],
        first_frame: int = 0,
        uncertainties: bool = False,
        virials: bool = False,
        grades: bool = False,
    ) -> dict[str, Any]:
        """As Potential.compute."""

def to_device(values: NDArray[np.float64]) -> DeviceArray:
    """A copy [n_rows, n_columns] on the device that was started."""

def device_support() -> dict[str, Any]:
    """space ('cuda', ..., empty: the build has none), kokkos (version), architecture, driver (text, empty: none), is_host (bool:
    the device is the processor), unrolled_degree (int: highest degree of moments with kernels of its own, -1: none)."""

def device_slowness(hypers: Hypers) -> str:
    """What to tell users whose basis has a higher degree than the build has kernels for; empty: nothing."""

def devices() -> list[dict[str, Any]]:
    """name, model, capability and memory (bytes, 0 where unknown) of what the build can use."""

def start_device(name: str) -> None:
    """Makes it the device of this process. ArgumentError "device", RuntimeError where it does not start."""

def power_spectrum_gradient(
    descriptor: Descriptor,
    frames: Sequence[Atoms] | ArrayFrames,
    atomic_numbers: Sequence[int],
    weights: NDArray[np.float64],
    num_threads: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient of sum(weights * power spectrum) by positions and by rotation vectors in the space frame, [n, 3] both.

    weights: [n, n_features] of all particles, symmetric storage.
    """

def power_spectrum_change(
    descriptor: Descriptor,
    frames: Sequence[Atoms] | ArrayFrames,
    atomic_numbers: Sequence[int],
    positions: NDArray[np.float64],
    turns: NDArray[np.float64],
    num_threads: int = 0,
) -> NDArray[np.float64]:
    """Change of the power spectrum [n, n_features] (symmetric storage) as particles move by `positions` [n, 3] and turn by the
    rotation vectors `turns` [n, 3] in the space frame.
    """

def pair_jacobian(
    hypers: Hypers,
    frame: Atoms,
    atomic_numbers: Sequence[int],
    density_scale: float = 1.0,
    num_threads: int = 0,
    number: int = 0,
    first: int = 0,
    last: int | None = None,
    most_pairs: int | None = None,
) -> dict[str, NDArray[Any]]:
    """For the centres first..last-1 (None: to the end): features [centres, n_features] (symmetric storage), and for each
    pair, grouped by i: i, j [P], r [P, 3] = x_j - x_i, jacobian [P, 6, n_features] = d p_i / d r (3) and
    d p_i / d (rotation vector of j, space frame) (3).

    The self pair i = j, r = 0 is one of them. number: of the frame in error messages. most_pairs: ends the range before the
    centre that goes beyond, but not before its first centre; the rows of features tell how many there are. Every centre has
    the same values in any range.
    """

def two_body_inputs(
    two_body: TwoBody, frame: Atoms, atomic_numbers: Sequence[int], num_threads: int = 0, number: int = 0
) -> list[dict[str, NDArray[Any]]]:
    """For each pair of species of `two_body`: i, j [P], weight [P] (0.5 for a particle with its own image), r [P, 3],
    taper [P], taper_gradient [P, 3] (d/dr), inputs [P, n_inputs] (before shift and scale), jacobian [P, 9, n_inputs] =
    d/dr (3), d/d rotation of i (3), d/d rotation of j (3). Each pair once. Inputs of an expansion: five of the distance, then its
    functions, by rank and number of either tensor, |m|, cosine before sine.
    """

def closest_gaps(
    two_body: TwoBody, frame: Atoms, atomic_numbers: Sequence[int], num_threads: int = 0, number: int = 0
) -> NDArray[np.float64]:
    """[pairs of species] smallest distance less the contact distance within the cutoff of `two_body`; inf where none is near."""

def pair_term_rows(
    two_body: TwoBody,
    frame: Atoms,
    atomic_numbers: Sequence[int],
    num_threads: int = 0,
    number: int = 0,
    derivatives: bool = True,
) -> list[dict[str, NDArray[np.float64]]]:
    """For each pair of species of `two_body`, what each weight of its polynomial or expansion adds: energies [n, n_terms] (local
    ones), forces and torques [n, 3, n_terms], virial [3, 3, n_terms]; without derivatives, energies alone. n_terms is 0 for
    networks.
    """

def instruction_sets() -> list[str]:
    """Instruction sets that run here, widest first."""

def default_num_threads() -> int:
    """Threads that num_threads=None means."""

def suggestion(word: str, allowed: Sequence[str]) -> str:
    """ "did you mean 'x'?" for the nearest of `allowed`; "" when none is near. The hint of an ArgumentError."""

def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """The same behind a comma, for running text."""
