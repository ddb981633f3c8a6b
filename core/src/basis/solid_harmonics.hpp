// SPDX-License-Identifier: MIT
// Real solid harmonics r^l Y_lm as Cartesian polynomials (orthonormal on the sphere, no Condon-Shortley phase).
#pragma once

#include <array>
#include <map>
#include <vector>

namespace anisoap {

// Exponents (a, b, c) of x^a y^b z^c and their coefficient.
using Polynomial = std::map<std::array<int, 3>, long double>;

Polynomial times_r_squared(const Polynomial& p);

// R_lm for m = -l..l, for l = 0..max_angular: result[l][m + l].
std::vector<std::vector<Polynomial>> solid_harmonics(int max_angular);

}  // namespace anisoap
