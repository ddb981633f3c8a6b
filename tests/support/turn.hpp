// SPDX-License-Identifier: MIT
// Quaternions (w, x, y, z) and vectors turned about space axes.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "support/quadrature.hpp"

namespace anisoap::test {

using Quaternion = std::array<double, 4>;

inline Quaternion product(const Quaternion& a, const double* b) {
  return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3], a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
          a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1], a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

// By `angle` about space axis 0, 1 or 2.
inline Quaternion turn_about(std::size_t axis, double angle) {
  Quaternion q{std::cos(0.5 * angle), 0, 0, 0};
  q[1 + axis] = std::sin(0.5 * angle);
  return q;
}

inline void turn_body(const Quaternion& turn, double* q) {
  const Quaternion turned = product(turn, q);
  for (std::size_t k = 0; k < 4; ++k) q[k] = turned[k];
}

inline void turn_vector(const Quaternion& turn, double* x) {
  const auto axes = body_axes(turn);
  const double old[3] = {x[0], x[1], x[2]};
  for (std::size_t d = 0; d < 3; ++d) x[d] = axes[0][d] * old[0] + axes[1][d] * old[1] + axes[2][d] * old[2];
}

}  // namespace anisoap::test
