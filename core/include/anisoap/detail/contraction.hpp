// SPDX-License-Identifier: MIT
// From summed moments to density coefficients and the power spectrum, and the adjoints on the way back. Sums, coefficients and
// features are rows of T (row.hpp): a pack holds one centre per lane, a scalar one centre. Each function also has its part for
// one entry, so that the threads of a device share the work of a few centres.
//
// Orders. Coefficients: l, m = -l..l, n, species (species fastest). Power spectrum: l, n, species, n', species'.
#pragma once

#include "anisoap/detail/sparse.hpp"

namespace anisoap::detail {

// Pointers into the tables of a Basis, on the host or on a device.
struct BasisView {
  int max_angular;
  int n_moments;
  int n_functions;  // coefficients of one species
  int n_species;
  const int* num_radial;    // [l_max + 1] n_l
  SparseView to_functions;  // n_functions rows, ordered l, m, n: S^(-1/2) times the normalised r^2n R_lm, times a! b! c!
  SparseView to_moments;    // its transpose
};

// Coefficients of one species: coefficients[function * n_species + species].
template <class In, class Out>
ANISOAP_FUNCTION void contract(const BasisView& basis, In sums, int species, Out coefficients) {
  for (int f = 0; f < basis.n_functions; ++f)
    coefficients[f * basis.n_species + species] = row_times(basis.to_functions, f, sums);
}

// Adjoint of contract: from dE/dc to dE/dS of one species, the polynomial that pair_gradient.hpp integrates. polynomial:
// [n_moments], overwritten.
template <class In, class Out>
ANISOAP_FUNCTION void contract_adjoint(const BasisView& basis, In adjoint, int species, Out polynomial) {
  for (int k = 0; k < basis.n_moments; ++k) polynomial[k] = row_times(basis.to_moments, k, adjoint + species, basis.n_species);
}

constexpr double kSqrt2 = 1.41421356237309504880;

// Factor of entry (a, b) of the symmetric power spectrum of one l, from (-1)^l / sqrt(2 l + 1).
ANISOAP_FUNCTION double symmetric_scale(double scale, int a, int b) { return b > a ? scale * kSqrt2 : scale; }

// sum_m c_a c'_b over the n_m blocks of n coefficients of one l.
template <class In>
ANISOAP_FUNCTION Entry<In> sum_over_m(In coefficients, int n_m, int n, int a, int b) {
  Entry<In> v(0);
  for (int m = 0; m < n_m; ++m) v = v + coefficients[m * n + a] * coefficients[m * n + b];
  return v;
}

// p = (-1)^l / sqrt(2 l + 1) sum_m c c'. Symmetric keeps (n s) <= (n' s') and scales the others by sqrt(2), which leaves inner
// products of features unchanged. scale: [l_max + 1] (-1)^l / sqrt(2 l + 1).
template <bool Symmetric, class In, class Out>
ANISOAP_FUNCTION void power_spectrum(const BasisView& basis, const double* scale, In coefficients, Out features) {
  using T = Entry<In>;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species, n_m = 2 * l + 1;
    for (int a = 0, k = 0; a < n; ++a) {
      for (int b = a; b < n; ++b) {
        const T v = sum_over_m(coefficients, n_m, n, a, b);
        if constexpr (Symmetric) {
          features[k++] = v * T(symmetric_scale(scale[l], a, b));
        } else {
          features[a * n + b] = features[b * n + a] = v * T(scale[l]);
        }
      }
    }
    coefficients += n_m * n;
    features += Symmetric ? n * (n + 1) / 2 : n * n;
  }
}

// Adjoint of the symmetric power spectrum for one l and m: gradient [n (n + 1) / 2] of this l; coefficients and adjoint [n] of
// this m, the latter overwritten.
template <class In, class Coefficients, class Out>
ANISOAP_FUNCTION void spectrum_adjoint_of_m(double scale, int n, In gradient, Coefficients coefficients, Out adjoint) {
  using T = Entry<Out>;
  for (int a = 0; a < n; ++a) adjoint[a] = T(0);
  for (int a = 0, k = 0; a < n; ++a) {
    const T c = coefficients[a];
    for (int b = a; b < n; ++b, ++k) {
      const T v = gradient[k] * T(symmetric_scale(scale, a, b));
      adjoint[a] = adjoint[a] + v * coefficients[b];
      adjoint[b] = adjoint[b] + v * c;
    }
  }
}

// From dE/dp to dE/dc. adjoint: [n_coefficients], overwritten.
template <class In, class Coefficients, class Out>
ANISOAP_FUNCTION void power_spectrum_adjoint(const BasisView& basis, const double* scale, In gradient, Coefficients coefficients,
                                             Out adjoint) {
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species;
    for (int m = 0; m < 2 * l + 1; ++m, coefficients += n, adjoint += n)
      spectrum_adjoint_of_m(scale[l], n, gradient, coefficients, adjoint);
    gradient += n * (n + 1) / 2;
  }
}

// Derivative of sum_over_m along one direction. tangent: derivatives of the coefficients.
template <class C, class In>
ANISOAP_FUNCTION Entry<In> tangent_over_m(C coefficients, In tangent, int n_m, int n, int a, int b) {
  using T = Entry<In>;
  T v(0);
  for (int m = 0; m < n_m; ++m)
    v = v + T(coefficients[m * n + a]) * tangent[m * n + b] + T(coefficients[m * n + b]) * tangent[m * n + a];
  return v;
}

// Derivative of the symmetric power spectrum along one direction. coefficients: of one centre; tangent: their derivatives;
// out: [n_features].
template <class C, class T>
ANISOAP_FUNCTION void power_spectrum_tangent(const BasisView& basis, const double* scale, const C* coefficients, const T* tangent,
                                             T* out) {
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species, n_m = 2 * l + 1;
    for (int a = 0; a < n; ++a)
      for (int b = a; b < n; ++b)
        *out++ = tangent_over_m(coefficients, tangent, n_m, n, a, b) * T(symmetric_scale(scale[l], a, b));
    coefficients += n_m * n;
    tangent += n_m * n;
  }
}

}  // namespace anisoap::detail
