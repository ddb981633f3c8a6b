// SPDX-License-Identifier: MIT
// Where the particles of a frame are, as kernels read it: axes, periodic directions, the grid of its cells.
#pragma once

#include "anisoap/kokkos/pairs.hpp"

namespace anisoap::kokkos {

struct FrameBox {
  double axis[3][3], reciprocal[3][3];  // rows; fractional coordinate k of x is reciprocal[k] . x
  double height[3];                     // between the faces across axis k
  bool periodic[3];
  int first = 0, n = 0;  // its particles
  // Cells of at least a cutoff in fractional coordinates, images included; the first axis fastest.
  double low[3], per_unit[3];
  int n_cells[3];
  Offset first_cell = 0;

  // How far beyond the cell images matter: a little more than the cutoff.
  KOKKOS_FUNCTION double margin(int k, double cutoff) const { return periodic[k] ? cutoff / height[k] * (1 + 1e-9) : 0.0; }
  KOKKOS_FUNCTION int cell(int k, double fractional) const {
    const double c = (fractional - low[k]) * per_unit[k];
    return c < 0 ? 0 : c >= n_cells[k] ? n_cells[k] - 1 : static_cast<int>(c);
  }
  KOKKOS_FUNCTION Offset cell_index(int a, int b, int c) const {
    return first_cell + a + static_cast<Offset>(n_cells[0]) * (b + static_cast<Offset>(n_cells[1]) * c);
  }
};

}  // namespace anisoap::kokkos
