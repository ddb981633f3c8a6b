// SPDX-License-Identifier: MIT
// Particles of frames and their periodic images as particles of their own: those that may lie within the cutoff of the cell.
#pragma once

#include "anisoap/detail/lattice.hpp"
#include "anisoap/kokkos/frames/box.hpp"

namespace anisoap::kokkos {

// Particles 0..n_particles-1 stand inside their cells, frame by frame; the images of particle i are n_particles +
// first_image(i) .. n_particles + first_image(i + 1) - 1.
template <class Space>
struct Images {
  int n_particles = 0, n_all = 0;
  double cutoff = 0;
  Array<Space, FrameBox> boxes{"anisoap boxes", 0};
  Array<Space, int> frame{"anisoap frames", 0};           // [n_particles]
  Array<Space, Point> points{"anisoap frame points", 0};  // [n_all]
  Array<Space, int> owner{"anisoap owners", 0};           // [n_all]
  Array<Space, Offset> first_image{"anisoap images", 0};  // [n_particles + 1]

  KOKKOS_FUNCTION const FrameBox& box_of(int p) const { return boxes(frame(owner(p))); }
};

// Translations of one particle along each axis.
struct Shifts {
  int low[3], high[3];

  KOKKOS_FUNCTION Shifts(const FrameBox& box, const double* fractional, double cutoff) {
    for (int k = 0; k < 3; ++k) {
      const double margin = box.margin(k, cutoff);
      low[k] = box.periodic[k] ? static_cast<int>(::ceil(-margin - fractional[k])) : 0;
      high[k] = box.periodic[k] ? static_cast<int>(::floor(1 + margin - fractional[k])) : 0;
    }
  }
  KOKKOS_FUNCTION Offset n_images() const {
    Offset n = 1;
    for (int k = 0; k < 3; ++k) n *= high[k] - low[k] + 1;
    return n - 1;
  }
};

// Moves particles into their cells and counts their images. The value is the lowest particle that is nowhere or too far: it stays
// where it is and has no images.
template <class Space>
struct PlaceParticles {
  Images<Space> images;
  const double* positions;  // [n_particles * 3]

  KOKKOS_FUNCTION void operator()(int i, int& lowest) const {
    const FrameBox& box = images.boxes(images.frame(i));
    Point x;
    double f[3];
    for (int d = 0; d < 3; ++d) x.x[d] = positions[3 * static_cast<std::size_t>(i) + d];
    detail::to_fractional(box.reciprocal, x.x, f);
    bool far = false;
    for (int k = 0; k < 3; ++k) far = far || detail::is_far(f[k], box.height[k], box.periodic[k], images.cutoff);
    images.owner(i) = i;
    if (far) {
      images.points(i) = x;
      images.first_image(i) = 0;
      if (i < lowest) lowest = i;
      return;
    }
    detail::wrap(box.axis, box.periodic, f, x.x);
    detail::to_fractional(box.reciprocal, x.x, f);
    images.points(i) = x;
    images.first_image(i) = Shifts(box, f, images.cutoff).n_images();
  }
};

template <class Space>
struct PlaceImages {
  Images<Space> images;

  KOKKOS_FUNCTION void operator()(int i) const {
    Offset at = images.n_particles + images.first_image(i);
    if (images.first_image(i + 1) == images.first_image(i)) return;
    const FrameBox& box = images.boxes(images.frame(i));
    const Point x = images.points(i);
    double f[3];
    detail::to_fractional(box.reciprocal, x.x, f);
    const Shifts shifts(box, f, images.cutoff);
    for (int a = shifts.low[0]; a <= shifts.high[0]; ++a)
      for (int b = shifts.low[1]; b <= shifts.high[1]; ++b)
        for (int c = shifts.low[2]; c <= shifts.high[2]; ++c) {
          if (a == 0 && b == 0 && c == 0) continue;
          Point image;
          for (int d = 0; d < 3; ++d) image.x[d] = x.x[d] + a * box.axis[0][d] + b * box.axis[1][d] + c * box.axis[2][d];
          images.points(at) = image;
          images.owner(at++) = i;
        }
  }
};

// Ends of frames along directions that are not periodic, in fractional coordinates: [n_frames * 6], low and high of each axis.
template <class Space>
struct FindEnds {
  Images<Space> images;
  double* ends;

  KOKKOS_FUNCTION void operator()(int i) const {
    const FrameBox& box = images.boxes(images.frame(i));
    double f[3];
    detail::to_fractional(box.reciprocal, images.points(i).x, f);
    double* out = ends + 6 * static_cast<std::size_t>(images.frame(i));
    for (int k = 0; k < 3; ++k) {
      if (box.periodic[k]) continue;
      Kokkos::atomic_min(out + 2 * k, f[k]);
      Kokkos::atomic_max(out + 2 * k + 1, f[k]);
    }
  }
};

}  // namespace anisoap::kokkos
