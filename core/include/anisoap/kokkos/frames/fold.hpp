// SPDX-License-Identifier: MIT
// Results of particles and their images folded on the particles, and sums over frames; orders depend on the frames alone.
#pragma once

#include <algorithm>
#include <vector>

#include "anisoap/kokkos/frames/images.hpp"
#include "anisoap/kokkos/kernels/sums.hpp"

namespace anisoap::kokkos {

// Entry k of particle e / width gets those of its images.
template <class Space>
struct FoldImages {
  Images<Space> images;
  double* values;  // [n_all * width]
  int width;

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset i = e / width, k = e % width;
    double sum = values[e];
    for (Offset at = images.first_image(i); at < images.first_image(i + 1); ++at)
      sum += values[(images.n_particles + at) * width + k];
    values[e] = sum;
  }
};

template <class Space>
void fold_images(const Images<Space>& images, const Array<Space, double>& values, int width) {
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
  Kokkos::parallel_for("anisoap fold", Range(0, static_cast<Offset>(images.n_particles) * width),
                       FoldImages<Space>{images, values.data(), width});
}

// Sums of each frame: the virial W_ab = sum of x_a F_b over particles and images, row major, the energy, and all forces and
// torques together, which are a number where each of them is.
template <class Space>
class FrameSums {
 public:
  static constexpr int kEnergy = 9, kMotion = 10, kSums = 11;

  // motion: [n_all * 6], not folded; energies: [n_particles], folded. Returns [n_frames * kSums].
  std::vector<double> run(const Images<Space>& images, const std::vector<FrameBox>& boxes, const Array<Space, double>& motion,
                          const Array<Space, double>& energies) {
    const std::size_t n_frames = boxes.size();
    int parts = 1;  // of the largest frame
    for (const FrameBox& box : boxes) parts = std::max(parts, std::min(box.n, kMostParts));
    const auto n = static_cast<Offset>(n_frames);
    reserve(parts_, n_frames * static_cast<std::size_t>(parts) * kSums);
    reserve(sums_, n_frames * kSums);
    Kokkos::parallel_for("anisoap frame parts", Range(0, n * parts),
                         Part{images, {images.points, motion.data()}, energies.data(), parts, parts_.data()});
    Kokkos::parallel_for("anisoap frame sums", Range(0, n * kSums), Sum{images.boxes, parts, parts_.data(), sums_.data()});
    std::vector<double> out(n_frames * kSums);
    Kokkos::deep_copy(Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(out.data(), out.size()),
                      Kokkos::subview(sums_, std::make_pair(std::size_t{0}, out.size())));
    return out;
  }

  // Of the particles first + part, first + part + kMostParts, ... of a frame: its sums do not depend on other frames.
  struct Part {
    Images<Space> images;
    AddVirial<Space> virial;
    const double* energies;
    int n_parts;  // of the largest frame
    double* parts;

    KOKKOS_FUNCTION void operator()(Offset t) const {
      const FrameBox& box = images.boxes(t / n_parts);
      const auto part = static_cast<int>(t % n_parts);
      if (part >= box.n) return;
      AddVirial<Space> add = virial;
      add.origin = images.points(box.first);
      double sum[static_cast<unsigned>(kSums)] = {};
      for (int i = box.first + part; i < box.first + box.n; i += kMostParts) {
        add_one(add, i, sum);
        for (Offset at = images.first_image(i); at < images.first_image(i + 1); ++at) add_one(add, images.n_particles + at, sum);
        sum[kEnergy] += energies[i];
      }
      for (int v = 0; v < kSums; ++v) parts[t * kSums + v] = sum[v];
    }

    KOKKOS_FUNCTION static void add_one(const AddVirial<Space>& add, Offset particle, double* sum) {
      add(particle, sum);
      for (int k = 0; k < 6; ++k) sum[kMotion] += add.motion[6 * particle + k];
    }
  };
  struct Sum {
    Array<Space, FrameBox> boxes;
    int n_parts;
    const double* parts;
    double* out;

    KOKKOS_FUNCTION void operator()(Offset e) const {
      const Offset frame = e / kSums, v = e % kSums;
      const int n = boxes(frame).n < kMostParts ? boxes(frame).n : kMostParts;
      double sum = 0;
      for (int part = 0; part < n; ++part) sum += parts[(frame * n_parts + part) * kSums + v];
      out[e] = sum;
    }
  };

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
  static constexpr int kMostParts = on_device<Space> ? 1024 : 1;

  Array<Space, double> parts_{"anisoap frame parts", 0}, sums_{"anisoap frame sums", 0};
};

}  // namespace anisoap::kokkos
