# SPDX-License-Identifier: MIT
"""Where the reference of a body comes from: the first body, a mean over frames, or the caller."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError
from ..io.lammps_dump import iread
from .bodies import BodyKind
from .mapping import Partition
from .molecules.sums import AtomsOfBodies
from .orientation import Reference, placed, turned

WORDS = ("first", "average")
_OTHER = (
    0.5  # radii of gyration: deviation of the nearest body beyond which a given reference is another molecule
)
_FRAMES = 100  # of a mean, at most


def references_of(
    bodies: Sequence[BodyKind], found: Sequence[AtomsOfBodies], reference: Any
) -> list[Reference]:
    """References of the kinds of bodies, from the first bodies of a frame where the caller gives none.

    Parameters
    ----------
    bodies : sequence of BodyKind
    found : sequence of AtomsOfBodies
        Of the first frame.
    reference : {'first', 'average'}, ase.Atoms, array_like, path, or mapping of a body's name or symbol to one of them

    Raises
    ------
    ArgumentError
        For a reference that does not match: another number of atoms, other elements, or another molecule.
    """
    if isinstance(reference, str) and reference not in WORDS and not os.path.exists(reference):
        hint = _core.suggestion(reference, list(WORDS))
        raise ArgumentError("reference", f"'{reference}'", "first, average, atoms or a file of them", hint)
    return [_of_kind(kind, one, reference, len(bodies)) for kind, one in zip(bodies, found, strict=True)]


def _of_kind(kind: BodyKind, found: AtomsOfBodies, reference: Any, n_kinds: int) -> Reference:
    if isinstance(reference, Mapping):
        name = next((name for name in (kind.name, kind.symbol) if name in reference), None)
        reference = "first" if name is None else reference[name]
    elif n_kinds > 1 and not (isinstance(reference, str) and reference in WORDS):
        got = f"one for {n_kinds} kinds of bodies"
        raise ArgumentError("reference", got, f"a mapping, reference={{'{kind.name}': ...}}")
    if isinstance(reference, str) and reference in WORDS:
        return Reference.of(found.arms[0], kind.masses)
    return _given(kind, found, reference)


def _given(kind: BodyKind, found: AtomsOfBodies, reference: Any) -> Reference:
    what = f"reference of the body '{kind.name}'"
    if isinstance(reference, (str, os.PathLike)):
        reference = next(iread(reference))
    positions = np.asarray(reference.positions if isinstance(reference, Atoms) else reference, dtype=float)
    n = len(kind.masses)
    if positions.shape != (n, 3) or not np.isfinite(positions).all():
        raise ArgumentError(what, f"positions of shape {positions.shape}", f"finite positions ({n}, 3)")
    if isinstance(reference, Atoms) and kind.numbers.all() and (reference.numbers != kind.numbers).any():
        k = int(np.argmax(reference.numbers != kind.numbers))
        raise ArgumentError(
            what, f"{reference.symbols[k]} as atom {k}", "the elements of the body, in its order"
        )
    out = Reference.of(positions, kind.masses)
    turns = turned(found.arms, out)
    nearest = np.minimum(turns.deviations, turns.mirrored).min()
    if not nearest <= _OTHER * out.radius + 1e-6:
        got = f"one from which every body deviates by {nearest:.3g} or more"
        raise ArgumentError(
            what, got, f"the same molecule (radius of gyration {out.radius:.3g}), its atoms in one order"
        )
    return out


def averaged(
    partition: Partition, references: Sequence[Reference], frames: Iterable[Atoms]
) -> list[Reference]:
    """Means of the bodies of at most 100 frames, turned onto the references; then once more, turned onto these means."""
    held = [
        partition.bodies_of(atoms, f"frame {k}") for k, atoms in zip(range(_FRAMES), frames, strict=False)
    ]
    out = list(references)
    for _ in range(2):
        out = [_mean([found[b].arms for found in held], reference) for b, reference in enumerate(out)]
    return out


def _mean(arms: Sequence[np.ndarray], reference: Reference) -> Reference:
    total = np.zeros_like(reference.positions)
    for one in arms:
        back = turned(one, reference).rotations.inv().as_matrix()
        total += np.einsum("kij,kaj->ai", back, one)
    return Reference.of(total / sum(map(len, arms)), reference.masses)


def restored(positions: np.ndarray, rotations: Any, reference: Reference) -> np.ndarray:
    """Atoms [n, n_atoms, 3] of rigid bodies at positions [n, 3]."""
    return positions[:, None] + placed(rotations, reference.positions)
