# SPDX-License-Identifier: MIT
"""Radial bases with the interface of the reference implementation's classes of the same names.

Functions of order q = l + 2n: r^q exp(-r^2 / (2 sigma^2)) (gto) or r^q up to the cutoff (monomial), normalised
and, for each l, made orthonormal over n by Loewdin's symmetric transformation. Norms, overlaps and that
transformation come from the core.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _core
from ...common.checks import integer
from ...common.errors import ArgumentError
from ...common.packages import require_package

if TYPE_CHECKING:
    from metatensor import TensorMap


class _RadialBasis:
    """What both bases share.

    Attributes
    ----------
    num_radial_functions : list of int
        Number of radial functions n_l of each l.
    overlap_matrix : numpy.ndarray
        [n_q, n_q] overlaps of the normalised functions of orders q = 0 ... n_q - 1, n_q = max over l of (l + 2 n_l).
    """

    def __init__(
        self,
        radial_basis: str,
        max_angular: int,
        cutoff_radius: float,
        max_radial: int | list[int] | None,
        rcond: float,
        tol: float,
        radial_gaussian_width: float = 0.0,
    ) -> None:
        refuse_integer_cutoff(cutoff_radius)
        self.radial_basis = radial_basis
        self.max_angular = max_angular
        self.cutoff_radius = cutoff_radius
        self.rcond = rcond
        self.tol = tol
        self.num_radial_functions = _count_functions(max_angular, max_radial)
        self._width = float(radial_gaussian_width)
        self._hypers = self.core_hypers(["X"], subtract_center_contribution=False)
        self.overlap_matrix = self.calc_overlap_matrix()

    def core_hypers(self, species: Sequence[str], subtract_center_contribution: bool) -> _core.Hypers:
        """The core's hyperparameters for this basis and species labels in column order."""
        return _core.Hypers(
            max_angular=self.max_angular,
            radial_basis_name=self.radial_basis,
            cutoff_radius=float(self.cutoff_radius),
            species=list(species),
            radial_gaussian_width=self._width,
            max_radial=[n - 1 for n in self.num_radial_functions],
            subtract_center_contribution=bool(subtract_center_contribution),
            basis_rcond=float(self.rcond),
            basis_tol=float(self.tol),
        )

    def get_num_radial_functions(self) -> list[int]:
        """Number of radial functions of each l, 0 to max_angular."""
        return self.num_radial_functions

    def calc_overlap_matrix(self) -> np.ndarray:
        """[n_q, n_q] overlaps of the normalised functions; see `overlap_matrix`."""
        orders = range(max(l + 2 * n for l, n in enumerate(self.num_radial_functions)))
        return np.array([[self._hypers.radial_overlap(p, q) for q in orders] for p in orders])

    def transformation(self, l: int) -> np.ndarray:
        """[n_l, n_l] matrix from plain functions r^(l + 2n) (times the window), in columns, to orthonormal ones.

        Raises
        ------
        ValueError
            When the overlap at l is degenerate beyond `tol`.
        """
        try:
            orthonormalizer = self._hypers.radial_orthonormalizer(l)
        except ArgumentError as error:
            raise error.changed(what=f"Incurred Numerical Imprecision: {error.what}") from None
        norms = [self._hypers.radial_norm(l + 2 * n) for n in range(self.num_radial_functions[l])]
        return np.array(norms)[:, None] * orthonormalizer

    def orthonormalize_basis(self, features: "TensorMap") -> "TensorMap":
        """Orthonormalise plain coefficients (``transform(..., normalize=False)``) over n, in place.

        Parameters
        ----------
        features : metatensor.TensorMap
            Key ``angular_channel``, properties ``n`` and ``neighbor_types``; each neighbour type with every n of
            that l. Its values change.

        Returns
        -------
        metatensor.TensorMap
            `features`.
        """
        for key, block in features.items():
            l = int(key["angular_channel"])
            transformation = self.transformation(l)
            n = np.asarray(block.properties["n"])
            neighbor_types = np.asarray(block.properties["neighbor_types"])
            for neighbor_type in np.unique(neighbor_types):
                columns = np.flatnonzero(neighbor_types == neighbor_type)
                columns = columns[np.argsort(n[columns])]
                if not np.array_equal(n[columns], np.arange(len(transformation))):
                    raise ArgumentError(
                        f"property n at angular_channel {l}, neighbor_types {neighbor_type}",
                        n[columns].tolist(),
                        f"each of 0 to {len(transformation) - 1} once",
                    )
                block.values[:, :, columns] = block.values[:, :, columns] @ transformation
        return features

    def get_basis(self, rs: np.ndarray) -> np.ndarray:
        """Orthonormal radial functions on a mesh.

        Parameters
        ----------
        rs : numpy.ndarray
            [n_r] distances.

        Returns
        -------
        numpy.ndarray
            [n_r, sum of n_l], l slowest, for l = 0 ... max_angular - 1: as in the reference, without l = max_angular.
        """
        rs = np.asarray(rs, dtype=float)
        values = [np.empty((len(rs), 0))]
        for l in range(self.max_angular):
            orders = l + 2 * np.arange(self.num_radial_functions[l])
            values.append(self._window(rs)[:, None] * rs[:, None] ** orders @ self.transformation(l))
        return np.hstack(values)

    def plot_basis(self, n_r: int = 100) -> None:
        """Draws ``get_basis`` at `n_r` distances up to the cutoff into the current axes of matplotlib.

        Raises
        ------
        RuntimeError
            Without matplotlib.
        """
        require_package("matplotlib", "train", "plot_basis")
        from matplotlib import pyplot

        if integer("n_r", n_r) < 2:
            raise ArgumentError("n_r", n_r, "an integer >= 2")
        rs = np.linspace(0, self.cutoff_radius, n_r)
        pyplot.plot(rs, self.get_basis(rs))

    def _window(self, rs: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class GTORadialBasis(_RadialBasis):
    """Gaussian-type orbitals r^(l + 2n) exp(-r^2 / (2 sigma^2)), orthonormal over 0 to infinity.

    Parameters
    ----------
    max_angular : int
        Highest l.
    cutoff_radius : float
        Cutoff of the neighbours; an int is refused.
    radial_gaussian_width : float
        Width sigma of the window.
    max_radial : int or list of int, optional
        Largest n, for all l or for each; None is (max_angular - l) // 2.
    rcond : float
        Eigenvalues of the overlap <= rcond are dropped.
    tol : float
        Largest error of the overlap that dropping may leave.
    """

    def __init__(
        self,
        max_angular: int,
        cutoff_radius: float,
        *,
        radial_gaussian_width: float,
        max_radial: int | list[int] | None = None,
        rcond: float = 1e-8,
        tol: float = 1e-3,
    ) -> None:
        self.radial_gaussian_width = radial_gaussian_width
        super().__init__("gto", max_angular, cutoff_radius, max_radial, rcond, tol, radial_gaussian_width)

    def _window(self, rs: np.ndarray) -> np.ndarray:
        return np.exp(-(rs**2) / (2 * self._width**2))

    def compute_gaussian_parameters(
        self, r_ij: np.ndarray, lengths: np.ndarray, rotation_matrix: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Gaussian that is the density of a neighbour times the window, up to the prefactor of the density.

        It is exp(-constant / 2) exp(-(x - center)^T precision (x - center) / 2).

        Parameters
        ----------
        r_ij : numpy.ndarray
            [3] from the centre to the neighbour.
        lengths : numpy.ndarray
            [3] semi-axes.
        rotation_matrix : numpy.ndarray
            [3, 3] from body axes to the space frame.

        Returns
        -------
        precision, center, constant : numpy.ndarray [3, 3], numpy.ndarray [3], float
        """
        density = _density_precision(lengths, rotation_matrix)
        precision = density + np.eye(3) / self._width**2
        center = np.linalg.solve(precision, density @ r_ij)
        return precision, center, np.dot(center, r_ij) / self._width**2


class MonomialBasis(_RadialBasis):
    """Monomials r^(l + 2n), orthonormal over 0 to the cutoff; parameters as of GTORadialBasis, no width."""

    def __init__(
        self,
        max_angular: int,
        cutoff_radius: float,
        max_radial: int | list[int] | None = None,
        rcond: float = 1e-8,
        tol: float = 1e-3,
    ) -> None:
        super().__init__("monomial", max_angular, cutoff_radius, max_radial, rcond, tol)

    def _window(self, rs: np.ndarray) -> np.ndarray:
        return np.ones_like(rs)

    def compute_gaussian_parameters(
        self, r_ij: np.ndarray, lengths: np.ndarray, rotation_matrix: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """As of GTORadialBasis, without a window: the density of the neighbour itself, constant 0."""
        return _density_precision(lengths, rotation_matrix), np.asarray(r_ij), 0.0


def refuse_integer_cutoff(cutoff_radius: object) -> None:
    """ValueError for an int, with the reference's text."""
    if type(cutoff_radius) is int:
        raise ValueError("r_cut is set as an integer, which could cause overflow errors. Pass in float")


def _density_precision(lengths: np.ndarray, rotation_matrix: np.ndarray) -> np.ndarray:
    rotation_matrix = np.asarray(rotation_matrix)
    return (rotation_matrix / np.asarray(lengths) ** 2) @ rotation_matrix.T


def _count_functions(max_angular: int, max_radial: Any) -> list[int]:
    """Radial functions of each l; a list may be longer than max_angular + 1, as in the reference."""
    degrees = range(max_angular + 1)
    if max_radial is None:
        return [(max_angular - l) // 2 + 1 for l in degrees]
    if isinstance(max_radial, int):
        return [max_radial + 1 for _ in degrees]
    if not isinstance(max_radial, list) or not all(isinstance(n, int) for n in max_radial[: max_angular + 1]):
        raise ValueError("`max_radial` must be None, int, or list of int")
    if len(max_radial) <= max_angular:
        raise ValueError(
            "If you specify a list of number of radial components, this list must be of length "
            f"{max_angular + 1}. Received {len(max_radial)}."
        )
    return [n + 1 for n in max_radial[: max_angular + 1]]
