// SPDX-License-Identifier: MIT
// Particles of frames, images included, as kernels of descriptors and potentials read them.
#pragma once

#include "anisoap/kokkos/frames/images.hpp"

namespace anisoap::kokkos {

// What set_particles reads of particles that are no images.
template <class Space>
struct FrameInput {
  Images<Space> images;
  const double *quaternions, *diameters;  // [n_particles * 4], (w, x, y, z); [n_particles * 3], full lengths
  const int* kinds;                       // [n_particles] species

  KOKKOS_FUNCTION double position(int k, int axis) const { return images.points(k).x[axis]; }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return quaternions[std::ptrdiff_t{4} * k + c]; }
  KOKKOS_FUNCTION double diameter(int k, int axis) const { return diameters[std::ptrdiff_t{3} * k + axis]; }
  KOKKOS_FUNCTION int species(int k) const { return kinds[k]; }
};

// Numbers of all, and what images have of their owners.
template <class Space, class T>
struct CopyToImages {
  Images<Space> images;
  Particles<Space, T> particles;
  bool bodies;

  KOKKOS_FUNCTION void operator()(int k) const {
    const int i = images.owner(k);
    particles.numbers(k) = i;
    if (k == i) return;
    particles.points(k) = images.points(k);
    particles.shapes(k) = particles.shapes(i);
    if (bodies) particles.bodies(k) = particles.bodies(i);
    particles.species(k) = particles.species(i);
  }
};

template <class Space, class T>
Placed set_frame_particles(const FrameInput<Space>& input, const detail::TableRules& rules, Particles<Space, T>& out) {
  out.resize(input.images.n_all);
  out.size = input.images.n_particles;
  const Placed placed = set_particles(input, rules, out);
  out.size = input.images.n_all;
  Kokkos::parallel_for("anisoap images of particles", Kokkos::RangePolicy<Space>(0, out.size),
                       CopyToImages<Space, T>{input.images, out, rules.bodies});
  return placed;
}

}  // namespace anisoap::kokkos
