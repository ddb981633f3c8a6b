# SPDX-License-Identifier: MIT
"""Labels averaged over samples of one configuration of bodies."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from ase import Atoms
from ase.geometry import find_mic

from ..common.checks import integer
from ..common.errors import ArgumentError, ArgumentTypeError
from ..frames import bodies

_SAME = 1e-3  # length and radians: files round
_PER_PARTICLE = ("forces", "torques")
_PER_FRAME = ("energy", "stress")

Groups = int | str | Sequence[int]


def averaged(frames: Iterable[Atoms], groups: Groups) -> Iterator[Atoms]:
    """One frame for each group of consecutive frames, with the means of their labels.

    Parameters
    ----------
    frames : iterable of ase.Atoms
        Labels in ``arrays`` (forces, torques) and ``info`` (energy, stress).
    groups : int, str or sequence of int
        Number of frames in each group, key of ``info`` that tells them apart, or the group of each frame.

    Returns
    -------
    iterator of ase.Atoms
        The first frame of each group; ``forces_error`` and ``torques_error`` [n, 3] are standard errors of the means (where there
        are two samples at least), ``info["n_samples"]`` their number.

    Raises
    ------
    ArgumentError
        For frames of one group in which a body is elsewhere or turned. Turns about an axis of symmetry are none.
    """
    seen: set[object] = set()
    for group, members in groupby(_numbered(frames, groups), key=lambda entry: entry[1]):
        if group in seen:
            raise ArgumentError(
                "groups", f"group {group!r} in two places", "samples of a group next to each other"
            )
        seen.add(group)
        yield _mean(members)


def _numbered(frames: Iterable[Atoms], groups: Groups) -> Iterator[tuple[int, object, Atoms]]:
    """Frames with their places and groups."""
    if isinstance(groups, str):
        for k, atoms in enumerate(frames):
            if groups not in atoms.info:
                raise ArgumentError(
                    "groups", f"'{groups}', of which frame {k} has no entry in info", "a key of every frame"
                )
            yield k, atoms.info[groups], atoms
    elif isinstance(groups, (int, np.integer)):
        size = integer("groups", groups)
        if size < 1:
            raise ArgumentError("groups", size, "frames a group >= 1")
        k = -1
        for k, atoms in enumerate(frames):
            yield k, k // size, atoms
        if (k + 1) % size:
            raise ArgumentError("groups", f"{size} for {k + 1} frames", "a divisor of the number of frames")
    else:
        yield from _listed(frames, groups)


def _listed(frames: Iterable[Atoms], groups: Sequence[int]) -> Iterator[tuple[int, object, Atoms]]:
    try:
        ids = np.asarray(groups).tolist()
        n = len(ids)
    except TypeError:
        raise ArgumentTypeError(
            "groups", repr(groups), "an integer, a key or a group for each frame"
        ) from None
    k = -1
    for k, atoms in enumerate(frames):
        if k < n:
            yield k, ids[k], atoms
    if k + 1 != n:
        raise ArgumentError("groups", f"{n} entries for {k + 1} frames", "one for each frame")


def _mean(members: Iterable[tuple[int, object, Atoms]]) -> Atoms:
    sums: dict[str, np.ndarray] = {}
    squares: dict[str, np.ndarray] = {}
    first: Atoms | None = None
    n = 0
    for k, _, atoms in members:
        if first is None:
            first, where = atoms, k
        _require_same(first, atoms, f"frame {k}, in one group with frame {where}")
        n += 1
        for name, value in _labels(atoms).items():
            step = value - _labels(first)[name]
            sums[name] = sums.get(name, 0.0) + step
            squares[name] = squares.get(name, 0.0) + step**2
    assert first is not None  # groupby's groups are never empty
    return _filled(first, n, sums, squares)


def _labels(atoms: Atoms) -> dict[str, np.ndarray]:
    found = {name: atoms.arrays[name] for name in _PER_PARTICLE if name in atoms.arrays}
    return found | {name: np.asarray(atoms.info[name]) for name in _PER_FRAME if name in atoms.info}


def _filled(first: Atoms, n: int, sums: dict[str, np.ndarray], squares: dict[str, np.ndarray]) -> Atoms:
    """With means, and errors of the means; sums are those of differences from the first sample."""
    out = first.copy()
    for name, value in _labels(first).items():
        mean = sums[name] / n
        if name in _PER_FRAME:
            out.info[name] = value + mean
            continue
        out.arrays[name] = value + mean
        if n > 1:
            variance = np.maximum(squares[name] / n - mean**2, 0.0) / (n - 1)
            out.set_array(f"{name}_error", np.sqrt(variance))
    out.info["n_samples"] = n
    return out


def _require_same(first: Atoms, other: Atoms, where: str) -> None:
    if len(other) != len(first) or not np.array_equal(other.numbers, first.numbers):
        raise ArgumentError(where, "other bodies", "samples of one configuration")
    if _labels(other).keys() != _labels(first).keys():
        raise ArgumentError(where, "other labels", "the labels of the first sample")
    shift = other.positions - first.positions
    if first.pbc.any():
        shift = find_mic(shift, first.cell, first.pbc)[0]
    moved = np.linalg.norm(shift, axis=1) > _SAME
    turned = _turned(first, other)
    if moved.any() or turned.any():
        k = int(np.argmax(moved | turned))
        got = f"body {k} {'elsewhere' if moved[k] else 'turned'}"
        raise ArgumentError(where, got, "samples of one configuration of the bodies")


def _turned(first: Atoms, other: Atoms) -> np.ndarray:
    """Which bodies are turned, by more than a turn about an axis of symmetry."""
    sizes = bodies.diameters(first)
    equal = np.isclose(sizes, np.roll(sizes, -1, axis=1), rtol=1e-6, atol=0)  # x and y, y and z, z and x
    axes = bodies.rotations(first), bodies.rotations(other)
    angle = (axes[0].inv() * axes[1]).magnitude()
    for column, axis in ((0, 2), (1, 0), (2, 1)):
        directions = [r.as_matrix()[:, :, axis] for r in axes]
        uniaxial = equal[:, column] & (equal.sum(axis=1) == 1)
        sine = np.linalg.norm(np.cross(*directions), axis=1)
        angle = np.where(uniaxial, sine, angle)
    return (angle > _SAME) & ~equal.all(axis=1)
