# SPDX-License-Identifier: MIT
"""From sums of moments to power spectra: orthonormal radial functions times real solid harmonics as polynomials."""

import math
from collections import defaultdict
from itertools import product
from typing import Any

import numpy as np

from .moments import Exponents, monomials
from .radial import num_radial, orthonormalizer, radial_norm

Polynomial = dict[Exponents, float]


def degree(hypers: dict[str, Any]) -> int:
    """Highest degree of the moments."""
    return max(l + 2 * (n - 1) for l, n in enumerate(num_radial(hypers)))


def contraction(hypers: dict[str, Any]) -> list[np.ndarray]:
    """Coefficients from moments: one array [n_monomials, 2 l + 1, n_l] for each l."""
    column = {exponents: k for k, exponents in enumerate(monomials(degree(hypers)))}
    tables = []
    for l, n_l in enumerate(num_radial(hypers)):
        raw = np.zeros((len(column), 2 * l + 1, n_l))
        for m in range(-l, l + 1):
            polynomial = solid_harmonic(l, m)
            for n in range(n_l):
                for exponents, factor in polynomial.items():
                    raw[column[exponents], l + m, n] = factor
                polynomial = _times(polynomial, _R_SQUARED)
        norms = np.array([radial_norm(hypers, l + 2 * n) for n in range(n_l)])
        tables.append(raw @ (norms[:, None] * orthonormalizer(hypers, l, n_l)))
    return tables


def power_spectrum(sums: Any, tables: list[Any], xp: Any) -> Any:
    """Rows [n, n_features] of sums of moments [n, n_species, n_monomials], species fastest; ``xp`` is numpy or torch."""
    rows = []
    for l, table in enumerate(tables):
        c = xp.moveaxis(xp.tensordot(sums, table, 1), 1, -1)
        c = c.reshape(len(sums), 2 * l + 1, c.shape[2] * c.shape[3])
        p = xp.matmul(xp.swapaxes(c, 1, 2), c) * ((-1) ** l / math.sqrt(2 * l + 1))
        rows.append(p.reshape(len(sums), p.shape[1] ** 2))
    return xp.concatenate(rows, -1)


def solid_harmonic(l: int, m: int) -> Polynomial:
    """r^l Y_lm, real and orthonormal, sine type for m < 0, without the Condon-Shortley phase."""
    order = abs(m)
    ratio = math.factorial(l - order) / math.factorial(l + order)
    norm = math.sqrt((2 * l + 1) / (4 * math.pi) * ratio * (2 if m else 1))
    along: Polynomial = defaultdict(float)
    for k in range((l - order) // 2 + 1):
        whole = math.comb(l, k) * math.comb(2 * l - 2 * k, l) * math.perm(l - 2 * k, order)
        power: Polynomial = {(0, 0, l - 2 * k - order): (-1) ** k * norm * whole / 2**l}
        for _ in range(k):
            power = _times(power, _R_SQUARED)
        for exponents, factor in power.items():
            along[exponents] += factor
    return _times(along, _around(order, m < 0))


_R_SQUARED: Polynomial = {(2, 0, 0): 1.0, (0, 2, 0): 1.0, (0, 0, 2): 1.0}


def _around(order: int, sine: bool) -> Polynomial:
    """Imaginary (sine) or real part of (x + i y)^order."""
    return {
        (order - k, k, 0): (-1.0) ** (k // 2) * math.comb(order, k) for k in range(order + 1) if k % 2 == sine
    }


def _times(p: Polynomial, q: Polynomial) -> Polynomial:
    out: Polynomial = defaultdict(float)
    for (a, x), (b, y) in product(p.items(), q.items()):
        out[a[0] + b[0], a[1] + b[1], a[2] + b[2]] += x * y
    return out
