// SPDX-License-Identifier: MIT
// From summed moments to density coefficients and the power spectrum, and the adjoints on the way back. Sums, coefficients and
// features are arrays of T: a pack holds one centre per lane, a scalar one centre.
//
// Orders. Coefficients: l, m = -l..l, n, species (species fastest). Power spectrum: l, n, species, n', species'.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

// Pointers into the tables of a Basis, on the host or on a device.
struct BasisView {
  int max_angular;
  int n_moments;
  int n_species;
  const int* num_radial;          // [l_max + 1] n_l
  const int* row_start;           // [n_functions + 1] into moment and value; functions ordered l, m, n
  const int* moment;              // moment index of each entry
  const double* value;            // coefficient of the scaled moment: normalised r^2n R_lm, times a! b! c!
  const double* orthonormalizer;  // for each l an n_l x n_l matrix, S^-1/2
};

constexpr int kMaxRadial = 21;  // most radial functions per l

// Coefficients of one species: coefficients[(...)* n_species + species]. Moment k is sums[k * stride].
template <class T>
ANISOAP_FUNCTION void contract(const BasisView& basis, const T* sums, int stride, int species, T* coefficients) {
  int function = 0, out = species;
  const double* x = basis.orthonormalizer;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n_l = basis.num_radial[l];
    for (int m = 0; m < 2 * l + 1; ++m) {
      T raw[kMaxRadial];
      for (int n = 0; n < n_l; ++n, ++function) {
        T v(0);
        for (int k = basis.row_start[function]; k < basis.row_start[function + 1]; ++k)
          v = v + T(basis.value[k]) * sums[basis.moment[k] * stride];
        raw[n] = v;
      }
      for (int n = 0; n < n_l; ++n, out += basis.n_species) {
        T v(0);
        for (int k = 0; k < n_l; ++k) v = v + T(x[k * n_l + n]) * raw[k];
        coefficients[out] = v;
      }
    }
    x += n_l * n_l;
  }
}

// p = (-1)^l / sqrt(2 l + 1) sum_m c c'. Symmetric keeps (n s) <= (n' s') and scales the others by sqrt(2), which leaves inner
// products of features unchanged. scale: [l_max + 1] (-1)^l / sqrt(2 l + 1).
template <bool Symmetric, class T>
ANISOAP_FUNCTION void power_spectrum(const BasisView& basis, const double* scale, const T* coefficients, T* features) {
  const double sqrt2 = 1.41421356237309504880;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species;
    const int n_m = 2 * l + 1;
    for (int a = 0; a < n; ++a) {
      for (int b = a; b < n; ++b) {
        T v(0);
        for (int m = 0; m < n_m; ++m) v = v + coefficients[m * n + a] * coefficients[m * n + b];
        v = v * T(Symmetric && b > a ? scale[l] * sqrt2 : scale[l]);
        if constexpr (Symmetric) {
          *features++ = v;
        } else {
          features[a * n + b] = v;
          features[b * n + a] = v;
        }
      }
    }
    coefficients += n_m * n;
    if constexpr (!Symmetric) features += n * n;
  }
}

// Adjoint of the symmetric power spectrum: from dE/dp to dE/dc. adjoint: [n_coefficients], overwritten.
template <class T>
ANISOAP_FUNCTION void power_spectrum_adjoint(const BasisView& basis, const double* scale, const T* gradient,
                                             const T* coefficients, T* adjoint) {
  const double sqrt2 = 1.41421356237309504880;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species;
    const int n_m = 2 * l + 1;
    for (int k = 0; k < n_m * n; ++k) adjoint[k] = T(0);
    for (int a = 0; a < n; ++a) {
      for (int b = a; b < n; ++b) {
        const T v = *gradient++ * T(b > a ? scale[l] * sqrt2 : scale[l]);
        for (int m = 0; m < n_m; ++m) {
          adjoint[m * n + a] = adjoint[m * n + a] + v * coefficients[m * n + b];
          adjoint[m * n + b] = adjoint[m * n + b] + v * coefficients[m * n + a];
        }
      }
    }
    coefficients += n_m * n;
    adjoint += n_m * n;
  }
}

// Derivative of the symmetric power spectrum along one direction. coefficients: of one centre; tangent: their derivatives;
// out: [n_features].
template <class T>
ANISOAP_FUNCTION void power_spectrum_tangent(const BasisView& basis, const double* scale, const double* coefficients,
                                             const T* tangent, T* out) {
  const double sqrt2 = 1.41421356237309504880;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n = basis.num_radial[l] * basis.n_species;
    const int n_m = 2 * l + 1;
    for (int a = 0; a < n; ++a) {
      for (int b = a; b < n; ++b) {
        T v(0);
        for (int m = 0; m < n_m; ++m)
          v = v + T(coefficients[m * n + a]) * tangent[m * n + b] + T(coefficients[m * n + b]) * tangent[m * n + a];
        *out++ = v * T(b > a ? scale[l] * sqrt2 : scale[l]);
      }
    }
    coefficients += n_m * n;
    tangent += n_m * n;
  }
}

// Adjoint of contract: from dE/dc to dE/dS of one species, the polynomial that pair_gradient.hpp integrates. polynomial:
// [n_moments], overwritten.
template <class T>
ANISOAP_FUNCTION void contract_adjoint(const BasisView& basis, const T* adjoint, int species, T* polynomial) {
  for (int k = 0; k < basis.n_moments; ++k) polynomial[k] = T(0);
  int function = 0, in = species;
  const double* x = basis.orthonormalizer;
  for (int l = 0; l <= basis.max_angular; ++l) {
    const int n_l = basis.num_radial[l];
    for (int m = 0; m < 2 * l + 1; ++m, in += n_l * basis.n_species) {
      for (int k = 0; k < n_l; ++k, ++function) {
        T v(0);
        for (int n = 0; n < n_l; ++n) v = v + T(x[k * n_l + n]) * adjoint[in + n * basis.n_species];
        for (int e = basis.row_start[function]; e < basis.row_start[function + 1]; ++e)
          polynomial[basis.moment[e]] = polynomial[basis.moment[e]] + T(basis.value[e]) * v;
      }
    }
    x += n_l * n_l;
  }
}

}  // namespace anisoap::detail
