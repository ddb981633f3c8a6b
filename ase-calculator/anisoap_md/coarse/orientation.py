# SPDX-License-Identifier: MIT
"""How bodies are turned: rotations onto a reference, and the reference's own axes.

Rotations are the best ones in the sense of least squares weighted by mass, without reflection: W. Kabsch, Acta Cryst. A34, 827
(1978), https://doi.org/10.1107/S0567739478001680. The residual is then free of angular momentum to first order (C. Eckart, 1935).
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from ..common.errors import ArgumentError

ALIKE = 0.05  # relative difference of principal moments below which their axes count as equal
_FLAT = 1e-6  # of the largest second moment: what counts as none


@dataclass(frozen=True)
class Reference:
    """A body at rest, in its own axes.

    The axis z is that of the principal moment of inertia that differs most from the middle one (the axis of a rod, the normal of
    a plate); x has a smaller moment than y. Where two moments agree within 5 %, x points to the first atom off the other axis;
    where all three do, axes are those of the coordinates that were given.

    Attributes
    ----------
    positions : numpy.ndarray
        [n, 3] from the centre of mass.
    masses : numpy.ndarray
        [n]
    moments : numpy.ndarray
        [3] principal moments of inertia, equal ones averaged.
    equal : tuple of int
        Axes whose moments are equal: (), (0, 1) or (0, 1, 2).
    """

    positions: np.ndarray
    masses: np.ndarray
    moments: np.ndarray
    equal: tuple[int, ...]

    @classmethod
    def of(cls, positions: np.ndarray, masses: np.ndarray) -> "Reference":
        centred = positions - masses @ positions / masses.sum()
        axes = _axes(centred, masses)
        own = centred @ axes
        moments = np.diag(inertia(own, masses)).copy()
        equal = _equal(moments)
        if equal:
            moments[list(equal)] = moments[list(equal)].mean()
        return cls(own, masses, moments, equal)

    @property
    def mass(self) -> float:
        return float(self.masses.sum())

    @property
    def radius(self) -> float:
        """Radius of gyration, weighted by mass."""
        return float(np.sqrt(self.masses @ (self.positions**2).sum(axis=1) / self.mass))

    @property
    def rank(self) -> int:
        """0 for a point, 1 for a line, whose turn about itself is not defined, else 3."""
        second = np.linalg.eigvalsh(np.einsum("a,ai,aj->ij", self.masses, self.positions, self.positions))
        extent = np.count_nonzero(second > _FLAT * max(second[-1], 0.0))
        return min(int(extent), 2) if extent < 2 else 3


@dataclass(frozen=True)
class Turns:
    """Rotations of bodies, and how far the bodies are from the reference.

    Attributes
    ----------
    rotations : Rotation
        [n] body axes to space.
    deviations : numpy.ndarray
        [n] root mean square distance of atoms from the turned reference, weighted by mass.
    mirrored : numpy.ndarray
        [n] the same for the mirror image of the reference.
    """

    rotations: Rotation
    deviations: np.ndarray
    mirrored: np.ndarray


def turned(centred: np.ndarray, reference: Reference) -> Turns:
    """Best rotations of the reference onto bodies [n, n_atoms, 3] about their centres of mass."""
    products = np.einsum("a,kai,aj->kij", reference.masses, centred, reference.positions)
    left, values, right = np.linalg.svd(products)
    sign = np.sign(np.linalg.det(left) * np.linalg.det(right))
    rank = reference.rank
    if rank == 3:
        left[:, :, 2] *= sign[:, None]
        rotations = Rotation.from_matrix(left @ right)
    elif rank == 1:
        rotations = _onto(np.einsum("kij,j->ki", products, [0.0, 0.0, 1.0]))
    else:
        rotations = Rotation.from_matrix(np.tile(np.eye(3), (len(centred), 1, 1)))
    residual = centred - placed(rotations, reference.positions)
    deviations = np.sqrt(np.einsum("a,kai,kai->k", reference.masses, residual, residual) / reference.mass)
    spread = (
        np.einsum("a,kai,kai->k", reference.masses, centred, centred) / reference.mass + reference.radius**2
    )
    best = values[:, 0] + values[:, 1] - sign * values[:, 2]
    return Turns(rotations, deviations, np.sqrt(np.maximum(spread - 2 * best / reference.mass, 0.0)))


def placed(rotations: Rotation, positions: np.ndarray) -> np.ndarray:
    """[n, n_atoms, 3] positions [n_atoms, 3] of body axes in the space frame."""
    return np.einsum("kij,aj->kai", rotations.as_matrix(), positions)


def _onto(directions: np.ndarray) -> Rotation:
    """Shortest turns of z onto directions [n, 3]; about x where they are opposite."""
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    xyzw = np.stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit)), 1 + unit[:, 2]], axis=1)
    xyzw[np.linalg.norm(xyzw, axis=1) < 1e-12] = [1.0, 0.0, 0.0, 0.0]
    return Rotation.from_quat(xyzw)


def principal(centred: np.ndarray, reference: Reference, near: Rotation) -> Rotation:
    """Principal axes of bodies [n, n_atoms, 3], ordered and directed as those of the rotations `near`.

    Raises
    ------
    ArgumentError
        For a reference that has equal moments of inertia, whose axes are not defined.
    """
    if reference.equal or reference.rank < 3:
        got = f"'principal' for moments of inertia {np.array2string(reference.moments, precision=4)}, of which some agree"
        raise ArgumentError("orientation", got, "'reference'")
    tensors = inertia(centred, reference.masses)
    axes = np.linalg.eigh(tensors)[1][:, :, np.argsort(np.argsort(reference.moments))]
    axes *= np.sign(np.einsum("kij,kij->kj", axes, near.as_matrix()))[:, None]
    axes[:, :, 2] *= np.sign(np.linalg.det(axes))[:, None]
    return Rotation.from_matrix(axes)


def inertia(centred: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Tensors [..., 3, 3] of atoms [..., n_atoms, 3]."""
    second = np.einsum("a,...ai,...aj->...ij", masses, centred, centred)
    return np.trace(second, axis1=-2, axis2=-1)[..., None, None] * np.eye(3) - second


def _axes(centred: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Columns: x, y, z."""
    tensor = inertia(centred, masses)
    moments, axes = np.linalg.eigh(tensor)  # ascending
    if not moments[2] > 0 or moments[2] - moments[0] <= ALIKE * moments[2]:
        return np.eye(3)
    if moments[1] - moments[0] > moments[2] - moments[1]:  # a rod
        moments, axes = moments[[1, 2, 0]], axes[:, [1, 2, 0]]
    z = _directed(axes[:, 2])
    x = _directed(axes[:, 0])
    if moments[1] - moments[0] <= ALIKE * moments[1]:
        x = _towards(centred, z, x)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _directed(axis: np.ndarray) -> np.ndarray:
    """With its largest component positive, so that axes of given coordinates stay what they are."""
    return axis * np.sign(axis[np.argmax(np.abs(axis))])


def _towards(centred: np.ndarray, z: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Unit vector at right angles to z, in the plane of z and the first atom off it."""
    flat = centred - np.outer(centred @ z, z)
    lengths = np.linalg.norm(flat, axis=1)
    off = lengths > 1e-3 * max(float(np.linalg.norm(centred, axis=1).max()), np.finfo(float).tiny)
    return flat[np.argmax(off)] / lengths[np.argmax(off)] if off.any() else otherwise


def _equal(moments: np.ndarray) -> tuple[int, ...]:
    if np.ptp(moments) <= ALIKE * moments.max():
        return (0, 1, 2)
    return (0, 1) if abs(moments[0] - moments[1]) <= ALIKE * max(moments[0], moments[1]) else ()
