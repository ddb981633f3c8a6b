// SPDX-License-Identifier: MIT
// The way back from local energies to forces, the Jacobian of the features, the invariants and the polynomial of two bodies, for
// any number type, on the host or on a device.
#pragma once

#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/pair_gradient.hpp"
#include "anisoap/detail/pair_polynomial.hpp"
#include "detail_calls.hpp"

namespace anisoap::test {

constexpr int kForms = 3, kPairForms = 2;

// Pointers of one memory space.
struct ForceTables {
  detail::BasisView basis;
  const double* scale;
  const detail::MomentStep* steps;
  const detail::ShiftedIndices *raised, *lowered;
  int degree, n_features;
  detail::LocalEnergyView local[kForms];
  detail::PairForm pair[kPairForms];
  detail::PairPolynomialView polynomial[kPairForms];
};

template <class T>
struct ForceScratch {
  T moments[kMostMoments + 1];
  T sums[kMostMoments];
  T polynomial[kMostMoments];
  T derivatives[6][kMostMoments];
  T coefficients[kMostValues], adjoint[kMostValues], features[kMostValues], gradient[kMostValues], work[kMostValues];
  double plain_coefficients[kMostValues];
};

// Numbers that one call gives.
ANISOAP_FUNCTION int n_force_values(const ForceTables& t) {
  int n = kForms * 14 + 6 * t.n_features;
  for (const auto& form : t.pair) n += 2 * detail::pair_inputs(form) + 19;
  return n;
}

template <class T>
struct Neighbour {
  T r[3], cutoff, slope;  // cutoff function and its slope over r
  detail::PairGaussian<T> gaussian;
};

template <class T>
ANISOAP_FUNCTION Neighbour<T> neighbour(const Surroundings& s, int j) {
  Neighbour<T> out;
  T q[4], a[3];
  for (int k = 0; k < 4; ++k) q[k] = T(s.q[j][k]);
  for (int k = 0; k < 3; ++k) {
    a[k] = T(s.a[j][k]);
    out.r[k] = T(s.r[j][k]);
  }
  const T r2 = detail::dot3(out.r, out.r);
  out.cutoff = detail::cosine_cutoff(r2, T(s.cutoff), T(s.inverse_width));
  out.slope = detail::cosine_cutoff_slope(r2, T(s.cutoff), T(s.inverse_width));
  out.gaussian = detail::pair_gaussian(out.r, detail::make_shape(q, a, T(s.window)), T(s.window));
  return out;
}

// Gradient and torque with the cutoff function.
template <class T>
ANISOAP_FUNCTION T* put_force(const Neighbour<T>& n, T window, const detail::MeanDerivatives<T>& phi, T* out) {
  const detail::PairForce<T> f = detail::pair_force(n.gaussian, n.r, window, phi);
  for (int k = 0; k < 3; ++k) *out++ = n.cutoff * f.gradient[k] + phi.value * n.slope * n.r[k];
  for (int k = 0; k < 3; ++k) *out++ = n.cutoff * f.torque[k];
  return out;
}

template <class T>
ANISOAP_FUNCTION void sum_densities(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x) {
  for (int k = 0; k < t.basis.n_moments; ++k) x.sums[k] = T(0);
  for (int j = 0; j < 2; ++j) {
    const Neighbour<T> n = neighbour<T>(s, j);
    detail::moments(n.gaussian, t.steps, t.basis.n_moments, x.moments);
    for (int k = 0; k < t.basis.n_moments; ++k) x.sums[k] = x.sums[k] + n.cutoff * x.moments[k];
  }
  detail::contract(t.basis, x.sums, 1, 0, x.coefficients);
  detail::power_spectrum<true>(t.basis, t.scale, x.coefficients, x.features);
  for (int k = 0; k < t.local[0].n_pair_terms; ++k) x.features[t.n_features + k] = T(1.0 / (k + 2));
}

// Energy, variance and the forces of both neighbours; D: the degree, or -1 for the run-time one.
template <int D, class T>
ANISOAP_FUNCTION T* local_forces(const Surroundings& s, const ForceTables& t, const detail::LocalEnergyView& local,
                                 ForceScratch<T>& x, T* out) {
  const detail::LocalResult<T> e = detail::local_energy(local, x.features, x.gradient, x.work);
  *out++ = e.energy;
  *out++ = e.variance;
  detail::power_spectrum_adjoint(t.basis, t.scale, x.gradient, x.coefficients, x.adjoint);
  detail::contract_adjoint(t.basis, x.adjoint, 0, x.polynomial);
  for (int j = 0; j < 2; ++j) {
    const Neighbour<T> n = neighbour<T>(s, j);
    if constexpr (D >= 0) {
      out = put_force(n, T(s.window), detail::mean_derivatives<D>(n.gaussian, x.polynomial), out);
    } else {
      out = put_force(
          n, T(s.window),
          detail::mean_derivatives(n.gaussian, t.steps, t.raised, t.degree, t.basis.n_moments, x.polynomial, x.moments), out);
    }
  }
  return out;
}

// Derivatives of the features with respect to neighbour 0, moment by moment.
template <class T>
ANISOAP_FUNCTION T* jacobian(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x, T* out) {
  const Neighbour<T> n = neighbour<T>(s, 0);
  detail::moments(n.gaussian, t.steps, t.basis.n_moments, x.moments);
  for (int i = 0; i < t.basis.n_moments; ++i) {
    T row[6];
    put_force(n, T(s.window), detail::moment_derivatives(x.moments, t.lowered[i], i), row);
    for (int k = 0; k < 6; ++k) x.derivatives[k][i] = row[k];
  }
  int n_coefficients = 0;
  for (int l = 0; l <= t.basis.max_angular; ++l) n_coefficients += (2 * l + 1) * t.basis.num_radial[l];
  for (int k = 0; k < n_coefficients; ++k) x.plain_coefficients[k] = static_cast<double>(x.coefficients[k]);
  for (int k = 0; k < 6; ++k, out += t.n_features) {
    detail::contract(t.basis, x.derivatives[k], 1, 0, x.adjoint);
    detail::power_spectrum_tangent(t.basis, t.scale, x.plain_coefficients, x.adjoint, out);
  }
  return out;
}

// Derivatives by r and by turns of either body, of the sum of slopes times invariants.
template <class T>
ANISOAP_FUNCTION T* put_motion(const detail::PairForm& form, const detail::PairInvariants<T>& v, const T* slope, T* out) {
  const detail::PairMotion<T> m = detail::pair_motion(form, v, slope);
  for (int d = 0; d < 3; ++d) {
    *out++ = m.r[d];
    *out++ = m.turn[0][d];
    *out++ = m.turn[1][d];
  }
  return out;
}

// Invariants of the two neighbours as bodies, and the motion that a slope for each of them gives; the polynomial, its slopes and
// the motion that they give.
template <class T>
ANISOAP_FUNCTION T* two_bodies(const Surroundings& s, const detail::PairForm& form, const detail::PairPolynomialView& polynomial,
                               T* work, T* out) {
  detail::Body<T> body[2];
  T r[3];
  for (int p = 0; p < 2; ++p) {
    T q[4], diameter[3];
    for (int k = 0; k < 4; ++k) q[k] = T(s.q[p][k]);
    for (int k = 0; k < 3; ++k) diameter[k] = T(s.a[p][k]);
    body[p] = detail::make_body(q, diameter);
  }
  for (int k = 0; k < 3; ++k) r[k] = T(s.r[1][k] - s.r[0][k]);
  detail::PairInvariants<T> v;
  detail::pair_invariants(form, r, body[0], body[1], v);
  T slope[detail::kMostPairInputs];
  for (int k = 0; k < detail::pair_inputs(form); ++k) {
    *out++ = v.inputs[k];
    slope[k] = T(1.0 / (k + 1));
  }
  out = put_motion(form, v, slope, out);
  *out++ = detail::pair_polynomial(polynomial, form, v, slope, work);
  for (int k = 0; k < detail::pair_inputs(form); ++k) *out++ = slope[k];
  return put_motion(form, v, slope, out);
}

// out: [n_force_values].
template <int D, class T>
ANISOAP_FUNCTION void force_values(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x, T* out) {
  sum_densities(s, t, x);
  for (const auto& local : t.local) out = local_forces<D>(s, t, local, x, out);
  out = jacobian(s, t, x, out);
  for (int k = 0; k < kPairForms; ++k) out = two_bodies(s, t.pair[k], t.polynomial[k], x.work, out);
}

}  // namespace anisoap::test
