// SPDX-License-Identifier: MIT
// Point groups of bodies, and the spherical harmonics that they leave unchanged.
//
// The main axis is the body's z axis. Cnv has a mirror in the plane of x and z; Dn, Dnh and Dnd have a twofold axis along x; the
// twofold (T, Th, Td) or fourfold (O, Oh) axes of cubic groups are x, y and z, with a threefold axis along (1, 1, 1).
#pragma once

#include <complex>
#include <string>
#include <vector>

namespace anisoap {

constexpr int kMostRank = 24;

struct PointGroup {
  std::string name;          // Schoenflies: C6v, D3d, Td, Dinfh, ...; Kh is that of a sphere
  int fold = 1;              // of the main axis; 0: any turn about it
  bool horizontal = false;   // mirror in the plane of x and y
  bool vertical = false;     // mirror in the plane of x and z
  bool across = false;       // twofold axis along x
  bool alternating = false;  // rotation-reflection of twice the order of the main axis
  bool inversion = false;
  bool cubic = false;
  bool spherical = false;

  // Whether it has rotations alone.
  bool chiral() const;
  // How many of the diameters x, y, z of an ellipsoid of this symmetry are equal: 1 (none), 2 (x and y) or 3.
  int equal_diameters() const;
};

// Throws ArgumentError named `what` for names that are none.
PointGroup point_group(const std::string& name, const std::string& what = "group");

// A real function sum_k t_k Y_lk of norm 1.
struct InvariantTensor {
  int rank;                               // l
  std::vector<std::complex<double>> t{};  // [2 l + 1] k = -l..l
};

// Those of one rank, orthonormal: cos(k phi) before sin(k phi), k upwards; cubic ones orthogonalised in this order.
std::vector<InvariantTensor> invariant_tensors(const PointGroup& group, int rank);

// F_l of detail/body_tensors.hpp from those of the two ranks below, (slope c + level) F_(l-1) - back F_(l-2); at the lowest rank
// max(|m|, |k|) F_l = level.
struct WignerStep {
  double slope, level, back;
};
WignerStep wigner_step(int l, int m, int k);

}  // namespace anisoap
