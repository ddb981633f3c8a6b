// SPDX-License-Identifier: MIT
// Derivatives of the power spectrum of one centre with respect to where a neighbour stands and how it is turned, moment by
// moment.
#pragma once

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pair_gradient.hpp"

namespace anisoap::detail {

// Tables of a degree known at run time.
struct MomentTables {
  int n_moments;
  const MomentStep* steps;        // [n_moments]
  const ShiftedIndices* lowered;  // [n_moments]
};

// Of the moments times the cutoff function: out[axis * n_moments + moment], by r times `unit` (3), by turning the neighbour (3).
// m: [n_moments + 1].
template <class T, class Work, class Out>
ANISOAP_FUNCTION void moment_jacobian(const MomentTables& tables, const PairGaussian<T>& g, const T r[3], T window,
                                      const Taper<T>& taper, T unit, Work m, Out out) {
  const int n = tables.n_moments;
  moments(g, tables.steps, n, m);
  for (int i = 0; i < n; ++i) {
    const PairForce<T> free = pair_force(g, r, window, moment_derivatives(m, tables.lowered[i], i));
    const PairForce<T> f = tapered_force(free, r, m[i], taper);
    for (int k = 0; k < 3; ++k) {
      out[k * n + i] = unit * f.gradient[k];
      out[(3 + k) * n + i] = T(0) - f.torque[k];
    }
  }
}

// One centre and what its features are made of.
struct CentreView {
  const BasisView* basis;
  const double* scale;         // [l_max + 1] of the power spectrum
  const double* coefficients;  // [n_coefficients]
  int n_coefficients, n_features;
};

// From moment_jacobian's numbers for a neighbour of one species to rows[axis * n_features + feature]. tangent: [n_coefficients].
template <class T>
ANISOAP_FUNCTION void feature_jacobian(const CentreView& centre, int species, const T* derivatives, T* tangent, T* rows) {
  for (int k = 0; k < centre.n_coefficients; ++k) tangent[k] = T(0);
  for (int axis = 0; axis < 6; ++axis) {
    contract(*centre.basis, derivatives + axis * centre.basis->n_moments, species, tangent);
    power_spectrum_tangent(*centre.basis, centre.scale, centre.coefficients, tangent, rows + axis * centre.n_features);
  }
}

}  // namespace anisoap::detail
