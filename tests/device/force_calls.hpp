// SPDX-License-Identifier: MIT
// The way back from local energies to forces, the Jacobian of the features, the energies of two bodies, for any number type, on
// the host or on a device.
#pragma once

#include "anisoap/detail/jacobian.hpp"
#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/two_body.hpp"
#include "detail_calls.hpp"

namespace anisoap::test {

constexpr int kForms = 3, kPolynomials = 4, kPairs = kPolynomials + 1, kMembers = 2;

// Pointers of one memory space.
struct ForceTables {
  detail::BasisView basis;
  const double* scale;
  const detail::MomentStep* steps;
  const detail::ShiftedIndices *raised, *lowered;
  int degree, n_features;
  detail::LocalEnergyView local[kForms];
  detail::TwoBodyPairView pair[kPairs];
};

template <class T>
struct ForceScratch {
  T moments[kMostMoments + 1];
  T sums[kMostMoments];
  T polynomial[kMostMoments];
  T derivatives[6 * kMostMoments];
  T coefficients[kMostValues], adjoint[kMostValues], features[kMostValues], gradient[kMostValues], work[kMostValues];
  double plain_coefficients[kMostValues];
};

ANISOAP_FUNCTION int n_terms(const detail::TwoBodyPairView& pair) {
  return pair.polynomial.n_monomials * pair.polynomial.n_powers;
}

// Numbers that one call gives.
ANISOAP_FUNCTION int n_force_values(const ForceTables& t) {
  int n = kForms * 14 + 6 * t.n_features;
  for (const auto& pair : t.pair) n += detail::pair_inputs(pair.form) + 19 + pair.n_networks + n_terms(pair);
  return n;
}

template <class T>
struct Neighbour {
  T r[3];
  detail::Taper<T> taper;
  detail::PairGaussian<T> gaussian;  // without the cutoff function
};

template <class T>
ANISOAP_FUNCTION Neighbour<T> neighbour(const Surroundings& s, int j) {
  const Placed<T> p = placed<T>(s, j);
  Neighbour<T> out;
  for (int k = 0; k < 3; ++k) out.r[k] = p.r[k];
  out.taper = detail::taper_at(detail::dot3(p.r, p.r), s.cutoff, s.inverse_width);
  out.gaussian = detail::pair_gaussian(p.r, detail::make_shape(p.q, p.a, T(s.window)), T(s.window));
  return out;
}

// Gradient and torque with the cutoff function.
template <class T>
ANISOAP_FUNCTION T* put_force(const Neighbour<T>& n, T window, const detail::MeanDerivatives<T>& phi, T* out) {
  const detail::PairForce<T> f = detail::tapered_force(detail::pair_force(n.gaussian, n.r, window, phi), n.r, phi.value, n.taper);
  for (int k = 0; k < 3; ++k) *out++ = f.gradient[k];
  for (int k = 0; k < 3; ++k) *out++ = f.torque[k];
  return out;
}

template <class T>
ANISOAP_TEST_FUNCTION void sum_densities(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x) {
  for (int k = 0; k < t.basis.n_moments; ++k) x.sums[k] = T(0);
  for (int j = 0; j < 2; ++j) detail::add_moments(pair_of<T>(s, j), t.steps, t.basis.n_moments, x.moments, x.sums);
  detail::contract(t.basis, x.sums, 0, x.coefficients);
  detail::power_spectrum<true>(t.basis, t.scale, x.coefficients, x.features);
  for (int k = 0; k < t.local[0].n_pair_terms; ++k) x.features[t.n_features + k] = T(1.0 / (k + 2));
}

// Energy and variance; the polynomial of the forces.
template <class T>
ANISOAP_TEST_FUNCTION T* local_adjoint(const ForceTables& t, const detail::LocalEnergyView& local, ForceScratch<T>& x, T* out) {
  const detail::LocalResult<T> e = detail::local_energy(local, x.features, x.gradient, x.work);
  *out++ = e.energy;
  *out++ = e.variance;
  detail::power_spectrum_adjoint(t.basis, t.scale, x.gradient, x.coefficients, x.adjoint);
  detail::contract_adjoint(t.basis, x.adjoint, 0, x.polynomial);
  return out;
}

// Energy, variance and the forces of both neighbours; D: the degree, or -1 for the run-time one.
template <int D, class T>
ANISOAP_TEST_FUNCTION T* local_forces(const Surroundings& s, const ForceTables& t, const detail::LocalEnergyView& local,
                                      ForceScratch<T>& x, T* out) {
  out = local_adjoint(t, local, x, out);
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
ANISOAP_TEST_FUNCTION T* jacobian(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x, T* out) {
  const Neighbour<T> n = neighbour<T>(s, 0);
  detail::moment_jacobian({t.basis.n_moments, t.steps, t.lowered}, n.gaussian, n.r, T(s.window), n.taper, T(1), x.moments,
                          x.derivatives);
  int n_coefficients = 0;
  for (int l = 0; l <= t.basis.max_angular; ++l) n_coefficients += (2 * l + 1) * t.basis.num_radial[l];
  for (int k = 0; k < n_coefficients; ++k) x.plain_coefficients[k] = static_cast<double>(x.coefficients[k]);
  detail::feature_jacobian({&t.basis, t.scale, x.plain_coefficients, n_coefficients, t.n_features}, 0, x.derivatives, x.adjoint,
                           out);
  return out + 6 * t.n_features;
}

// Derivatives by r and by turns of either body.
template <class T>
ANISOAP_FUNCTION T* put_motion(const detail::PairMotion<T>& m, T* out) {
  for (int d = 0; d < 3; ++d) {
    *out++ = m.r[d];
    *out++ = m.turn[0][d];
    *out++ = m.turn[1][d];
  }
  return out;
}

// Invariants of the two neighbours as bodies, and the motion that a slope for each of them gives; the energy of a polynomial or
// of networks, its motion and members; the terms of the polynomial.
template <class T>
ANISOAP_TEST_FUNCTION T* two_bodies(const Surroundings& s, const detail::TwoBodyPairView& pair, T* work, T* out) {
  const Placed<T> p[2] = {placed<T>(s, 0), placed<T>(s, 1)};
  const detail::Body<T> body[2] = {detail::make_body(p[0].q, p[0].a), detail::make_body(p[1].q, p[1].a)};
  T r[3];
  for (int k = 0; k < 3; ++k) r[k] = T(s.r[1][k] - s.r[0][k]);
  detail::PairInvariants<T> v;
  detail::pair_invariants(pair.form, r, body[0], body[1], v);
  T slope[detail::kMostPairInputs], members[kMembers];
  for (int k = 0; k < detail::pair_inputs(pair.form); ++k) {
    *out++ = v.inputs[k];
    slope[k] = T(1.0 / (k + 1));
  }
  out = put_motion(detail::pair_motion(pair.form, v, slope), out);
  const double cutoff = 1.5 * s.cutoff;  // the two are further apart than the cutoff
  const detail::PairEnergy<T> e = detail::pair_energy(pair, cutoff, s.inverse_width, r, body[0], body[1], work, members);
  *out++ = e.energy;
  out = put_motion(e.motion, out);
  for (int k = 0; k < pair.n_networks; ++k) *out++ = members[k];
  for (int k = 0; k < n_terms(pair); ++k) out[k] = T(0);
  detail::add_pair_monomials(pair, cutoff, s.inverse_width, r, body[0], body[1], T(0.5), work, out);
  return out + n_terms(pair);
}

// out: [n_force_values].
template <int D, class T>
ANISOAP_FUNCTION void force_values(const Surroundings& s, const ForceTables& t, ForceScratch<T>& x, T* out) {
  sum_densities(s, t, x);
  for (const auto& local : t.local) out = local_forces<D>(s, t, local, x, out);
  out = jacobian(s, t, x, out);
  for (int k = 0; k < kPairs; ++k) out = two_bodies(s, t.pair[k], x.work, out);
}

}  // namespace anisoap::test
