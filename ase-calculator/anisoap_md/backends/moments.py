# SPDX-License-Identifier: MIT
"""Moments of ellipsoidal Gaussians, for arrays of NumPy or torch (``xp`` is the module of either).

M_abc = integral x^a y^b z^c w(x) g(x - r) dx with g the normalised Gaussian of the neighbour and w the window. Their product is a
Gaussian of covariance C = (A + 1/sigma^2)^-1 and mean mu = C A r, so that
M_{m + e_k} = mu_k M_m + sum_j C_kj m_j M_{m - e_j}.
"""

from functools import cache
from typing import Any

from .pairs import Pairs, Particles

Exponents = tuple[int, int, int]


@cache
def monomials(degree: int) -> tuple[Exponents, ...]:
    """Exponents (a, b, c) by total degree."""
    return tuple(
        (a, b, d - a - b) for d in range(degree + 1) for a in range(d, -1, -1) for b in range(d - a, -1, -1)
    )


def rotations(quaternions: Any, xp: Any) -> Any:
    """Matrices [n, 3, 3] from body axes to the space frame of quaternions [n, 4], w x y z, any norm."""
    w, x, y, z = (quaternions[:, k] for k in range(4))
    unit = 2 / (w * w + x * x + y * y + z * z)
    rows = (
        (1 - unit * (y * y + z * z), unit * (x * y - w * z), unit * (x * z + w * y)),
        (unit * (x * y + w * z), 1 - unit * (x * x + z * z), unit * (y * z - w * x)),
        (unit * (x * z - w * y), unit * (y * z + w * x), 1 - unit * (x * x + y * y)),
    )
    return xp.stack([xp.stack(row, -1) for row in rows], -2)


def of_pairs(particles: Particles, pairs: Pairs, window: float, degree: int, xp: Any) -> Any:
    """Moments [P, n_monomials]; window is 1/sigma^2, 0 for none."""
    i, j = pairs.centre, pairs.neighbor
    r = particles.positions[j] - particles.positions[i] + pairs.translation
    # In the body frame of the neighbour everything is diagonal; C / a^2 is 1 - C / sigma^2.
    semi_axes = particles.semi_axes
    variance = 1 / (1 / semi_axes**2 + window)
    turn = rotations(particles.quaternions, xp)[j]
    body = xp.einsum("pka,pk->pa", turn, r)
    mean_body = (variance / semi_axes**2)[j] * body
    weight = xp.prod(xp.sqrt(variance) / semi_axes, -1)[j]
    mass = weight * xp.exp(-0.5 * window * (body * mean_body).sum(-1))
    mean = xp.einsum("pka,pa->pk", turn, mean_body)
    covariance = xp.einsum("pka,pa,pla->pkl", turn, variance[j], turn)
    return _recursion(mass, mean, covariance, degree, xp)


def _recursion(mass: Any, mean: Any, covariance: Any, degree: int, xp: Any) -> Any:
    found = {(0, 0, 0): mass}
    for exponents in monomials(degree)[1:]:
        k = next(axis for axis in range(3) if exponents[axis])
        lower = _without(exponents, k)
        value = mean[:, k] * found[lower]
        for j in range(3):
            if lower[j]:
                value = value + lower[j] * covariance[:, k, j] * found[_without(lower, j)]
        found[exponents] = value
    return xp.stack(list(found.values()), -1)


def _without(exponents: Exponents, axis: int) -> Exponents:
    a, b, c = (e - (k == axis) for k, e in enumerate(exponents))
    return a, b, c
