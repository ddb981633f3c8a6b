# SPDX-License-Identifier: MIT
"""EllipsoidalDensityProjection: the descriptor behind the interface of the reference implementation's class of this name.

Constructor arguments, exceptions, warnings and the names inside the results are the reference's. The values
agree with it column by column. The labels of coefficients with two or more neighbour types do not: here they
name the column they stand at.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from ase import Atoms

from ... import _core
from ...common.errors import ArgumentError
from ...frames import bodies
from ...frames.batches import as_iterable
from ...frames.species import of_frames, to_symbols
from . import tensor_maps
from .orientations import with_quaternions
from .projection_call import ProjectionCall
from .radial_basis import GTORadialBasis, MonomialBasis, refuse_integer_cutoff

if TYPE_CHECKING:
    from metatensor import TensorMap


class EllipsoidalDensityProjection:
    """Density coefficients and power spectra of ellipsoids as metatensor.TensorMap.

    Frames carry rotations and ``c_diameter[1]``, ``c_diameter[2]``, ``c_diameter[3]`` (full diameters) in
    ``atoms.arrays``; the other names of diameters that ``anisoap_md`` knows do too.

    Parameters
    ----------
    max_angular : int
        Highest degree l of the spherical harmonics.
    radial_basis_name : {'gto', 'monomial'}
        The radial basis.
    cutoff_radius : float
        Cutoff of the neighbours; an int is refused.
    compute_gradients : bool
        Only False.
    subtract_center_contribution : bool
        True leaves a particle out of its own neighbours; its periodic images stay.
    radial_gaussian_width : float, optional
        Width of the gto window; an int is refused. Required by gto, refused by monomial.
    max_radial : int or list of int, optional
        Largest n, for all l or for each; None is (max_angular - l) // 2.
    rotation_key : str
        Name of the array with the rotations.
    rotation_type : {'quaternion', 'matrix'}
        [n, 4] quaternions (w, x, y, z) or [n, 3, 3] matrices, from body axes to the space frame.
    basis_rcond : float
        Eigenvalues of the radial overlap <= basis_rcond are dropped.
    basis_tol : float
        Largest error of the overlap that dropping may leave.

    Attributes
    ----------
    radial_basis : GTORadialBasis or MonomialBasis
    num_ns : list of int
        Number of radial functions of each l.

    Raises
    ------
    NotImplementedError
        For gradients and for another basis.
    ValueError
        For other wrong arguments.
    """

    def __init__(
        self,
        max_angular: int,
        radial_basis_name: str,
        cutoff_radius: float,
        compute_gradients: bool = False,
        subtract_center_contribution: bool = False,
        radial_gaussian_width: float | None = None,
        max_radial: int | list[int] | None = None,
        rotation_key: str = "quaternion",
        rotation_type: str = "quaternion",
        basis_rcond: float = 0,
        basis_tol: float = 1e-8,
    ) -> None:
        if compute_gradients:
            raise NotImplementedError("Sorry! Gradients have not yet been implemented")
        refuse_integer_cutoff(cutoff_radius)
        self.max_angular = max_angular
        self.radial_basis_name = radial_basis_name
        self.cutoff_radius = cutoff_radius
        self.compute_gradients = compute_gradients
        self.subtract_center_contribution = subtract_center_contribution
        self.rotation_key = rotation_key
        self.rotation_type = rotation_type
        self.radial_basis = _radial_basis(
            radial_basis_name,
            radial_gaussian_width,
            max_angular=max_angular,
            cutoff_radius=cutoff_radius,
            max_radial=max_radial,
            rcond=basis_rcond,
            tol=basis_tol,
        )
        self.num_ns = self.radial_basis.get_num_radial_functions()
        if rotation_type not in ("quaternion", "matrix"):
            raise ValueError(
                "We have only implemented transforming quaternions (`quaternion`) and rotation matrices (`matrix`)."
            )
        if rotation_type == "quaternion":
            warnings.warn(
                "In quaternion mode, quaternions are assumed to be in (w,x,y,z) format.",
                UserWarning,
                stacklevel=2,
            )

    def transform(
        self,
        frames: Sequence[Atoms],
        show_progress: bool = False,
        normalize: bool = True,
        rust_moments: bool = True,
    ) -> "TensorMap":
        """Density coefficients of every particle that has a neighbour (itself counts unless it is subtracted).

        Parameters
        ----------
        frames : sequence of ase.Atoms
            Or one of them. Without rotations a frame gives a warning, and its particles are not rotated.
        show_progress : bool
            Show a progress bar.
        normalize : bool
            False returns plain integrals over r^(l + 2n) Y_lm (times the gto window).
        rust_moments : bool
            Without effect; the reference chooses an implementation by it.

        Returns
        -------
        metatensor.TensorMap
            Keys (types_center, angular_channel); samples (type: index of the frame, center: index in it);
            components spherical_component_m = -l ... l; properties (n, neighbor_types), the latter fastest, for
            the types that any centre of the block has as neighbours.

        Raises
        ------
        ImportError
            Without metatensor.
        ValueError
            For a frame that cannot be read, and for a radial overlap beyond basis_tol.
        """
        tensor_maps.import_metatensor()
        call = self._call(_as_list(frames), normalize, show_progress)
        centres = call.centres()
        rows = call.rows("coefficients")
        return tensor_maps.coefficients_map(call.core, rows, centres)

    def power_spectrum(
        self,
        frames: Sequence[Atoms],
        mean_over_samples: bool = True,
        show_progress: bool = False,
        rust_moments: bool = True,
    ) -> "np.ndarray | TensorMap":
        """Rotation-invariant power spectrum.

        Parameters
        ----------
        frames : sequence of ase.Atoms
            With the arrays ``c_q`` and ``c_diameter[1]`` ... ``c_diameter[3]``; rotations are read from
            `rotation_key`.
        mean_over_samples : bool
            True averages over the centres of each type in each frame.
        show_progress, rust_moments : bool
            As in `transform`.

        Returns
        -------
        numpy.ndarray or metatensor.TensorMap
            The means, [n_frames, n_features] with the types of centres side by side; [n_features] for a single
            frame. Or, per centre, blocks with keys (order_nu, angular_channel, types_center), samples as of
            `transform`, component spherical_harmonics_m = 0, properties (n_1_a, neighbor_types_1_a, k_2, n_1_b,
            neighbor_types_1_b, l_2), where k_2 = l_2 = l.

        Raises
        ------
        ValueError
            For a frame without these arrays or with ``quaternion``, when no particle has a neighbour, and for
            means when a type has centres with neighbours in some frames only.

        Warns
        -----
        UserWarning
            When frames have no row in the means, because none of their particles has a neighbour.
        """
        frames = _as_list(frames)
        _require_arrays(frames)
        if not mean_over_samples:
            tensor_maps.import_metatensor()
        call = self._call(frames, True, show_progress)
        centres = call.centres()
        if not centres.center_types():
            raise ArgumentError(
                "frames",
                "no particle with a neighbour within cutoff_radius",
                "at least one such particle",
            )
        if mean_over_samples:
            return call.means(centres)
        return tensor_maps.power_spectrum_map(call.core, call.rows("power_spectrum"), centres)

    def _call(self, frames: list[Atoms], normalize: bool, show_progress: bool) -> ProjectionCall:
        if normalize:
            for l in range(self.max_angular + 1):
                self.radial_basis.transformation(l)
        types = of_frames(frames)
        symbols = to_symbols(types or (0,))
        hypers = self.radial_basis.core_hypers(symbols, self.subtract_center_contribution)
        core = _core.Descriptor(hypers, orthonormalize=bool(normalize))
        oriented = with_quaternions(frames, self.rotation_key, self.rotation_type)
        return ProjectionCall(core, oriented, types, self.rotation_key, show_progress)


def _radial_basis(name: str, width: float | None, **arguments: Any) -> GTORadialBasis | MonomialBasis:
    if name == "gto":
        if width is None:
            raise ValueError("Gaussian width must be provided with GTO basis")
        if type(width) is int:
            raise ValueError(
                "radial_gaussian_width is set as an integer, which could cause overflow errors. Pass in float."
            )
        return GTORadialBasis(radial_gaussian_width=width, **arguments)
    if name == "monomial":
        if width is not None:
            raise ValueError("Gaussian width can only be provided with GTO basis")
        return MonomialBasis(**arguments)
    raise NotImplementedError(f"{name} is not an implemented basis. Try 'monomial' or 'gto'")


def _as_list(frames: Sequence[Atoms]) -> list[Atoms]:
    listed = list(as_iterable(frames))
    if not listed:
        raise ArgumentError("frames", "an empty list", "at least one ase.Atoms")
    for index, atoms in enumerate(listed):
        if not hasattr(atoms, "arrays"):
            raise ArgumentError(f"frame {index}", type(atoms), "an ase.Atoms")
    return listed


def _require_arrays(frames: list[Atoms]) -> None:
    sizes = bodies.DIAMETER_COLUMNS[0]
    for index, atoms in enumerate(frames):
        has_sizes = bodies.has_diameters(atoms)
        for name in (*sizes, "c_q", "positions", "numbers"):
            if name not in atoms.arrays and not (has_sizes and name in sizes):
                raise ValueError(f"frame at index {index} is missing a required attribute '{name}'")
            if "quaternion" in atoms.arrays:
                raise ValueError("frame should contain c_q rather than quaternion")
