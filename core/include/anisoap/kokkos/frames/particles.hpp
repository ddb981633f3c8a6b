// SPDX-License-Identifier: MIT
// Particles of frames, images included, as kernels of descriptors and potentials read them.
#pragma once

#include "anisoap/kokkos/frames/images.hpp"

namespace anisoap::kokkos {

// What set_particles reads. Arrays of particles, not of images.
template <class Space>
struct FrameInput {
  Images<Space> images;
  const double *quaternions, *diameters;  // [n_particles * 4], (w, x, y, z); [n_particles * 3], full lengths
  const int* kinds;                       // [n_particles] species

  KOKKOS_FUNCTION double position(int k, int axis) const { return images.points(k).x[axis]; }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return quaternions[4 * at(k) + c]; }
  KOKKOS_FUNCTION double diameter(int k, int axis) const { return diameters[3 * at(k) + axis]; }
  KOKKOS_FUNCTION int species(int k) const { return kinds[at(k)]; }
  KOKKOS_FUNCTION std::ptrdiff_t at(int k) const { return images.owner(k); }
};

// Returns what came of it; the first fault is of a particle, since images come after them.
template <class Space, class T>
Placed set_frame_particles(const FrameInput<Space>& input, const detail::TableRules& rules, Particles<Space, T>& out) {
  out.resize(input.images.n_all);
  const auto owner = input.images.owner;
  const auto numbers = out.numbers;
  Kokkos::parallel_for(
      "anisoap numbers", Kokkos::RangePolicy<Space>(0, out.size), KOKKOS_LAMBDA(int k) { numbers(k) = owner(k); });
  return set_particles(input, rules, out);
}

}  // namespace anisoap::kokkos
