// SPDX-License-Identifier: MIT
// The axes that a frame is searched along: its cell vectors where periodic, unit vectors across them elsewhere.
#pragma once

#include <array>

#include "anisoap/detail/lattice.hpp"

namespace anisoap {

using Vector3 = std::array<double, 3>;

inline double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

struct Lattice {
  std::array<Vector3, 3> axis;        // rows
  std::array<Vector3, 3> reciprocal;  // fractional coordinate k of x is reciprocal[k] . x
  std::array<double, 3> height;       // distance between the faces across axis k
  std::array<bool, 3> periodic;
  bool orthogonal;

  // cell: [9] rows, may be null without periodic directions. Throws std::invalid_argument for cells that are not finite or
  // whose periodic vectors are dependent.
  Lattice(const double* cell, const bool* periodic_directions);

  Vector3 fractional(const double* x) const;
  // Moves x, whose fractional coordinates are f, into the cell along the periodic directions.
  void wrap(double* x, const Vector3& f) const;
  Vector3 translation(int i, int j, int k) const;
};

using detail::cells_of;

}  // namespace anisoap
