# SPDX-License-Identifier: MIT
"""Two bodies that are brought together, by a model's own predictions: where does their energy turn down?"""

import numpy as np
from anisoap_md import Model
from ase import Atoms

N_PLACES = 70  # distances of an approach


def _turned(generator: np.random.Generator, n: int) -> np.ndarray:
    q = generator.normal(size=(n, 4))
    return q / np.linalg.norm(q, axis=1)[:, None]


def _energies_of_pairs(model: Model, symbols, lines, quaternions, diameters) -> np.ndarray:
    """[n] of pairs whose second body stands at `lines` [n, 3] from the first, far from other pairs."""
    n = len(lines)
    across = int(np.ceil(n ** (1 / 3)))
    corners = 3.0 * model.cutoff * np.stack(np.unravel_index(np.arange(n), (across,) * 3), axis=1)
    atoms = Atoms(list(symbols) * n, positions=np.stack([corners, corners + lines], axis=1).reshape(-1, 3))
    atoms.arrays["c_q"] = quaternions.reshape(-1, 4)
    atoms.arrays["c_diameter"] = np.tile(diameters, (n, 1))
    return model.predict(atoms).energies.reshape(n, 2).sum(axis=1)


def approach_energies(model: Model, symbols, diameters, n: int, seed: int, nearest: float) -> np.ndarray:
    """[n, N_PLACES] pair energies from the cutoff to a distance of `nearest` times the smallest diameter.

    symbols: two species; diameters: of either.
    """
    generator = np.random.default_rng(seed)
    lines = generator.normal(size=(n, 3))
    lines /= np.linalg.norm(lines, axis=1)[:, None]
    quaternions = np.stack([_turned(generator, n), _turned(generator, n)], axis=1)
    nearest *= float(np.min(diameters))
    energies = [
        _energies_of_pairs(model, symbols, r * lines, quaternions, np.asarray(diameters))
        for r in np.geomspace(0.9999 * model.cutoff, nearest, N_PLACES)
    ]
    found = np.stack(energies, axis=1)
    return found - found[:, :1]  # at the cutoff there is none


def turning_down(energies: np.ndarray, onset: float, barrier: float) -> np.ndarray:
    """[n] whether the energy, once it was at `onset`, falls again before it was at `barrier`, or is below that afterwards."""
    highest = np.maximum.accumulate(energies, axis=1)
    falls = (highest >= onset) & (highest < barrier) & (energies < highest - 1e-9 * barrier)
    return (falls | ((highest >= barrier) & (energies < barrier))).any(axis=1)
