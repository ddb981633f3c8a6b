// SPDX-License-Identifier: MIT
// gto: r^q exp(-r^2 / 2), normalised over all r. int r^(2q+2) exp(-r^2) dr = Gamma(q + 3/2) / 2.
#pragma once

#include <cmath>

#include "anisoap/hypers.hpp"

namespace anisoap {

inline double gto_norm(int q) { return std::exp(0.5 * (std::log(2.0) - std::lgamma(q + 1.5))); }

// Long double: near-degenerate overlaps amplify round-off here by the inverse of their smallest eigenvalue.
inline double gto_overlap(int p, int q) {
  return static_cast<double>(
      std::exp(std::lgamma(0.5L * (p + q) + 1.5L) - 0.5L * (std::lgamma(p + 1.5L) + std::lgamma(q + 1.5L))));
}

inline constexpr RadialForm kGto{"gto", true, gto_norm, gto_overlap};

}  // namespace anisoap
