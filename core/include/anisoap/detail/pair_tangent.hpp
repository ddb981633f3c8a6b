// SPDX-License-Identifier: MIT
// Change of a pair's moments times the cutoff function as the neighbour moves against the centre and turns; the chain rule of
// pair_gradient.hpp, run forward.
#pragma once

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pair_gradient.hpp"

namespace anisoap::detail {

// How the Gaussian times the cutoff function changes: its mass as a factor of the moments, the others as a factor of what their
// derivatives are. half_c: xx xy xz yy yz zz, those of the diagonal halved.
template <class T>
struct PairTangent {
  T mass, mu[3], half_c[6];
};

// dC = [turn] C - C [turn] of a symmetric C (xx xy xz yy yz zz).
template <class T>
ANISOAP_FUNCTION void turned(const T c[6], const T turn[3], T out[6]) {
  const T x = turn[0], y = turn[1], z = turn[2], two(2);
  out[0] = two * (y * c[2] - z * c[1]);
  out[1] = y * c[4] - z * c[3] + z * c[0] - x * c[2];
  out[2] = y * c[5] - z * c[4] + x * c[1] - y * c[0];
  out[3] = two * (z * c[1] - x * c[4]);
  out[4] = z * c[2] - x * c[5] + x * c[3] - y * c[1];
  out[5] = two * (x * c[4] - y * c[2]);
}

// r and its change dr in basis units, turn: rotation vector in the space frame.
template <class T>
ANISOAP_FUNCTION PairTangent<T> pair_tangent(const PairGaussian<T>& g, const T r[3], T window, const Taper<T>& taper,
                                             const T dr[3], const T turn[3]) {
  T dc[6], of_shape[3], of_step[3];
  turned(g.c, turn, dc);
  symmetric_times(dc, r, of_shape);
  symmetric_times(g.c, dr, of_step);
  PairTangent<T> out;
  const T of_mass = T(0.5) * window * window * dot3(r, of_shape) - window * dot3(g.mu, dr);
  out.mass = taper.value * of_mass + taper.slope * dot3(r, dr);
  for (int k = 0; k < 3; ++k) out.mu[k] = taper.value * (dr[k] - window * (of_step[k] + of_shape[k]));
  for (int k = 0; k < 6; ++k) out.half_c[k] = taper.value * dc[k];
  for (int k : {0, 3, 5}) out.half_c[k] = T(0.5) * out.half_c[k];
  return out;
}

// Adds the change of each moment to sums [n]. m: [n + 1], overwritten; lowered: of moment i, n where there is none.
template <class T>
ANISOAP_FUNCTION void add_moment_tangent(const PairGaussian<T>& g, const PairTangent<T>& change, const MomentStep* steps,
                                         const ShiftedIndices* lowered, int n, T* m, T* sums) {
  moments(g, steps, n, m);
  for (int i = 0; i < n; ++i) {
    T sum = sums[i] + change.mass * m[i];
    for (int k = 0; k < 3; ++k) sum = sum + change.mu[k] * m[lowered[i].first[k]];
    for (int k = 0; k < 6; ++k) sum = sum + change.half_c[k] * m[lowered[i].second[k]];
    sums[i] = sum;
  }
}

}  // namespace anisoap::detail
