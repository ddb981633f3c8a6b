// SPDX-License-Identifier: MIT
// monomial: r^q, normalised up to the cutoff. int_0^1 r^(2q+2) dr = 1 / (2q + 3).
#pragma once

#include <cmath>

#include "anisoap/hypers.hpp"

namespace anisoap {

inline double monomial_norm(int q) { return std::sqrt(2.0 * q + 3.0); }

inline double monomial_overlap(int p, int q) { return std::sqrt((2.0 * p + 3.0) * (2.0 * q + 3.0)) / (p + q + 3.0); }

inline constexpr RadialForm kMonomial{"monomial", false, monomial_norm, monomial_overlap};

}  // namespace anisoap
