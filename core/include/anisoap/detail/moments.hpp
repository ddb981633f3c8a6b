// SPDX-License-Identifier: MIT
// Moments of one pair: integrals of x^a y^b z^c against the neighbour's Gaussian times the basis window, for a + b + c <= D.
//
// The product is weight * exp(-window r.mu / 2) times a normalised Gaussian with covariance C and mean mu = r - window C r.
// Stored are the scaled moments M_abc / (a! b! c!), for which the recursion needs no factors but one:
//   (m_k + 1) M_{m + e_k} = mu_k M_m + sum_j C_kj M_{m - e_j}.
// Each moment is stepped to along the axis on which its exponent is smallest but not zero: the fewest terms, and no division
// where that exponent is 1. Index order: degree, then a descending, then b descending.
#pragma once

#include <cstddef>
#include <utility>

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"
#include "anisoap/detail/shape.hpp"

namespace anisoap::detail {

// Number of moments up to degree d.
ANISOAP_FUNCTION constexpr int moment_count(int d) { return (d + 1) * (d + 2) * (d + 3) / 6; }

ANISOAP_FUNCTION constexpr int moment_index(int a, int b, int c) {
  const int d = a + b + c;
  return d * (d + 1) * (d + 2) / 6 + (d - a) * (d - a + 1) / 2 + c;
}

// Entry of a symmetric 3x3 matrix stored as xx xy xz yy yz zz.
ANISOAP_FUNCTION constexpr int symmetric_index(int i, int j) {
  const int low = i < j ? i : j, high = i < j ? j : i;
  return low * (5 - low) / 2 + high;
}

// How one moment follows from lower ones.
struct MomentStep {
  int axis;        // k
  int from;        // index of m
  int back[3];     // index of m - e_j, or -1
  double inverse;  // 1 / (m_k + 1)
};

ANISOAP_FUNCTION constexpr MomentStep moment_step(int a, int b, int c) {
  int t[3] = {a, b, c};
  int k = a > 0 ? 0 : (b > 0 ? 1 : 2);
  for (int j = 0; j < 3; ++j)
    if (t[j] > 0 && t[j] < t[k]) k = j;
  MomentStep s{k, 0, {-1, -1, -1}, 1.0 / t[k]};
  --t[k];
  s.from = moment_index(t[0], t[1], t[2]);
  for (int j = 0; j < 3; ++j) {
    if (t[j] == 0) continue;
    --t[j];
    s.back[j] = moment_index(t[0], t[1], t[2]);
    ++t[j];
  }
  return s;
}

// Degree and exponents of moment number i.
struct Exponents {
  int degree, e[3];
};

ANISOAP_FUNCTION constexpr Exponents moment_exponents(int i) {
  int d = 0;
  while (moment_count(d) <= i) ++d;
  int rest = i - (d > 0 ? moment_count(d - 1) : 0);
  int b_plus_c = 0;
  while (rest > b_plus_c) rest -= ++b_plus_c;
  return {d, {d - b_plus_c, b_plus_c - rest, rest}};
}

// The step that leads to moment number i.
ANISOAP_FUNCTION constexpr MomentStep moment_step(int i) {
  const Exponents m = moment_exponents(i);
  return moment_step(m.e[0], m.e[1], m.e[2]);
}

// Gaussian of one pair, in basis units.
template <class T>
struct PairGaussian {
  T mu[3];
  T c[6];
  T mass;  // zeroth moment
};

// r = x_j - x_i in basis units; s: shape of j.
template <class T>
ANISOAP_FUNCTION PairGaussian<T> pair_gaussian(const T r[3], const Shape<T>& s, T window) {
  const T mu[3] = {r[0] - window * (s.c[0] * r[0] + s.c[1] * r[1] + s.c[2] * r[2]),
                   r[1] - window * (s.c[1] * r[0] + s.c[3] * r[1] + s.c[4] * r[2]),
                   r[2] - window * (s.c[2] * r[0] + s.c[4] * r[1] + s.c[5] * r[2])};
  const T mass = s.weight * exp(T(-0.5) * window * (r[0] * mu[0] + r[1] * mu[1] + r[2] * mu[2]));
  return {{mu[0], mu[1], mu[2]}, {s.c[0], s.c[1], s.c[2], s.c[3], s.c[4], s.c[5]}, mass};
}

template <int I, class T>
ANISOAP_FUNCTION T next_moment(const PairGaussian<T>& g, const T* m) {
  constexpr MomentStep s = moment_step(I);
  T v = g.mu[s.axis] * m[s.from];
  if constexpr (s.back[0] >= 0) v = v + g.c[symmetric_index(s.axis, 0)] * m[s.back[0]];
  if constexpr (s.back[1] >= 0) v = v + g.c[symmetric_index(s.axis, 1)] * m[s.back[1]];
  if constexpr (s.back[2] >= 0) v = v + g.c[symmetric_index(s.axis, 2)] * m[s.back[2]];
  if constexpr (s.inverse < 1) v = v * T(s.inverse);
  return v;
}

template <class T, int... I>
ANISOAP_FUNCTION void fill_moments(const PairGaussian<T>& g, T* m, std::integer_sequence<int, I...>) {
  m[0] = g.mass;
  ((m[I + 1] = next_moment<I + 1>(g, m)), ...);
}

// Each moment goes to its sum as soon as it is known: those of the highest degree never leave the registers.
template <class T, int... I>
ANISOAP_FUNCTION void fill_and_add(const PairGaussian<T>& g, T* m, T* sums, std::integer_sequence<int, I...>) {
  m[0] = g.mass;
  sums[0] = sums[0] + m[0];
  ((m[I + 1] = next_moment<I + 1>(g, m), sums[I + 1] = sums[I + 1] + m[I + 1]), ...);
}

// Scaled moments up to the compile-time degree D; m: [moment_count(D)].
template <int D, class T>
ANISOAP_FUNCTION void moments(const PairGaussian<T>& g, T* m) {
  fill_moments(g, m, std::make_integer_sequence<int, moment_count(D) - 1>{});
}

// sums += scaled moments; the density step.
template <int D, class T>
ANISOAP_FUNCTION void add_moments(const PairGaussian<T>& g, T* sums) {
  constexpr std::size_t n = moment_count(D);
  T m[n];
  fill_and_add(g, m, sums, std::make_integer_sequence<int, moment_count(D) - 1>{});
}

// For a degree known at run time: C as a full matrix, and one step, where absent terms read a zero.
template <class T>
struct FullCovariance {
  T row[3][3];
  ANISOAP_FUNCTION explicit FullCovariance(const PairGaussian<T>& g) {
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) row[i][j] = g.c[symmetric_index(i, j)];
  }
};

template <class T, class Row>
ANISOAP_FUNCTION T next_moment(const PairGaussian<T>& g, const FullCovariance<T>& c, const MomentStep& s, Row m) {
  const T* row = c.row[s.axis];
  return (g.mu[s.axis] * m[s.from] + row[0] * m[s.back[0]] + row[1] * m[s.back[1]] + row[2] * m[s.back[2]]) * T(s.inverse);
}

// steps: [n] from moment_step with -1 replaced by n; m: [n + 1], m[n] is the zero that absent terms read.
template <class T, class Row>
ANISOAP_FUNCTION void moments(const PairGaussian<T>& g, const MomentStep* steps, int n, Row m) {
  const FullCovariance<T> c(g);
  m[0] = g.mass;
  m[n] = T(0);
  for (int i = 1; i < n; ++i) m[i] = next_moment(g, c, steps[i], m);
}

template <class T, class Row, class Out>
ANISOAP_FUNCTION void add_moments(const PairGaussian<T>& g, const MomentStep* steps, int n, Row m, Out sums) {
  const FullCovariance<T> c(g);
  m[0] = g.mass;
  m[n] = T(0);
  sums[0] = sums[0] + m[0];
  for (int i = 1; i < n; ++i) {
    m[i] = next_moment(g, c, steps[i], m);
    sums[i] = sums[i] + m[i];
  }
}

}  // namespace anisoap::detail
