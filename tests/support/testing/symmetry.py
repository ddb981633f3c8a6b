# SPDX-License-Identifier: MIT
"""Point groups as matrices, and pair energies of their bodies by SciPy: an oracle that shares no code with the package."""

from itertools import product
from math import factorial, pi

import numpy as np
from scipy.spatial.transform import Rotation
from scipy.special import lpmv

_X, _Y, _Z = np.eye(3)
INVERSION = -np.eye(3)


def turn(axis, angle):
    axis = np.asarray(axis, dtype=float)
    return Rotation.from_rotvec(angle * axis / np.linalg.norm(axis)).as_matrix()


def mirror(normal):
    return np.eye(3) - 2 * np.outer(normal, normal)


def generators(name):
    """Of a group by its Schoenflies symbol; infinite axes as axes of order 17."""
    if name == "Cs":
        return [mirror(_Z)]
    if name == "Ci":
        return [INVERSION]
    if name[0] in "TO":
        cubic = [turn(_Z, pi), turn(_X, pi), turn([1, 1, 1], 2 * pi / 3)]
        if name[0] == "O":
            cubic.append(turn(_Z, pi / 2))
        return cubic + {"h": [INVERSION], "d": [turn(_Z, pi / 2) @ mirror(_Z)]}.get(name[1:], [])
    name = name.replace("inf", "17")
    digits = "".join(c for c in name if c.isdigit())
    n, rest = int(digits), name[1 + len(digits) :]
    if name[0] == "S":
        return [turn(_Z, 2 * pi / n) @ mirror(_Z)]
    out = [turn(_Z, 2 * pi / n)]
    if name[0] == "D":
        out.append(turn(_X, pi))
    return (
        out
        + {
            "v": [mirror(_Y)],
            "h": [mirror(_Z)],
            "d": [turn(_Z, pi / n) @ mirror(_Z)],
            "": [],
        }[rest]
    )


def elements(name):
    """All operations [n, 3, 3]."""
    found = [np.eye(3)]
    for g in found:
        for step in generators(name):
            new = g @ step
            if not any(np.allclose(new, known, atol=1e-9) for known in found):
                found.append(new)
    return np.array(found)


def character(operation, rank):
    """Of the harmonics of one rank."""
    sign = np.sign(np.linalg.det(operation))
    cosine = np.clip((np.trace(sign * operation) - 1) / 2, -1, 1)
    angle = np.arccos(cosine)
    return sign**rank * sum(np.cos(m * angle) for m in range(-rank, rank + 1))


def harmonics(rank, directions):
    """Y_lm [..., 2 rank + 1] of unit vectors [..., 3], m = -rank..rank."""
    z, phi = directions[..., 2], np.arctan2(directions[..., 1], directions[..., 0])
    upper = [
        np.sqrt((2 * rank + 1) / (4 * pi) * factorial(rank - m) / factorial(rank + m))
        * lpmv(m, rank, z)
        * np.exp(1j * m * phi)
        for m in range(rank + 1)
    ]
    lower = [(-1) ** m * upper[m].conj() for m in range(rank, 0, -1)]
    return np.stack([*lower, *upper], axis=-1)


def _sphere(degree):
    """Points and weights that integrate polynomials of a degree."""
    z, w = np.polynomial.legendre.leggauss(degree // 2 + 1)
    phi = 2 * pi * np.arange(degree + 1) / (degree + 1)
    points = [[np.sqrt(1 - a * a) * np.cos(p), np.sqrt(1 - a * a) * np.sin(p), a] for a, p in product(z, phi)]
    return np.array(points), np.repeat(w, len(phi)) * 2 * pi / (degree + 1)


def seen(tensor, rank, rotation):
    """q_m [2 rank + 1] of a function sum_k t_k Y_k of a body that is turned by a matrix."""
    points, weights = _sphere(2 * rank)
    values = harmonics(rank, points @ rotation) @ tensor
    return harmonics(rank, points).conj().T @ (weights * values)


def frame_of(direction):
    """A rotation that turns a unit vector to z."""
    other = _X if abs(direction[0]) < 0.6 else _Y
    x = np.cross(other, direction)
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(direction, x), direction])


def pair_energy(term, number, tensors, r, rotations, diameters):
    """Of bodies i and j at r = x_j - x_i; tensors: of either species, rank -> list of t."""
    pair = term.pairs[number]
    length, distance = pair.length, np.linalg.norm(r)
    e = r / distance
    sizes = sum(
        R @ np.diag(0.25 * np.asarray(d) ** 2) @ R.T for R, d in zip(rotations, diameters, strict=True)
    )
    contact = (0.5 * e @ np.linalg.solve(sizes, e)) ** -0.5
    u, v = length / (distance - contact + length), length / distance
    assert u < 2 and v < 2
    expansion = pair.symmetric
    radial = [u**n for n in expansion.gap_powers] + [v**n for n in expansion.distance_powers]
    frame = frame_of(e)
    alike = pair.species[0] == pair.species[1]

    def product_of(first, second, m, sine):
        q = [
            seen(tensors[s][l][n], l, frame @ rotations[s])[l + m] for s, (l, n) in enumerate((first, second))
        ]
        z = q[0] * q[1].conj()
        return z.imag if sine else z.real

    total = 0.0
    for (power, la, na, lb, nb, m), weight in zip(expansion.terms, expansion.weights, strict=True):
        value = product_of((la, na), (lb, nb), abs(m), m < 0)
        if alike and (la, na) != (lb, nb):
            value += (-1) ** (la + lb) * product_of((lb, nb), (la, na), abs(m), m < 0)
        total += weight * radial[power] * value
    t = np.clip(1 - (term.cutoff - distance) / term.width, 0, 1)
    return total * 0.5 * (1 + np.cos(pi * t))
