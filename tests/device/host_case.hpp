// SPDX-License-Identifier: MIT
// Inputs of the device tests and the comparison of what two paths returned.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "anisoap/basis.hpp"
#include "detail_calls.hpp"

namespace anisoap::test {

inline Surroundings surroundings() {
  return {{{0.9, -0.4, 0.7}, {-1.1, 0.3, 0.2}},
          {{0.5, -0.1, 0.7, 0.5}, {0.8, 0.0, 0.6, 0.0}},
          {{0.4, 0.7, 1.0}, {0.3, 0.3, 0.9}},
          1.0,
          2.0,
          1.0};
}

inline Basis basis_of_degree(int max_angular) {
  Hypers h;
  h.max_angular = max_angular;
  h.cutoff_radius = 4.0;
  h.radial_gaussian_width = 2.0;
  h.species = {"X"};
  return Basis(h);
}

inline int full_length(const Basis& basis) {
  int n = 0;
  for (int n_l : basis.num_radial()) n += n_l * n_l;
  return n;
}

inline int both_lengths(const Basis& basis) {
  int n = full_length(basis);
  for (int n_l : basis.num_radial()) n += n_l * (n_l + 1) / 2;
  return n;
}

// Degrees up to kUnrolled are compared as compiled code too; those above, which take minutes to unroll, at run time alone.
constexpr int kUnrolled = 4;
template <int D>
constexpr int kCompiled = D <= kUnrolled ? D : 0;

inline std::vector<bool> paths(int degree) {
  return degree <= kUnrolled ? std::vector<bool>{true, false} : std::vector<bool>{false};
}

// The power spectra on the host; compiled: with the degree of `basis` known at compile time.
template <int D, class T>
std::vector<T> on_host(const Basis& basis, bool compiled) {
  Scratch<T> scratch{};
  std::vector<T> out(static_cast<std::size_t>(both_lengths(basis)));
  const detail::BasisView view = basis.view();
  const double* scale = basis.power_scale().data();
  if (compiled) describe<D>(surroundings(), view, scale, full_length(basis), scratch, out.data());
  else describe(surroundings(), basis.steps().data(), view, scale, full_length(basis), scratch, out.data());
  return out;
}

// False, with a line, when the largest difference exceeds `bound` of the largest entry; NaN fails.
template <class T, class U>
bool agree(const char* what, int degree, const std::vector<T>& got, const std::vector<U>& expected, double bound) {
  double scale = 0, difference = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    scale = std::fmax(scale, std::fabs(static_cast<double>(expected[k])));
    const double d = std::fabs(static_cast<double>(got[k]) - static_cast<double>(expected[k]));
    if (std::isnan(d) || d > difference) difference = d;
    if (std::isnan(d)) break;
  }
  const bool passed = scale > 0 && difference <= bound * scale;
  std::printf("%s %s, degree %d: %.1e of the largest entry (bound %.0e)\n", passed ? "ok  " : "FAIL", what, degree,
              difference / scale, bound);
  return passed;
}

}  // namespace anisoap::test
