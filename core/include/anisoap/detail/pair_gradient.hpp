// SPDX-License-Identifier: MIT
// Derivatives of a pair's moments with respect to where the neighbour stands and how it is turned, and of a pair energy
// phi = sum_m b_m M_m, b scaled like the moments (b_m multiplies M_m / m!).
//
// The moments are those of a Gaussian of mean mu, covariance C and some mass. In scaled form their derivatives are moments again,
//   dM_m / dmu_k = M_{m - e_k},    dM_m / dC_kj = M_{m - e_k - e_j} / 2,
// so that a pair energy needs no polynomials but b itself, read at shifted indices. By the chain rule, with the window w,
//   dmu = (1 - w C) dr - w dC r,    d ln(mass) = -w mu . dr + w^2 / 2 r . dC r,    dC = [theta] C - C [theta].
#pragma once

#include <utility>

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/moments.hpp"
#include "anisoap/detail/row.hpp"

namespace anisoap::detail {

// phi and its first and second derivatives with respect to mu.
template <class T>
struct MeanDerivatives {
  T value, first[3], second[6];  // second: xx xy xz yy yz zz
};

// What b_I adds: each b is read once, the moments below it stay at hand.
template <int I, class T>
ANISOAP_FUNCTION void add_mean_derivatives(T b, const T* m, MeanDerivatives<T>& out) {
  constexpr Exponents e = moment_exponents(I);
  constexpr int x = e.e[0], y = e.e[1], z = e.e[2];
  out.value = out.value + b * m[I];
  if constexpr (x > 0) out.first[0] = out.first[0] + b * m[moment_index(x - 1, y, z)];
  if constexpr (y > 0) out.first[1] = out.first[1] + b * m[moment_index(x, y - 1, z)];
  if constexpr (z > 0) out.first[2] = out.first[2] + b * m[moment_index(x, y, z - 1)];
  if constexpr (x > 1) out.second[0] = out.second[0] + b * m[moment_index(x - 2, y, z)];
  if constexpr (x > 0 && y > 0) out.second[1] = out.second[1] + b * m[moment_index(x - 1, y - 1, z)];
  if constexpr (x > 0 && z > 0) out.second[2] = out.second[2] + b * m[moment_index(x - 1, y, z - 1)];
  if constexpr (y > 1) out.second[3] = out.second[3] + b * m[moment_index(x, y - 2, z)];
  if constexpr (y > 0 && z > 0) out.second[4] = out.second[4] + b * m[moment_index(x, y - 1, z - 1)];
  if constexpr (z > 1) out.second[5] = out.second[5] + b * m[moment_index(x, y, z - 2)];
}

template <class T, class In, int... I>
ANISOAP_FUNCTION void fill_mean_derivatives(const PairGaussian<T>& g, In b, T* m, MeanDerivatives<T>& out,
                                            std::integer_sequence<int, I...>) {
  m[0] = g.mass;
  add_mean_derivatives<0>(T(b[0]), m, out);
  ((m[I + 1] = next_moment<I + 1>(g, m), add_mean_derivatives<I + 1>(T(b[I + 1]), m, out)), ...);
}

template <class T>
ANISOAP_FUNCTION MeanDerivatives<T> no_derivatives() {
  MeanDerivatives<T> out;
  out.value = T(0);
  for (int k = 0; k < 3; ++k) out.first[k] = T(0);
  for (int k = 0; k < 6; ++k) out.second[k] = T(0);
  return out;
}

// b: [moment_count(D)].
template <int D, class T, class In>
ANISOAP_FUNCTION MeanDerivatives<T> mean_derivatives(const PairGaussian<T>& g, In b) {
  constexpr std::size_t n = moment_count(D);
  T m[n];
  MeanDerivatives<T> out = no_derivatives<T>();
  fill_mean_derivatives(g, b, m, out, std::make_integer_sequence<int, moment_count(D) - 1>{});
  return out;
}

// Indices of the moments m + e_k and m + e_k + e_j, or of m - e_k and m - e_k - e_j.
struct ShiftedIndices {
  int first[3], second[6];
};

// For a degree known at run time. raised: [moment_count(degree - 1)], whose `second` is read below degree - 1 only; m: [n + 1].
template <class T, class In, class Work>
ANISOAP_FUNCTION MeanDerivatives<T> mean_derivatives(const PairGaussian<T>& g, const MomentStep* steps,
                                                     const ShiftedIndices* raised, int degree, int n, In b, Work m) {
  moments(g, steps, n, m);
  MeanDerivatives<T> out = no_derivatives<T>();
  const int n_first = degree > 0 ? moment_count(degree - 1) : 0, n_second = degree > 1 ? moment_count(degree - 2) : 0;
  for (int i = 0; i < n; ++i) out.value = out.value + b[i] * m[i];
  for (int i = 0; i < n_first; ++i)
    for (int k = 0; k < 3; ++k) out.first[k] = out.first[k] + b[raised[i].first[k]] * m[i];
  for (int i = 0; i < n_second; ++i)
    for (int k = 0; k < 6; ++k) out.second[k] = out.second[k] + b[raised[i].second[k]] * m[i];
  return out;
}

// Product of a symmetric 3x3 matrix (xx xy xz yy yz zz) and a vector.
template <class T>
ANISOAP_FUNCTION void symmetric_times(const T c[6], const T v[3], T out[3]) {
  out[0] = c[0] * v[0] + c[1] * v[1] + c[2] * v[2];
  out[1] = c[1] * v[0] + c[3] * v[1] + c[4] * v[2];
  out[2] = c[2] * v[0] + c[4] * v[1] + c[5] * v[2];
}

// Gradient of phi with respect to r, and the torque on the neighbour, minus the derivative with respect to turning it. Lengths in
// basis units; no cutoff function.
template <class T>
struct PairForce {
  T gradient[3], torque[3];
};

template <class T>
ANISOAP_FUNCTION PairForce<T> pair_force(const PairGaussian<T>& g, const T r[3], T window, const MeanDerivatives<T>& phi) {
  PairForce<T> out;
  T moved[3];
  symmetric_times(g.c, phi.first, moved);
  for (int k = 0; k < 3; ++k) out.gradient[k] = phi.first[k] - window * (moved[k] + g.mu[k] * phi.value);
  // Twice the derivative with respect to C.
  T h[6];
  for (int i = 0, n = 0; i < 3; ++i)
    for (int j = i; j < 3; ++j, ++n)
      h[n] = phi.second[n] + window * (window * phi.value * r[i] * r[j] - (phi.first[i] * r[j] + phi.first[j] * r[i]));
  // Antisymmetric part of C h.
  const T* c = g.c;
  out.torque[0] = h[1] * c[2] + h[3] * c[4] + h[4] * c[5] - (c[1] * h[2] + c[3] * h[4] + c[4] * h[5]);
  out.torque[1] = h[2] * c[0] + h[4] * c[1] + h[5] * c[2] - (c[2] * h[0] + c[4] * h[1] + c[5] * h[2]);
  out.torque[2] = h[0] * c[1] + h[1] * c[3] + h[2] * c[4] - (c[0] * h[1] + c[1] * h[3] + c[2] * h[4]);
  return out;
}

// From that of phi to that of f_c phi.
template <class T>
ANISOAP_FUNCTION PairForce<T> tapered_force(PairForce<T> f, const T r[3], T phi, const Taper<T>& taper) {
  const T radial = phi * taper.slope;
  for (int k = 0; k < 3; ++k) {
    f.gradient[k] = taper.value * f.gradient[k] + radial * r[k];
    f.torque[k] = taper.value * f.torque[k];
  }
  return f;
}

// The derivatives that make a moment itself the pair energy. m: [n + 1] with m[n] = 0; lowered: of moment i, n where there is
// none.
template <class In>
ANISOAP_FUNCTION MeanDerivatives<Entry<In>> moment_derivatives(In m, const ShiftedIndices& lowered, int i) {
  MeanDerivatives<Entry<In>> out;
  out.value = m[i];
  for (int k = 0; k < 3; ++k) out.first[k] = m[lowered.first[k]];
  for (int k = 0; k < 6; ++k) out.second[k] = m[lowered.second[k]];
  return out;
}

}  // namespace anisoap::detail
