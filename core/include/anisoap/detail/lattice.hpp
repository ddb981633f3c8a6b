// SPDX-License-Identifier: MIT
// Places in a cell with any mix of periodic directions. Rows of `reciprocal` times a place are its fractional coordinates.
#pragma once

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

}  // namespace anisoap::detail
