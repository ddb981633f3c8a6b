# SPDX-License-Identifier: MIT
"""Operations of the moments of one pair: the least that a density step can take at the peak of a processor."""

_A_MOMENT = 8  # mu_k M, three C_kj m_j M' with additions, the addition to the sum
_A_PAIR = 100  # rotation of the distance, the Gaussian's exponent and exponential, the cutoff


def operations(l_max: int) -> int:
    """Multiplications and additions of a pair, moments up to degree l_max (max_radial None)."""
    n_moments = (l_max + 1) * (l_max + 2) * (l_max + 3) // 6
    return _A_MOMENT * n_moments + _A_PAIR


def ns_a_pair(l_max: int, gflops: float) -> float:
    """At so many 1e9 operations a second."""
    return operations(l_max) / gflops
