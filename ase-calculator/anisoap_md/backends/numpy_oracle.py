# SPDX-License-Identifier: MIT
"""Density coefficients by tensor Gauss-Hermite quadrature, an oracle that shares no formula with the library's moments.

Every pair is integrated on its own: in the eigenframe of the product of the neighbour's Gaussian and the basis window, the
polynomial r^(2n) r^l Y_lm of degree up to D is integrated exactly by D // 2 + 1 nodes along each axis. Spherical harmonics come
from scipy, neighbours from all lattice translations, overlaps from exact rational numbers.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy
from ase import Atoms
from scipy.spatial.transform import Rotation
from scipy.special import roots_hermitenorm

from ..frames import bodies
from .interface import Options, Prepared
from .pairs import require_species
from .radial import num_radial, orthonormalizer, radial_norm


def real_harmonics(l_max: int, points: np.ndarray) -> list[np.ndarray]:
    """Y_lm of the directions of ``points`` [k, 3]; one array [2 l + 1, k] for each l, m = -l..l, sine type for m < 0."""
    from scipy.special import sph_harm_y  # scipy 1.15

    x, y, z = points.T
    theta, phi = np.arctan2(np.hypot(x, y), z), np.arctan2(y, x)
    out = []
    for l in range(l_max + 1):
        rows = np.empty((2 * l + 1, len(points)))
        for m in range(l + 1):
            value = sph_harm_y(l, m, theta, phi) * ((-1) ** m * math.sqrt(2) if m else 1)
            rows[l + m] = value.real
            if m:
                rows[l - m] = value.imag
        out.append(rows)
    return out


def cutoff_function(hypers: dict[str, Any], distance: float) -> float:
    """f_c(r): 1 without a taper."""
    if hypers.get("cutoff_function", "none") == "none":
        return 1.0
    t = (distance - hypers["cutoff_radius"] + hypers["cutoff_width"]) / hypers["cutoff_width"]
    return 0.5 * (1 + math.cos(math.pi * min(max(t, 0.0), 1.0)))


def neighbours(frame: dict[str, Any], i: int, hypers: dict[str, Any]) -> Iterator[tuple[int, np.ndarray]]:
    """Pairs (j, x_j + translation - x_i) strictly inside the cutoff, the self pair unless it is subtracted."""
    positions, cell = np.array(frame["positions"]), np.array(frame["cell"], dtype=float)
    cutoff, periodic = hypers["cutoff_radius"], frame["pbc"]
    extent = np.ptp(positions, axis=0).max() * math.sqrt(3)
    ranges: list[Sequence[int]] = []
    for k in range(3):
        if not periodic[k]:
            ranges.append([0])
            continue
        others = [cell[d] for d in range(3) if d != k and periodic[d]]
        across = (
            cell[k] - sum(np.dot(cell[k], u) * u for u in np.linalg.qr(np.array(others).T)[0].T)
            if others
            else cell[k]
        )
        most = math.ceil((cutoff + extent) / np.linalg.norm(across)) + 1
        ranges.append(range(-most, most + 1))
    for steps in itertools.product(*ranges):
        moved = positions + sum(s * c for s, c in zip(steps, cell, strict=True)) - positions[i]
        for j in np.flatnonzero(np.linalg.norm(moved, axis=1) < cutoff):
            itself = j == i and not any(steps)
            if not (itself and hypers.get("subtract_center_contribution", False)):
                yield int(j), (np.zeros(3) if itself else moved[j])


def pair_integrals(
    hypers: dict[str, Any],
    r: np.ndarray,
    quaternion: Sequence[float],
    diameters: Sequence[float],
    counts: list[int],
) -> list[np.ndarray]:
    """Integrals of r^(2n) r^l Y_lm times the window and the neighbour's Gaussian; one array [2 l + 1, n_l] for each l."""
    w, x, y, z = quaternion
    body = Rotation.from_quat([x, y, z, w]).as_matrix()
    a = np.array(diameters) / 2
    window = hypers["radial_gaussian_width"] ** -2 if hypers["radial_basis_name"] == "gto" else 0.0
    precision = body @ np.diag(a**-2.0) @ body.T
    total, frame = np.linalg.eigh(precision + window * np.eye(3))
    mean = np.linalg.solve(precision + window * np.eye(3), precision @ r)
    exponent = r @ precision @ r - mean @ (precision + window * np.eye(3)) @ mean
    mass = math.exp(-0.5 * exponent) / (np.prod(a) * math.sqrt(np.prod(total)))
    nodes, weights = roots_hermitenorm(max(l + 2 * (n - 1) for l, n in enumerate(counts)) // 2 + 1)
    grid = np.array(list(itertools.product(nodes, repeat=3)))
    weight = np.prod(list(itertools.product(weights, repeat=3)), axis=1) * (2 * math.pi) ** -1.5
    points = mean + (grid / np.sqrt(total)) @ frame.T
    distance = np.linalg.norm(points, axis=1)
    out = []
    for l, harmonics in enumerate(real_harmonics(len(counts) - 1, points)):
        radial = np.array([distance ** (l + 2 * n) for n in range(counts[l])])
        out.append(mass * (harmonics * weight) @ radial.T)
    return out


def coefficients(
    frames: list[dict[str, Any]],
    hypers: dict[str, Any],
    species: list[int],
    centres: Sequence[tuple[int, int]] | None = None,
) -> list[np.ndarray]:
    """Density coefficients, one array [n_centres, 2 l + 1, n_l, n_species] for each l.

    Centres are pairs of a frame and a particle; None takes all.
    """
    counts = num_radial(hypers)
    if centres is None:
        centres = [(k, i) for k, frame in enumerate(frames) for i in range(len(frame["numbers"]))]
    raw = [np.zeros((len(centres), 2 * l + 1, n, len(species))) for l, n in enumerate(counts)]
    for centre, (k, i) in enumerate(centres):
        frame = frames[k]
        for j, r in neighbours(frame, i, hypers):
            taper = cutoff_function(hypers, float(np.linalg.norm(r)))
            s = species.index(frame["numbers"][j])
            terms = pair_integrals(hypers, r, frame["quaternions"][j], frame["diameters"][j], counts)
            for l, term in enumerate(terms):
                raw[l][centre, :, :, s] += taper * term
    out = []
    for l, n in enumerate(counts):
        norms = np.array([radial_norm(hypers, l + 2 * k) for k in range(n)])
        out.append(np.einsum("cmns,nk->cmks", raw[l], norms[:, None] * orthonormalizer(hypers, l, n)))
    return out


def power_spectrum(expansion: list[np.ndarray]) -> list[np.ndarray]:
    """Power spectrum, one array [n_centres, n_l n_species, n_l n_species] for each l."""
    out = []
    for l, c in enumerate(expansion):
        flat = c.reshape(c.shape[0], 2 * l + 1, c.shape[2] * c.shape[3])
        out.append((-1) ** l / math.sqrt(2 * l + 1) * np.einsum("cma,cmb->cab", flat, flat))
    return out


class NumpyOracle:
    """The quadrature above, for frames."""

    name = "numpy_oracle"

    def available(self) -> str | None:
        """None, or why it cannot be used here."""
        return missing()

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Reads frames."""
        require_species(frames, options)
        read = [as_dict(atoms) for atoms in frames]
        hypers, species = options.hypers(), list(options.numbers)
        return Prepared(lambda _: [spectra([frame], hypers, species) for frame in read])


def as_dict(atoms: Atoms) -> dict[str, Any]:
    """A frame as the golden files hold it."""
    return {
        "numbers": atoms.numbers.tolist(),
        "positions": atoms.positions.copy(),
        "cell": atoms.cell.array.copy(),
        "pbc": atoms.pbc.tolist(),
        "quaternions": bodies.quaternions_of(atoms) if len(atoms) else np.empty((0, 4)),
        "diameters": bodies.diameters(atoms) if len(atoms) else np.empty((0, 3)),
    }


def spectra(frames: list[dict[str, Any]], hypers: dict[str, Any], species: list[int]) -> np.ndarray:
    """Rows [n_centres, n_features]."""
    return joined(power_spectrum(coefficients(frames, hypers, species)))


def joined(blocks: list[np.ndarray]) -> np.ndarray:
    """Rows [n_centres, n_columns] of blocks [n_centres, ...], side by side."""
    return np.concatenate([block.reshape(len(block), math.prod(block.shape[1:])) for block in blocks], axis=1)


def missing() -> str | None:
    """None, or which scipy is too old for the spherical harmonics."""
    if tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 15):
        return f"scipy {scipy.__version__}; it needs 1.15"
    return None


BACKEND = NumpyOracle()
