# SPDX-License-Identifier: MIT
"""Derivatives of the power spectrum by positions, orientations and strain, summed from derivatives by pairs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError

WITH_RESPECT_TO = ("positions", "rotations", "strain")
_MOST_BYTES = 4 * 2**30  # of a dense result
_BLOCK_BYTES = 64 * 2**20  # derivatives of pairs that are held at once, unless one centre has more


class Jacobian(NamedTuple):
    """Derivatives of the rows p_i of one frame; None for what was not asked for.

    Attributes
    ----------
    features : numpy.ndarray
        [n, n_features] the power spectrum itself.
    positions : numpy.ndarray or None
        [n, n_features, n, 3] d p_i / d x_j, 1/length.
    rotations : numpy.ndarray or None
        [n, n_features, n, 3] d p_i / d theta_j, theta_j a rotation vector of particle j in the space frame, 1/radian.
    strain : numpy.ndarray or None
        [n, n_features, 3, 3] d p_i / d eps_ab with x_a -> x_a + eps_ab x_b for positions and cell, orientations fixed.
    """

    features: np.ndarray
    positions: np.ndarray | None
    rotations: np.ndarray | None
    strain: np.ndarray | None


class JacobianOnDevice(NamedTuple):
    """A ``Jacobian`` whose arrays lie on the device."""

    features: _core.DeviceArray
    positions: _core.DeviceArray | None
    rotations: _core.DeviceArray | None
    strain: _core.DeviceArray | None

    def numpy(self) -> Jacobian:
        """A copy on the host."""
        rest = (None if values is None else values.numpy() for values in self[1:])
        return Jacobian(self.features.numpy(), *rest)


class CentreJacobian(NamedTuple):
    """Derivatives of the row of one centre by each of its pairs.

    Attributes
    ----------
    centre : int
        Particle i.
    features : numpy.ndarray
        [n_features] its power spectrum.
    neighbors : numpy.ndarray
        [n_pairs] particle j of each pair; a particle appears once for each of its images, the centre itself with r = 0.
    r : numpy.ndarray
        [n_pairs, 3] x_j - x_i.
    positions : numpy.ndarray
        [n_pairs, n_features, 3] d p_i / d r: plus for x_j, minus for x_i.
    rotations : numpy.ndarray
        [n_pairs, n_features, 3] d p_i / d theta_j by the rotation vector of j in the space frame.
    """

    centre: int
    features: np.ndarray
    neighbors: np.ndarray
    r: np.ndarray
    positions: np.ndarray
    rotations: np.ndarray


def full_columns(core: _core.Descriptor) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric column and factor of each column of the whole power spectrum, [n_features] both."""
    symmetric = {tuple(row): k for k, row in enumerate(core.labels("symmetric").tolist())}
    columns, factors = [], []
    for l, m, n, s, n2, s2 in core.labels("power_spectrum").tolist():
        k = symmetric.get((l, m, n, s, n2, s2), symmetric.get((l, m, n2, s2, n, s)))
        columns.append(k)
        factors.append(1.0 if (n, s) == (n2, s2) else np.sqrt(0.5))
    return np.array(columns), np.array(factors)


def checked(wrt: str | Sequence[str]) -> tuple[str, ...]:
    names = (wrt,) if isinstance(wrt, str) else tuple(wrt)
    for name in names:
        if name not in WITH_RESPECT_TO:
            hint = _core.suggestion(name, list(WITH_RESPECT_TO)) if isinstance(name, str) else ""
            raise ArgumentError("wrt", repr(name), f"some of {', '.join(WITH_RESPECT_TO)}", hint)
    return names


def blocks(
    pairs_of: Callable[..., dict[str, np.ndarray]], n_features: int, runs: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """First centre and pairs_of(first=, last=, most_pairs=), as ``_core.pair_jacobian``, of one range of centres after the other,
    within runs (first, last + 1); n_features in symmetric storage."""
    most_pairs = max(1, _BLOCK_BYTES // (8 * 6 * n_features))
    for first, last in runs:
        while True:
            pairs = pairs_of(first=first, last=last, most_pairs=most_pairs)
            start, first = first, first + len(pairs["features"])
            yield start, pairs
            del pairs  # before the next block
            if first >= last:
                break


def dense_on_device(
    engine: _core.DeviceJacobian,
    frame: Atoms,
    species: Sequence[int],
    wrt: tuple[str, ...],
    centers: np.ndarray | None,
) -> JacobianOnDevice:
    """centers: indices of the rows, in this order; None is all."""
    wanted = "positions" in wrt, "rotations" in wrt, "strain" in wrt
    return JacobianOnDevice(**engine.dense(frame, species, *wanted, centers))


def by_centre(
    blocks: Iterable[tuple[int, dict[str, np.ndarray]]],
    columns: np.ndarray | None,
    factors: np.ndarray | None,
) -> Iterator[CentreJacobian]:
    """Pairs of the blocks grouped by their centres, in the columns asked for."""
    for first, pairs in blocks:
        yield from _centres(pairs, first, columns, factors)
        del pairs


def _centres(
    pairs: dict[str, np.ndarray], first: int, columns: np.ndarray | None, factors: np.ndarray | None
) -> Iterator[CentreJacobian]:
    """Those of one block; its first centre is `first`."""
    # Pairs of one centre lie together, the centres in any order; a centre may have none.
    found, starts, counts = np.unique(pairs["i"], return_index=True, return_counts=True)
    range_of = dict(
        zip(found.tolist(), zip(starts.tolist(), (starts + counts).tolist(), strict=True), strict=True)
    )
    for i, row in enumerate(pairs["features"], first):
        start, stop = range_of.get(i, (0, 0))
        jacobian = pairs["jacobian"][start:stop]
        if columns is None:
            jacobian = jacobian.copy()  # a centre that is kept does not keep its block
        else:
            row, jacobian = row[columns] * factors, jacobian[:, :, columns] * factors
        jacobian = jacobian.transpose(0, 2, 1)
        yield CentreJacobian(
            i, row, pairs["j"][start:stop], pairs["r"][start:stop], jacobian[:, :, :3], jacobian[:, :, 3:]
        )


def check_size(n_centers: int, n: int, n_features: int, wrt: tuple[str, ...]) -> None:
    """ValueError for a dense result that is too large."""
    columns = 3 * n * ("positions" in wrt) + 3 * n * ("rotations" in wrt) + 9 * ("strain" in wrt)
    n_bytes = 8 * n_centers * n_features * columns
    if n_bytes > _MOST_BYTES:
        raise ArgumentError(
            "size of the dense Jacobian",
            f"{n_bytes / 2**30:.1f} GiB ({n} particles, {n_features} features)",
            f"at most {_MOST_BYTES // 2**30} GiB; jacobian_by_centre gives it centre by centre",
        )


def dense(
    centres: Iterator[CentreJacobian], n_centers: int, n: int, n_features: int, wrt: tuple[str, ...]
) -> Jacobian:
    """Sums over the pairs of each centre, in the order in which they come."""
    features = np.zeros((n_centers, n_features))
    positions = np.zeros((n_centers, n_features, n, 3)) if "positions" in wrt else None
    rotations = np.zeros((n_centers, n_features, n, 3)) if "rotations" in wrt else None
    strain = np.zeros((n_centers, n_features, 3, 3)) if "strain" in wrt else None
    for i, c in enumerate(centres):
        features[i] = c.features
        if positions is not None:
            for j, slope in zip(c.neighbors, c.positions, strict=True):
                positions[i, :, j] += slope
            positions[i, :, c.centre] -= c.positions.sum(axis=0)
        if rotations is not None:
            for j, slope in zip(c.neighbors, c.rotations, strict=True):
                rotations[i, :, j] += slope
        if strain is not None:
            strain[i] = np.einsum("pfa,pb->fab", c.positions, c.r)
    return Jacobian(features, positions, rotations, strain)
