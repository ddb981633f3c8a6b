// SPDX-License-Identifier: MIT
// Polynomial pair energy phi = sum_m sum_k w_mk u^(n_k) z_m in the inverse distance u and the invariants of orientation of
// pair_invariants.hpp. The monomials z_m of the invariants are a tree: z_0 = 1, and each other one is an earlier one times one
// invariant.
#pragma once

#include "anisoap/detail/pair_invariants.hpp"

namespace anisoap::detail {

constexpr int kMostPowers = 16;

struct PairPolynomialView {
  int n_powers;
  const int* powers;  // [n_powers] n_k >= 1
  int n_monomials;
  const int* parent;      // [n_monomials] that of 0 is not read
  const int* factor;      // [n_monomials] invariant of orientation
  const double* weights;  // [n_monomials * n_powers]
};

// Powers of u and their derivatives.
template <class T>
struct Powers {
  T value[kMostPowers], slope[kMostPowers];
};

template <class T>
ANISOAP_FUNCTION T to_power(T x, int n) {
  T out(1);
  for (; n > 0; n >>= 1) {
    if (n & 1) out = out * x;
    x = x * x;
  }
  return out;
}

template <class T>
ANISOAP_FUNCTION Powers<T> powers_of(const PairPolynomialView& poly, T u) {
  Powers<T> p;
  for (int k = 0; k < poly.n_powers; ++k) {
    const T below = to_power(u, poly.powers[k] - 1);
    p.value[k] = below * u;
    p.slope[k] = T(poly.powers[k]) * below;
  }
  return p;
}

// z: invariants of orientation; out: [n_monomials].
template <class T>
ANISOAP_FUNCTION void monomials(const PairPolynomialView& poly, const T* z, T* out) {
  out[0] = T(1);
  for (int m = 1; m < poly.n_monomials; ++m) out[m] = out[poly.parent[m]] * z[poly.factor[m]];
}

// sums[m * n_powers + k] += factor u^(n_k) z_m.
template <class T>
ANISOAP_FUNCTION void add_terms(const PairPolynomialView& poly, Powers<T> p, const T* mono, T factor, T* sums) {
  for (int k = 0; k < poly.n_powers; ++k) p.value[k] = p.value[k] * factor;
  for (int m = 0; m < poly.n_monomials; ++m)
    for (int k = 0; k < poly.n_powers; ++k, ++sums) *sums = *sums + p.value[k] * mono[m];
}

// Entries of T that pair_polynomial works with.
ANISOAP_FUNCTION int polynomial_workspace(const PairPolynomialView& poly) { return 2 * poly.n_monomials; }

// Value; slope [pair_inputs], overwritten: derivatives with respect to all inputs of pair_invariants.hpp.
template <class T>
ANISOAP_FUNCTION T pair_polynomial(const PairPolynomialView& poly, const PairForm& form, const PairInvariants<T>& v, T* slope,
                                   T* work) {
  const T* z = v.inputs + kRadialInputs;
  T *mono = work, *by_mono = work + poly.n_monomials;
  const Powers<T> p = powers_of(poly, v.u);
  monomials(poly, z, mono);
  T value(0), by_u(0);
  for (int m = 0; m < poly.n_monomials; ++m) {
    const double* w = poly.weights + m * poly.n_powers;
    T sum(0), change(0);
    for (int k = 0; k < poly.n_powers; ++k) {
      sum = sum + T(w[k]) * p.value[k];
      change = change + T(w[k]) * p.slope[k];
    }
    by_mono[m] = sum;
    value = value + sum * mono[m];
    by_u = by_u + change * mono[m];
  }
  for (int k = 0; k < pair_inputs(form); ++k) slope[k] = T(0);
  slope[kInverseInput] = by_u;
  for (int m = poly.n_monomials - 1; m > 0; --m) {
    const int up = poly.parent[m], a = poly.factor[m];
    slope[kRadialInputs + a] = slope[kRadialInputs + a] + by_mono[m] * mono[up];
    by_mono[up] = by_mono[up] + by_mono[m] * z[a];
  }
  return value;
}

}  // namespace anisoap::detail
