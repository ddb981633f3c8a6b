// SPDX-License-Identifier: MIT
// From summed moments to density coefficients, and back, with code for each entry of the matrix between them: for one species and
// the radial functions r^(l + 2n) exp(...), l + 2n <= D, whose coefficients are as many as moments up to degree D.
//
// Real solid harmonics R_lm are even or odd in x, in y and in z, and have the factor (x + iy)^|m|: an entry is zero unless its
// moment x^a y^b z^c has the same three parities, a + b + c >= l and a + b >= |m|. The others are stored moment by moment. Even
// and odd l share no moment; each half finds room in the registers of a thread.
#pragma once

#include <cstddef>
#include <utility>

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/moments.hpp"

namespace anisoap::detail {

// Radial functions of one l.
ANISOAP_FUNCTION constexpr int full_radial(int degree, int l) { return (degree - l) / 2 + 1; }

// Number of the first function of one l and m, in the order l, m, n.
ANISOAP_FUNCTION constexpr int function_index(int degree, int l, int m) {
  int f = 0;
  for (int k = 0; k < l; ++k) f += (2 * k + 1) * full_radial(degree, k);
  return f + (l + m) * full_radial(degree, l);
}

// Number of the first feature of one l in the symmetric power spectrum.
ANISOAP_FUNCTION constexpr int feature_index(int degree, int l) {
  int k = 0;
  for (int j = 0; j < l; ++j) k += full_radial(degree, j) * (full_radial(degree, j) + 1) / 2;
  return k;
}

// Whether R_lm r^2n may have the monomial x^a y^b z^c.
ANISOAP_FUNCTION constexpr bool has_monomial(int l, int m, int a, int b, int c) {
  const int size = m < 0 ? -m : m, odd = m < 0 ? 1 : 0;
  return (a - size + odd) % 2 == 0 && (b - odd) % 2 == 0 && (c - l + size) % 2 == 0 && a + b + c >= l && a + b >= size;
}

// f(l, m, n, number of the function) for the functions that may have moment k, in order.
template <class F>
ANISOAP_FUNCTION constexpr void visit_functions(int degree, int k, F&& f) {
  const Exponents e = moment_exponents(k);
  for (int l = e.degree % 2; l <= e.degree; l += 2)
    for (int m = -l; m <= l; ++m)
      for (int n = 0; has_monomial(l, m, e.e[0], e.e[1], e.e[2]) && n < full_radial(degree, l); ++n)
        f(function_index(degree, l, m) + n);
}

constexpr int parity_count(int degree, int half) {
  int count = 0;
  for (int k = 0; k < moment_count(degree); ++k)
    if (moment_exponents(k).degree % 2 == half) visit_functions(degree, k, [&](int) { ++count; });
  return count;
}

// Which entries are stored for even (Half 0) or odd l.
template <int D, int Half>
struct ParityPattern {
  static constexpr int n_moments = moment_count(D), n_entries = parity_count(D, Half);
  int start[static_cast<std::size_t>(n_moments + 1)] = {};  // of moment k
  int function[static_cast<std::size_t>(n_entries > 0 ? n_entries : 1)] = {};

  constexpr ParityPattern() {
    int e = 0;
    for (int k = 0; k < n_moments; ++k) {
      if (moment_exponents(k).degree % 2 == Half) visit_functions(D, k, [&](int f) { function[e++] = f; });
      start[k + 1] = e;
    }
  }
};
template <int D, int Half>
inline constexpr ParityPattern<D, Half> kParity{};
template <int D, int Half, int E>
constexpr int kFunctionOf = kParity<D, Half>.function[E];  // of entry E

// The stored entries of a matrix from moments to functions. values: [ParityPattern::n_entries].
template <int D, int Half>
void fill_parity_matrix(const SparseView& to_functions, double* values) {
  const auto& pattern = kParity<D, Half>;
  for (int k = 0; k < pattern.n_moments; ++k)
    for (int e = pattern.start[k]; e < pattern.start[k + 1]; ++e) {
      const int f = pattern.function[e];
      values[e] = 0;
      for (int x = to_functions.start[f]; x < to_functions.start[f + 1]; ++x)
        if (to_functions.entry[x].column == k) values[e] = to_functions.entry[x].value;
    }
}

template <int D, int Half, int K>
using EntriesOf = std::make_integer_sequence<int, kParity<D, Half>.start[K + 1] - kParity<D, Half>.start[K]>;

template <int D, int Half, int K, class T, class Out, int... I>
ANISOAP_FUNCTION void add_moment(const double* values, T sum, Out coefficients, std::integer_sequence<int, I...>) {
  constexpr int first = kParity<D, Half>.start[K];
  ((coefficients[kFunctionOf<D, Half, first + I>] = coefficients[kFunctionOf<D, Half, first + I>] + T(values[first + I]) * sum),
   ...);
}

template <int D, int Half, int K, class T, class In, int... I>
ANISOAP_FUNCTION T moment_adjoint(const double* values, In adjoint, std::integer_sequence<int, I...>) {
  constexpr int first = kParity<D, Half>.start[K];
  T v(0);
  ((v = v + T(values[first + I]) * adjoint[kFunctionOf<D, Half, first + I>]), ...);
  return v;
}

// f(k) for the moments of one half, known when this is compiled.
template <int D, int Half, class F, int... K>
ANISOAP_FUNCTION void each_moment(const F& f, std::integer_sequence<int, K...>) {
  const auto one = [&](auto k) {
    if constexpr (moment_exponents(decltype(k)::value).degree % 2 == Half) f(k);
  };
  (one(std::integral_constant<int, K>{}), ...);
}

// Coefficients of one half, others set to 0. values: [ParityPattern::n_entries]; sums: [n_moments]; coefficients: [n_moments].
template <int D, int Half, class In, class Out>
ANISOAP_FUNCTION void contract_half(const double* values, In sums, Out coefficients) {
  constexpr int n = moment_count(D);
  for (int f = 0; f < n; ++f) coefficients[f] = Entry<Out>(0);
  each_moment<D, Half>(
      [&](auto k) {
        constexpr int at = decltype(k)::value;
        add_moment<D, Half, at>(values, sums[at], coefficients, EntriesOf<D, Half, at>{});
      },
      std::make_integer_sequence<int, n>{});
}

// Adjoint of contract_half: the entries of dE/dS of this half, others left alone.
template <int D, int Half, class In, class Out>
ANISOAP_FUNCTION void contract_half_adjoint(const double* values, In adjoint, Out polynomial) {
  each_moment<D, Half>(
      [&](auto k) {
        constexpr int at = decltype(k)::value;
        polynomial[at] = moment_adjoint<D, Half, at, Entry<In>>(values, adjoint, EntriesOf<D, Half, at>{});
      },
      std::make_integer_sequence<int, moment_count(D)>{});
}

}  // namespace anisoap::detail
