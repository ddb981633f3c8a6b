# SPDX-License-Identifier: MIT
"""Shapes and contacts of a frame beside those that a model was trained on."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from ase import Atoms

from ..common.errors import ArgumentError
from ..frames.bodies import diameters
from ..frames.contacts import closest_gaps
from ..frames.species import to_numbers
from .model import Model

_ROUNDING = 1e-4  # of the largest diameter: what files round gaps by
OUTSIDE = 0.2  # of a diameter, by which one may be smaller or larger than those of the training


class TrainingRange:
    """What the training frames of a model span, and how far a frame is from it.

    Parameters
    ----------
    model : Model
        One that was trained and has a two-body term, but does not know its range, as those of earlier versions, is warned of.
    compares_diameters : bool
        Whether diameters are compared, and not contacts alone.
    """

    def __init__(self, model: Model, compares_diameters: bool) -> None:
        found: dict[str, Any] = model.training.get("ranges", {})
        self._species: Sequence[str] = model.species
        self._diameters = found.get("diameters", {}) if compares_diameters else {}
        self._contacts = {tuple(c["species"]): c["gap"] for c in found.get("contacts", [])}
        self._sizes: np.ndarray | None = None  # that were compared
        if "n_frames" in model.training and not self._contacts and model.core.two_body.pairs:
            _warn(
                "the model does not say which contacts and diameters it was trained on; they are not checked"
            )

    def check(self, atoms: Atoms) -> None:
        """Compares diameters when they are new, and contacts once.

        Raises
        ------
        ArgumentError
            For a diameter outside the range of the training by more than a fifth.
        """
        sizes = diameters(atoms)
        if self._sizes is not None and np.array_equal(self._sizes, sizes):
            return
        self._sizes = sizes
        for name, limits in self._diameters.items():
            self._require_diameters(name, np.array(limits), np.flatnonzero(atoms.symbols == name), sizes)
        self._warn_of_contacts(atoms)

    def _require_diameters(self, name: str, limits: np.ndarray, which: np.ndarray, sizes: np.ndarray) -> None:
        low, high = (1 - OUTSIDE) * limits[:, 0], (1 + OUTSIDE) * limits[:, 1]
        outside = np.argwhere((sizes[which] < low) | (sizes[which] > high))
        if not len(outside):
            return
        k, axis = outside[0]
        raise ArgumentError(
            f"particle {which[k]}: diameter along {'xyz'[axis]}",
            f"{sizes[which[k], axis]:.6g}",
            f"{low[axis]:.6g} to {high[axis]:.6g} of {name} (those of the training and a fifth), or shapes='any'",
        )

    def _warn_of_contacts(self, atoms: Atoms) -> None:
        if not self._contacts:
            return
        gaps = closest_gaps([atoms], to_numbers(self._species))
        rounding = _ROUNDING * float(diameters(atoms).max())
        for (a, b), gap in gaps.items():
            names = (self._species[a], self._species[b])
            trained = self._contacts.get(names)
            if trained is not None and gap < trained - rounding:
                _warn(
                    f"{names[0]} and {names[1]} are closer than in the training of the model: gap {gap:.6g} between their "
                    f"surfaces, there {trained:.6g} or more"
                )
        self._contacts = {}


def _warn(text: str) -> None:
    warnings.warn(f"anisoap: {text}", UserWarning, stacklevel=4)
