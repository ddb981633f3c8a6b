// SPDX-License-Identifier: MIT
// Polynomial pair energy phi = sum_m sum_k w_mk u^(n_k) z_m in the inverse distance u and the invariants of orientation of
// pair_invariants.hpp. The monomials z_m of the invariants are a tree: z_0 = 1, and each other one is an earlier one times one
// invariant.
//
// The value comes with its slopes, from sums that stay in registers. Bodies of at most one axis: nested (Horner) over at most
// four invariants. Others: a depth-first walk of the tree with a stack of the products and slopes on the way to the root.
#pragma once

#include <cstddef>

#include "anisoap/detail/pair_invariants.hpp"
#include "anisoap/detail/radial_powers.hpp"
#include "anisoap/detail/row.hpp"
#include "anisoap/detail/with_degree.hpp"

namespace anisoap::detail {

// How the walk goes on from a monomial: to one with one more factor, to such a one and back, or back.
enum class WalkMove { Down, Leaf, Up };
struct WalkStep {
  WalkMove move;
  int factor;  // invariant of orientation
};

struct PairPolynomialView {
  int n_powers;
  const int* powers;  // [n_powers] n_k >= 1
  int degree;         // in the cosines
  int n_monomials;
  const int* parent;  // [n_monomials] in the order of the model's weights; that of 0 is not read
  const int* factor;  // [n_monomials] invariant of orientation
  int n_steps;
  const WalkStep* steps;  // [n_steps] of the walk from monomial 0; none where the evaluation is nested
  int deepest;            // most factors of a monomial
  const double* weights;  // [n_monomials * n_powers] in the order of the nest or the walk
};

// Powers of u and their derivatives. K: how many, or -1 for a number known at run time.
template <class T, int K>
struct Powers {
  static constexpr std::size_t kRoom = static_cast<std::size_t>(K > 0 ? K : (K < 0 ? kMostPowers : 1));
  int n;
  T value[kRoom], slope[kRoom];
  ANISOAP_FUNCTION constexpr int size() const { return K >= 0 ? K : n; }
};

template <int K, class T>
ANISOAP_FUNCTION Powers<T, K> powers_of(const PairPolynomialView& poly, T u) {
  Powers<T, K> p;
  p.n = poly.n_powers;
  visit_powers(poly.powers, 0, p.size(), u, [&](int k, T below) {
    p.value[k] = below * u;
    p.slope[k] = T(poly.powers[k]) * below;
  });
  return p;
}

// z: invariants of orientation; out: [n_monomials], in the order of the model's weights.
template <class T, class Out>
ANISOAP_FUNCTION void monomials(const PairPolynomialView& poly, const T* z, Out out) {
  out[0] = T(1);
  for (int m = 1; m < poly.n_monomials; ++m) out[m] = out[poly.parent[m]] * z[poly.factor[m]];
}

// sums[m * n_powers + k] += factor u^(n_k) z_m.
template <class T, class In, class Out>
ANISOAP_FUNCTION void add_terms(const PairPolynomialView& poly, Powers<T, -1> p, In mono, T factor, Out sums) {
  for (int k = 0; k < p.size(); ++k) p.value[k] = p.value[k] * factor;
  for (int m = 0, t = 0; m < poly.n_monomials; ++m)
    for (int k = 0; k < p.size(); ++k, ++t) sums[t] = sums[t] + p.value[k] * mono[m];
}

// Coefficient of one monomial, a polynomial in u, and its slope.
template <class T>
struct Coefficient {
  T value, slope;
};

template <class T, int K>
ANISOAP_FUNCTION Coefficient<T> coefficient(const double* weights, const Powers<T, K>& p) {
  Coefficient<T> c{T(0), T(0)};
  for (int k = 0; k < p.size(); ++k) {
    const T w = T(weights[k]);
    c.value = c.value + w * p.value[k];
    c.slope = c.slope + w * p.slope[k];
  }
  return c;
}

// The invariants of bodies of at most one axis as the levels of the nest: X stands once at most and outermost, then AB (alike) or
// B, then A, then T. Counted in pairs of cosines.
struct Nest {
  bool single, both;  // one body has an axis at least; both have one
  int outer;          // pairs of cosines in AB or B

  ANISOAP_FUNCTION explicit Nest(const PairForm& form)
      : single(form.n_axes[0] + form.n_axes[1] > 0),
        both(form.n_axes[0] == 1 && form.n_axes[1] == 1),
        outer(form.alike ? 2 : 1) {}

  ANISOAP_FUNCTION static bool fits(const PairForm& form) { return form.n_axes[0] <= 1 && form.n_axes[1] <= 1; }
  // Highest powers of X, of AB or B, of A and of T that are left.
  ANISOAP_FUNCTION int most_x(int degree) const { return both && degree >= 3 ? 1 : 0; }
  ANISOAP_FUNCTION int most_b(int left) const { return both ? left / outer : 0; }
  ANISOAP_FUNCTION int most_a(int left) const { return single ? left : 0; }
  ANISOAP_FUNCTION int most_t(int left) const { return both ? left : 0; }
};

enum NestInvariant { kNestA = 0, kNestB = 1, kNestX = 2, kNestT = 3 };  // in the order of orientation_inputs

// A sum of the nest and its derivatives.
template <class T>
struct NestSum {
  T value, by_t, by_a, by_b, by_u;
};

// weights: in the order of the loops.
template <int K, class T>
ANISOAP_FUNCTION T nested(const PairPolynomialView& poly, const PairForm& form, T u, const T* z, T* slope) {
  const Nest nest(form);
  const Powers<T, K> p = powers_of<K>(poly, u);
  const T A = nest.single ? z[kNestA] : T(0), B = nest.both ? z[kNestB] : T(0), X = nest.both ? z[kNestX] : T(0),
          S = nest.both ? z[kNestT] : T(0);
  const double* w = poly.weights;
  const T zero(0);
  NestSum<T> all{zero, zero, zero, zero, zero};
  T by_x(0);
  for (int x = nest.most_x(poly.degree); x >= 0; --x) {
    const int pairs = (poly.degree - 3 * x) / 2;
    NestSum<T> sum{zero, zero, zero, zero, zero};
    for (int b = nest.most_b(pairs); b >= 0; --b) {
      const int left = pairs - nest.outer * b;
      NestSum<T> of_b{zero, zero, zero, zero, zero};
      for (int a = nest.most_a(left); a >= 0; --a) {
        NestSum<T> of_a{zero, zero, zero, zero, zero};
        for (int t = nest.most_t(left - a); t >= 0; --t, w += p.size()) {
          const Coefficient<T> c = coefficient(w, p);
          of_a.by_t = of_a.by_t * S + of_a.value;
          of_a.value = of_a.value * S + c.value;
          of_a.by_u = of_a.by_u * S + c.slope;
        }
        of_b.by_a = of_b.by_a * A + of_b.value;
        of_b.value = of_b.value * A + of_a.value;
        of_b.by_t = of_b.by_t * A + of_a.by_t;
        of_b.by_u = of_b.by_u * A + of_a.by_u;
      }
      sum.by_b = sum.by_b * B + sum.value;
      sum.value = sum.value * B + of_b.value;
      sum.by_a = sum.by_a * B + of_b.by_a;
      sum.by_t = sum.by_t * B + of_b.by_t;
      sum.by_u = sum.by_u * B + of_b.by_u;
    }
    if (x == 1) by_x = sum.value;
    all = {all.value * X + sum.value, all.by_t * X + sum.by_t, all.by_a * X + sum.by_a, all.by_b * X + sum.by_b,
           all.by_u * X + sum.by_u};
  }
  slope[kInverseInput] = all.by_u;
  T* out = slope + kRadialInputs;
  if (nest.single) out[kNestA] = all.by_a;
  if (nest.both) {
    out[kNestB] = all.by_b;
    out[kNestX] = by_x;
    out[kNestT] = all.by_t;
  }
  return all.value;
}

// stack: [2 * deepest].
template <int K, class T, class Work>
ANISOAP_FUNCTION T walked(const PairPolynomialView& poly, T u, const T* z, T* slope, Work stack) {
  const Powers<T, K> p = powers_of<K>(poly, u);
  T* by_z = slope + kRadialInputs;
  const double* w = poly.weights;
  Coefficient<T> c = coefficient(w, p);
  T value = c.value, by_u = c.slope;
  T product(1), change = c.value;  // z_m where the walk stands, and the derivative of the value with respect to it so far
  for (int i = 0; i < poly.n_steps; ++i) {
    const int f = poly.steps[i].factor;
    if (poly.steps[i].move == WalkMove::Up) {
      stack += -2;
      const T above = stack[0];
      by_z[f] = by_z[f] + change * above;
      change = stack[1] + change * z[f];
      product = above;
      continue;
    }
    w += p.size();
    c = coefficient(w, p);
    const T mono = product * z[f];
    value = value + c.value * mono;
    by_u = by_u + c.slope * mono;
    if (poly.steps[i].move == WalkMove::Leaf) {
      by_z[f] = by_z[f] + c.value * product;
      change = change + c.value * z[f];
    } else {
      stack[0] = product;
      stack[1] = change;
      stack += 2;
      product = mono;
      change = c.value;
    }
  }
  slope[kInverseInput] = by_u;
  return value;
}

// Entries of T that pair_polynomial works with.
ANISOAP_FUNCTION int polynomial_workspace(const PairPolynomialView& poly) { return 2 * poly.deepest; }

// Value; slope [pair_inputs], overwritten: derivatives with respect to all inputs of pair_invariants.hpp. K: number of powers, -1
// for one known at run time.
template <int K, class T, class Work>
ANISOAP_FUNCTION T pair_polynomial(const PairPolynomialView& poly, const PairForm& form, const PairInvariants<T>& v, T* slope,
                                   Work work) {
  const T* z = v.inputs + kRadialInputs;
  for (int k = 0; k < pair_inputs(form); ++k) slope[k] = T(0);
  return Nest::fits(form) ? nested<K>(poly, form, v.u, z, slope) : walked<K>(poly, v.u, z, slope, work);
}

// The number of powers picked at run time.
template <class T, class Work>
ANISOAP_FUNCTION T pair_polynomial(const PairPolynomialView& poly, const PairForm& form, const PairInvariants<T>& v, T* slope,
                                   Work work) {
  T value(0);
  with_degree<kCompiledPowers>(poly.n_powers, true,
                               [&](auto n) { value = pair_polynomial<decltype(n)::value>(poly, form, v, slope, work); });
  return value;
}

}  // namespace anisoap::detail
