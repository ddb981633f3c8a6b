# SPDX-License-Identifier: MIT
"""``fit`` on energies, forces and torques of a known linear model, which it has to find again."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from ase import Atoms

from ... import _core
from ...backends import Options, Prepared
from ...models.model import Model
from ...training.fitting import fit
from .arrays import descriptor_of
from .models import linear_model


class Fit:
    """``variant`` 'linear', or 'polynomial' for a two-body polynomial beside the linear term; its walls are not repaired."""

    name = "fit"
    of_largest = 1e-6  # bound of the check: weights are a solution of a linear system

    def available(self) -> str | None:
        """None: it is always there."""
        return None

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Labels the frames. Calls give forces and torques [n, 6] of the model that was fitted; only `fit` counts."""
        labelled = _labelled(frames, options)
        given: dict[str, Any] = {"targets": ["energy", "forces", "torques"], "allow_discontinuity": True}
        if options.variant == "polynomial":
            given |= {"two_body": {"kind": "polynomial", "cutoff": options.cutoff}, "walls": "off"}

        def run(prepared: Prepared) -> list[np.ndarray]:
            start = time.perf_counter()
            model = fit(labelled, descriptor_of(options), "linear", units="lj", **given).model
            prepared.own_seconds = time.perf_counter() - start
            return _forces_and_torques(model, frames)

        return Prepared(run, of_core=lambda: [_of_labels(atoms) for atoms in labelled])


def _labelled(frames: Sequence[Atoms], options: Options) -> list[Atoms]:
    """Copies with the labels alone."""
    potential = _core.Potential(linear_model(options))
    found = []
    for atoms in frames:
        result = potential.compute([atoms], options.numbers, options.threads or 0)
        one = atoms.copy()
        one.info = {"energy": float(result["energy"][0])}
        one.arrays["forces"], one.arrays["torques"] = result["forces"], result["torques"]
        found.append(one)
    return found


def _of_labels(atoms: Atoms) -> np.ndarray:
    return np.hstack([atoms.arrays["forces"], atoms.arrays["torques"]])


def _forces_and_torques(model: Model, frames: Sequence[Atoms]) -> list[np.ndarray]:
    found = model.predict(frames)
    rows = np.hstack([found.forces, found.torques])
    return np.split(rows, np.cumsum([len(atoms) for atoms in frames])[:-1])


BACKEND = Fit()
