// SPDX-License-Identifier: MIT
#include "search/lattice.hpp"

#include <cmath>
#include <cstddef>

#include "anisoap/error.hpp"
#include "support/text.hpp"

namespace anisoap {
namespace {

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector3 unit(const Vector3& a) {
  const double n = std::sqrt(dot(a, a));
  return {a[0] / n, a[1] / n, a[2] / n};
}

// The Cartesian axis that `a` has least of.
Vector3 least_axis(const Vector3& a) {
  std::size_t k = 0;
  for (std::size_t i = 1; i < 3; ++i)
    if (std::fabs(a[i]) < std::fabs(a[k])) k = i;
  Vector3 e{};
  e[k] = 1;
  return e;
}

// Unit vectors, across the periodic axes and each other, for the directions that are not periodic.
void complete(std::array<Vector3, 3>& axis, const std::array<bool, 3>& periodic) {
  const int n = periodic[0] + periodic[1] + periodic[2];
  if (n == 0) axis = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t i = (k + 1) % 3, j = (k + 2) % 3;
    if (n == 2 && !periodic[k]) axis[k] = unit(cross(axis[i], axis[j]));
    if (n == 1 && periodic[k]) {
      axis[i] = unit(cross(axis[k], least_axis(axis[k])));
      axis[j] = unit(cross(axis[k], axis[i]));
    }
  }
}

}  // namespace

Lattice::Lattice(const double* cell, const bool* periodic_directions)
    : axis{}, reciprocal{}, height{}, periodic{periodic_directions[0], periodic_directions[1], periodic_directions[2]} {
  for (std::size_t k = 0; cell && k < 9; ++k)
    if (!std::isfinite(cell[k])) bad_argument("cell", text(cell[k]), "finite cell vectors");
  double scale = 1;
  for (std::size_t k = 0; k < 3; ++k) {
    if (!periodic[k]) continue;
    for (std::size_t d = 0; d < 3; ++d) axis[k][d] = cell[3 * k + d];
    scale *= std::sqrt(dot(axis[k], axis[k]));
  }
  if (!std::isfinite(scale)) bad_argument("cell", "vectors as long as " + text(scale), "lengths whose product is finite");
  complete(axis, periodic);
  const double volume = dot(axis[0], cross(axis[1], axis[2]));
  if (!(std::fabs(volume) > 1e-10 * scale))
    bad_argument("cell", "periodic cell vectors that span no volume", "independent vectors in the periodic directions");
  orthogonal = true;
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t i = (k + 1) % 3, j = (k + 2) % 3;
    reciprocal[k] = cross(axis[i], axis[j]);
    for (double& v : reciprocal[k]) v /= volume;
    height[k] = 1 / std::sqrt(dot(reciprocal[k], reciprocal[k]));
    const double lengths = std::sqrt(dot(axis[i], axis[i]) * dot(axis[j], axis[j]));
    if (std::fabs(dot(axis[i], axis[j])) > 1e-9 * lengths) orthogonal = false;
  }
}

Vector3 Lattice::fractional(const double* x) const {
  Vector3 f;
  detail::to_fractional(reciprocal, x, f.data());
  return f;
}

void Lattice::wrap(double* x, const Vector3& f) const { detail::wrap(axis, periodic, f.data(), x); }

Vector3 Lattice::translation(int i, int j, int k) const {
  Vector3 t;
  for (std::size_t d = 0; d < 3; ++d) t[d] = i * axis[0][d] + j * axis[1][d] + k * axis[2][d];
  return t;
}

}  // namespace anisoap
