# SPDX-License-Identifier: MIT
"""Radial functions: how many, their norms, and what makes them orthonormal. Hyperparameters have the reference's names."""

import math
from fractions import Fraction
from typing import Any

import numpy as np


def num_radial(hypers: dict[str, Any]) -> list[int]:
    """Radial functions for each l, n_l."""
    l_max, given = hypers["max_angular"], hypers.get("max_radial")
    if given is None:
        return [(l_max - l) // 2 + 1 for l in range(l_max + 1)]
    if isinstance(given, int):
        return [given + 1] * (l_max + 1)
    return [n + 1 for n in given]


def half_gamma(twice: int) -> Fraction:
    """Gamma(twice / 2) for odd ``twice``, in units of sqrt(pi)."""
    value = Fraction(1)
    for k in range(1, twice, 2):
        value *= Fraction(k, 2)
    return value


def radial_norm(hypers: dict[str, Any], q: int) -> float:
    """N_q of the radial function of order q, from its integral over r."""
    if hypers["radial_basis_name"] == "gto":
        gamma = float(half_gamma(2 * q + 3)) * math.sqrt(math.pi)
        return math.sqrt(2 / (gamma * hypers["radial_gaussian_width"] ** (2 * q + 3)))
    return math.sqrt((2 * q + 3) / hypers["cutoff_radius"] ** (2 * q + 3))


def overlap(hypers: dict[str, Any], p: int, q: int) -> float:
    """Overlap of two normalised radial functions, rounded once."""
    if hypers["radial_basis_name"] == "gto":
        squared = half_gamma(p + q + 3) ** 2 / (half_gamma(2 * p + 3) * half_gamma(2 * q + 3))
    else:
        squared = Fraction((2 * p + 3) * (2 * q + 3), (p + q + 3) ** 2)
    scale = 10**40
    return math.isqrt(squared.numerator * scale**2 // squared.denominator) / scale


def orthonormalizer(hypers: dict[str, Any], l: int, n_l: int) -> np.ndarray:
    """Loewdin matrix S^(-1/2) [n_l, n_l]; eigenvalues up to basis_rcond are dropped."""
    s = np.array([[overlap(hypers, l + 2 * i, l + 2 * j) for j in range(n_l)] for i in range(n_l)])
    values, vectors = np.linalg.eigh(s)
    keep = values > hypers.get("basis_rcond", 0.0)
    return (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T
