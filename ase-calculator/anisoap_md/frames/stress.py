# SPDX-License-Identifier: MIT
"""Symmetric stresses and virials, also those of particles with torques from the six entries that LAMMPS's pair styles sum up."""

import numpy as np


def symmetric_stress(stress_sum: np.ndarray, torques: np.ndarray, volume: float) -> np.ndarray:
    """ASE's stress at fixed orientations.

    Pair styles such as ``gayberne`` have six entries of W_ab = sum r_a f_b, which is not symmetric where particles have torques.
    The other three follow from the total torque: W_xy - W_yx = -tau_z, and so on around. ``pair_style anisoap`` sums up the
    symmetric part itself: its torques count as zero here.

    Parameters
    ----------
    stress_sum : array_like
        [6] sum over the particles of ``compute stress/atom NULL pair``, xx yy zz xy xz yz. Energy: in other units than lj,
        LAMMPS's values divided by nktv2p.
    torques : array_like
        [n, 3] or their sum [3], space frame. Energy.
    volume : float
        Length^3; 1 gives stress times volume.

    Returns
    -------
    numpy.ndarray
        [3, 3] symmetric, energy / length^3; positive under tension.
    """
    xx, yy, zz, xy, xz, yz = np.asarray(stress_sum, dtype=float)
    x, y, z = np.reshape(torques, (-1, 3)).sum(axis=0) / 2
    return np.array([[xx, xy - z, xz + y], [xy - z, yy, yz - x], [xz + y, yz - x, zz]]) / volume


def symmetric_voigt(virial: np.ndarray) -> np.ndarray:
    """[6, ...] symmetric part, xx yy zz yz xz xy, of [3, 3, ...]."""
    a, b = np.array([0, 1, 2, 1, 0, 0]), np.array([0, 1, 2, 2, 2, 1])
    return 0.5 * (virial[a, b] + virial[b, a])
