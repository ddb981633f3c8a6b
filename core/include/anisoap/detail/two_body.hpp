// SPDX-License-Identifier: MIT
// Energy of one pair of bodies, a committee of networks, a polynomial or an expansion for bodies of a point group, times the
// cutoff function, and how it changes when they move and turn; which of its sides evaluates a pair.
#pragma once

#include <cstddef>
#include <cstdint>

#include "anisoap/detail/committee.hpp"
#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pair_polynomial.hpp"
#include "anisoap/detail/symmetric_pair.hpp"

namespace anisoap::detail {

// Two-body term of one pair of species: networks, an expansion for bodies of a point group, or else a polynomial.
struct TwoBodyPairView {
  PairForm form;
  const double *shift, *scale;  // [pair_inputs]
  const NetworkView* networks;
  int n_networks;
  PairPolynomialView polynomial;
  SymmetricPairView symmetric;
};

struct TwoBodyView {
  double cutoff, inverse_width;
  int n_species;
  const int* pair_of_species;  // [n_species * n_species] into pairs, or -1
  const TwoBodyPairView* pairs;
  int n_pairs;
};

ANISOAP_FUNCTION CommitteeView committee_of(const TwoBodyPairView& pair) {
  return {pair_inputs(pair.form), pair.shift, pair.scale, pair.networks, pair.n_networks};
}

// Entries of T that pair_energy works with.
ANISOAP_FUNCTION int two_body_workspace(const TwoBodyPairView& pair) {
  if (pair.n_networks > 0) return committee_workspace(committee_of(pair));
  return is_symmetric(pair.symmetric) ? symmetric_workspace(pair.symmetric) : polynomial_workspace(pair.polynomial);
}

// Whether that is too much for the registers of a device.
ANISOAP_FUNCTION bool works_in_memory(const TwoBodyPairView& pair) { return pair.n_networks > 0 || is_symmetric(pair.symmetric); }

// Whether the neighbour is body i of the pair: the first species of a pair of species stands first.
ANISOAP_FUNCTION bool is_reversed(const PairForm& form, int centre_species, int neighbor_species) {
  return !form.alike && centre_species > neighbor_species;
}

// Share of a pair that is evaluated from centre i: 1, 1/2, or 0 when it is seen from j.
ANISOAP_FUNCTION double pair_weight(std::size_t i, std::size_t j, bool j_is_centre) {
  return 0.5 * (!j_is_centre || i == j ? 1 : 2 * (i < j ? 1 : 0));
}

// The same by the numbers of the two particles, for a neighbour that may be no centre. Both sides come to the same choice, and
// each has about half of such pairs.
ANISOAP_FUNCTION double numbered_weight(std::int64_t i, std::int64_t j) {
  const bool even = (i + j) % 2 == 0;
  return 0.5 * (i == j ? 1 : 2 * ((i < j) == even ? 1 : 0));
}

template <class T>
struct PairEnergy {
  T energy;
  PairMotion<T> motion;
};

// Times the cutoff function. slope [pair_inputs] is used up.
template <class T>
ANISOAP_FUNCTION PairEnergy<T> tapered_pair(const PairForm& form, const PairInvariants<T>& v, const T r[3], T energy, T* slope,
                                            const Taper<T>& taper) {
  for (int k = 0; k < pair_inputs(form); ++k) slope[k] = slope[k] * taper.value;
  PairEnergy<T> out{energy * taper.value, pair_motion(form, v, slope)};
  const T radial = energy * taper.slope;
  for (int d = 0; d < 3; ++d) out.motion.r[d] = out.motion.r[d] + radial * r[d];
  return out;
}

// Of a pair with a polynomial; r = x_j - x_i. Symmetry: what is known of its form; K: number of its powers, -1 for one known at
// run time. work: [two_body_workspace].
template <PairSymmetry Symmetry, int K, class T, class Work>
ANISOAP_FUNCTION PairEnergy<T> polynomial_energy(const TwoBodyPairView& pair, double cutoff, double inverse_width, const T r[3],
                                                 const Body<T>& i, const Body<T>& j, Work work) {
  const PairForm form = known_form<Symmetry>(pair.form);
  PairInvariants<T> v;
  pair_invariants(form, r, i, j, v);
  T slope[kMostPairInputs];
  const T energy = pair_polynomial<K>(pair.polynomial, form, v, slope, work);
  return tapered_pair(form, v, r, energy, slope, taper_at(v.r * v.r, cutoff, inverse_width));
}

// Of a pair with an expansion; r = x_j - x_i. The invariants are those of the distance alone: form has no axes. work:
// [two_body_workspace].
template <class T, class Work>
ANISOAP_FUNCTION PairEnergy<T> symmetric_energy(const TwoBodyPairView& pair, double cutoff, double inverse_width, const T r[3],
                                                const Body<T>& i, const Body<T>& j, Work work) {
  const PairForm form = known_form<PairSymmetry::NoAxes>(pair.form);
  PairInvariants<T> v;
  pair_invariants(form, r, i, j, v);
  T frame[4];
  pair_frame(v.e, frame);
  pair_tensors(pair.symmetric, frame, i, j, work);
  SymmetricSum<T> sum = symmetric_sum(pair.symmetric, radial_parts(pair.symmetric, pair.form.unit, v.u, v.r), work);
  T slope[kRadialInputs] = {sum.by_r, T(0), sum.by_u, T(0), T(0)};
  const Taper<T> taper = taper_at(v.r * v.r, cutoff, inverse_width);
  PairEnergy<T> out = tapered_pair(form, v, r, sum.value, slope, taper);
  for (int p = 0; p < 2; ++p)
    for (int d = 0; d < 3; ++d) sum.turn[p][d] = sum.turn[p][d] * taper.value;
  add_turns(frame, sum.turn, v.e, v.inverse_r, out.motion);
  return out;
}

// r = x_j - x_i; members: [n_networks] out, energies of the members with the cutoff function. work: [two_body_workspace].
template <class T, class Work, class Members>
ANISOAP_FUNCTION PairEnergy<T> pair_energy(const TwoBodyPairView& pair, double cutoff, double inverse_width, const T r[3],
                                           const Body<T>& i, const Body<T>& j, Work work, Members members) {
  if (is_symmetric(pair.symmetric)) return symmetric_energy(pair, cutoff, inverse_width, r, i, j, work);
  PairInvariants<T> v;
  pair_invariants(pair.form, r, i, j, v);
  T slope[kMostPairInputs];
  const T energy = pair.n_networks > 0 ? committee_value(committee_of(pair), v.inputs, slope, members, work)
                                       : pair_polynomial(pair.polynomial, pair.form, v, slope, work);
  const Taper<T> taper = taper_at(v.r * v.r, cutoff, inverse_width);
  for (int c = 0; c < pair.n_networks; ++c) members[c] = members[c] * taper.value;
  return tapered_pair(pair.form, v, r, energy, slope, taper);
}

// Adds the terms of the pair's polynomial, weight f_c u^(n_k) z_m, to sums [n_monomials * n_powers]. work: [n_monomials].
template <class T, class Work, class Out>
ANISOAP_FUNCTION void add_pair_monomials(const TwoBodyPairView& pair, double cutoff, double inverse_width, const T r[3],
                                         const Body<T>& i, const Body<T>& j, T weight, Work work, Out sums) {
  const PairPolynomialView& poly = pair.polynomial;
  PairInvariants<T> v;
  pair_invariants(pair.form, r, i, j, v);
  monomials(poly, v.inputs + kRadialInputs, work);
  const T factor = weight * taper_at(v.r * v.r, cutoff, inverse_width).value;
  add_terms(poly, powers_of<-1>(poly, v.u), work, factor, sums);
}

}  // namespace anisoap::detail
