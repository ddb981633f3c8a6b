// SPDX-License-Identifier: MIT
// Places in a cell with any mix of periodic directions. Rows of `reciprocal` times a place are its fractional coordinates.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

constexpr double kFarthest = 1e7;  // cells or cutoffs from the origin: beyond it, wrapping loses digits

template <class Vectors>
ANISOAP_FUNCTION void to_fractional(const Vectors& reciprocal, const double* x, double* f) {
  for (unsigned k = 0; k < 3; ++k) f[k] = reciprocal[k][0] * x[0] + reciprocal[k][1] * x[1] + reciprocal[k][2] * x[2];
}

// Whether a place is too far along axis k, or nowhere.
ANISOAP_FUNCTION bool is_far(double fractional, double height, bool periodic, double cutoff) {
  const double unit = periodic && height > cutoff ? height : cutoff;
  return !(abs(fractional) * height <= kFarthest * unit);
}

// Moves x, whose fractional coordinates are f, into the cell along the periodic directions.
template <class Vectors, class Flags>
ANISOAP_FUNCTION void wrap(const Vectors& axis, const Flags& periodic, const double* f, double* x) {
  for (unsigned k = 0; k < 3; ++k) {
    if (!periodic[k] || (f[k] >= 0 && f[k] < 1)) continue;
    const double n = ::floor(f[k]);
    for (unsigned d = 0; d < 3; ++d) x[d] -= n * axis[k][d];
  }
}

// Numbers of cells along three lengths, `width` wide or more, no more than `most` in all (which is 1 or more).
inline std::array<int, 3> cells_of(const std::array<double, 3>& length, double width, double most) {
  std::array<double, 3> n{};
  for (double total = 2 * most; total > most; width *= 1.3) {
    total = 1;
    for (std::size_t k = 0; k < 3; ++k) {
      n[k] = std::max(1.0, std::floor(std::min(length[k] / width, 1e9)));
      total *= n[k];
    }
  }
  return {static_cast<int>(n[0]), static_cast<int>(n[1]), static_cast<int>(n[2])};
}

}  // namespace anisoap::detail
