# SPDX-License-Identifier: MIT
"""Density coefficients by tensor Gauss-Hermite quadrature, an oracle that shares no formula with the library's moments.

Every pair is integrated on its own: in the eigenframe of the product of the neighbour's Gaussian and the basis window, the
polynomial r^(2n) r^l Y_lm of degree up to D is integrated exactly by D // 2 + 1 nodes along each axis. Spherical harmonics come
from scipy, neighbours from all lattice translations, overlaps from exact rational numbers.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from scipy.spatial.transform import Rotation
from scipy.special import roots_hermitenorm, sph_harm_y


def num_radial(hypers: dict) -> list[int]:
    """Radial functions for each l, n_l."""
    l_max, given = hypers["max_angular"], hypers.get("max_radial")
    if given is None:
        return [(l_max - l) // 2 + 1 for l in range(l_max + 1)]
    if isinstance(given, int):
        return [given + 1] * (l_max + 1)
    return [n + 1 for n in given]


def real_harmonics(l_max: int, points: np.ndarray) -> list[np.ndarray]:
    """Y_lm of the directions of ``points`` [k, 3]; one array [2 l + 1, k] for each l, m = -l..l, sine type for m < 0."""
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


def half_gamma(twice: int) -> Fraction:
    """Gamma(twice / 2) for odd ``twice``, in units of sqrt(pi)."""
    value = Fraction(1)
    for k in range(1, twice, 2):
        value *= Fraction(k, 2)
    return value


def radial_norm(hypers: dict, q: int) -> float:
    """N_q of the radial function of order q, from its integral over r."""
    if hypers["radial_basis_name"] == "gto":
        gamma = float(half_gamma(2 * q + 3)) * math.sqrt(math.pi)
        return math.sqrt(2 / (gamma * hypers["radial_gaussian_width"] ** (2 * q + 3)))
    return math.sqrt((2 * q + 3) / hypers["cutoff_radius"] ** (2 * q + 3))


def overlap(hypers: dict, p: int, q: int) -> float:
    """Overlap of two normalised radial functions, rounded once."""
    if hypers["radial_basis_name"] == "gto":
        squared = half_gamma(p + q + 3) ** 2 / (half_gamma(2 * p + 3) * half_gamma(2 * q + 3))
    else:
        squared = Fraction((2 * p + 3) * (2 * q + 3), (p + q + 3) ** 2)
    scale = 10**40
    return math.isqrt(squared.numerator * scale**2 // squared.denominator) / scale


def orthonormalizer(hypers: dict, l: int, n_l: int) -> np.ndarray:
    """Loewdin matrix S^(-1/2) [n_l, n_l]; eigenvalues up to basis_rcond are dropped."""
    s = np.array([[overlap(hypers, l + 2 * i, l + 2 * j) for j in range(n_l)] for i in range(n_l)])
    values, vectors = np.linalg.eigh(s)
    keep = values > hypers.get("basis_rcond", 0.0)
    return (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T


def cutoff_function(hypers: dict, distance: float) -> float:
    """f_c(r): 1 without a taper."""
    if hypers.get("cutoff_function", "none") == "none":
        return 1.0
    t = (distance - hypers["cutoff_radius"] + hypers["cutoff_width"]) / hypers["cutoff_width"]
    return 0.5 * (1 + math.cos(math.pi * min(max(t, 0.0), 1.0)))


def neighbours(frame: dict, i: int, hypers: dict):
    """Pairs (j, x_j + translation - x_i) strictly inside the cutoff, the self pair unless it is subtracted."""
    positions, cell = np.array(frame["positions"]), np.array(frame["cell"], dtype=float)
    cutoff, periodic = hypers["cutoff_radius"], frame["pbc"]
    extent = np.abs(positions[:, None] - positions[None]).max() * math.sqrt(3)
    ranges = []
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
                yield j, (np.zeros(3) if itself else moved[j])


def pair_integrals(
    hypers: dict, r: np.ndarray, quaternion: list, diameters: list, counts: list[int]
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


def coefficients(frames: list[dict], hypers: dict, species: list[int]) -> list[np.ndarray]:
    """Density coefficients, one array [n_centres, 2 l + 1, n_l, n_species] for each l."""
    counts = num_radial(hypers)
    n_centres = sum(len(frame["numbers"]) for frame in frames)
    raw = [np.zeros((n_centres, 2 * l + 1, n, len(species))) for l, n in enumerate(counts)]
    centre = 0
    for frame in frames:
        for i in range(len(frame["numbers"])):
            for j, r in neighbours(frame, i, hypers):
                taper = cutoff_function(hypers, float(np.linalg.norm(r)))
                s = species.index(frame["numbers"][j])
                terms = pair_integrals(hypers, r, frame["quaternions"][j], frame["diameters"][j], counts)
                for l, term in enumerate(terms):
                    raw[l][centre, :, :, s] += taper * term
            centre += 1
    out = []
    for l, n in enumerate(counts):
        norms = np.array([radial_norm(hypers, l + 2 * k) for k in range(n)])
        out.append(np.einsum("cmns,nk->cmks", raw[l], norms[:, None] * orthonormalizer(hypers, l, n)))
    return out


def power_spectrum(expansion: list[np.ndarray]) -> list[np.ndarray]:
    """Power spectrum, one array [n_centres, n_l n_species, n_l n_species] for each l."""
    out = []
    for l, c in enumerate(expansion):
        flat = c.reshape(c.shape[0], 2 * l + 1, -1)
        out.append((-1) ** l / math.sqrt(2 * l + 1) * np.einsum("cma,cmb->cab", flat, flat))
    return out
