// SPDX-License-Identifier: MIT
// Runs of the frames of a set in memory of the device: particles, images, neighbour lists.
#pragma once

#include <algorithm>
#include <utility>

#include "anisoap/device.hpp"
#include "anisoap/kokkos/frames/particles.hpp"
#include "anisoap/kokkos/frames/search.hpp"
#include "device/space.hpp"

namespace anisoap::device {

constexpr std::size_t kMostParticles = std::size_t{1} << 20;  // of a run; a larger frame is a run of its own

// Frames first..last-1 of a set, and their particles.
struct Run {
  std::size_t first, last, first_particle, n_particles;
};
std::vector<Run> runs_of(const FrameSet& set, std::size_t most_particles);
// The two halves of a run of more than one frame.
std::vector<Run> halves(const FrameSet& set, const Run& run);

inline std::pair<std::size_t, std::size_t> part(std::size_t n) { return {0, n}; }
// Of the particles of a run.
inline std::size_t n_centres(const FrameSet& set, const Run& run) { return std::min(run.n_particles, set.n_centres); }

class FrameLoader {
 public:
  FrameLoader(const detail::TableRules& rules, double cutoff);

  // Throws ParticleError and ArgumentError as FrameBatch does.
  template <class T>
  void load(const FrameSet& set, const Run& run, kokkos::Particles<Space, T>& out) {
    place(set, run);
    const kokkos::Placed placed = kokkos::set_frame_particles(input_, rules_, out);
    if (placed.n_faults > 0) refuse(set, run);
    if (!set.numbers) return;
    Kokkos::deep_copy(Kokkos::subview(out.numbers, part(run.n_particles)),
                      OnHost<const std::int64_t>(set.numbers, run.n_particles));
  }

  const kokkos::NeighborRows<Space>& neighbors() const { return search_.neighbors(); }
  const std::vector<kokkos::FrameBox>& boxes() const { return search_.boxes(); }
  const kokkos::Images<Space>& images() const { return search_.images(); }

 private:
  void place(const FrameSet& set, const Run& run);
  void upload_places(const FrameSet& set, const Run& run);
  // into staged memory, while the device searches
  void stage_shapes(const FrameSet& set, const Run& run);
  void upload_shapes(const FrameSet& set, const Run& run);
  [[noreturn]] void refuse(const FrameSet& set, const Run& run) const;

  detail::TableRules rules_;
  double cutoff_;
  kokkos::FrameSearch<Space> search_;
  kokkos::FrameInput<Space> input_{};
  kokkos::Array<Space, double> values_{"anisoap frame values", 0};  // positions, quaternions, diameters of frames on the host
  kokkos::Array<Space, int> species_{"anisoap frame species", 0};
  Staging<double> staged_{"anisoap staged values", 0};
  Staging<int> staged_species_{"anisoap staged species", 0};
};

constexpr std::size_t kBatchMemory = std::size_t{4} << 30;  // bytes of a batch of centres, at first
constexpr int kRetries = 6;                                 // of one frame, with half as much each time

// Whether the run fits into the memory of the device; release() gives memory back and makes batches smaller.
template <class Compute, class Release>
bool fits(const Run& run, const Compute& compute, const Release& release) {
  try {
    compute(run);
    return true;
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
    if (run.last - run.first < 2) throw;
  }
  release();
  drop_spare();
  return false;
}

// Throws Failure: a frame that does not fit however small the batches are.
[[noreturn]] void refuse_size(const FrameSet& set, const Run& run);

// Calls compute(run) for runs that fit into the memory of the device; those that do not are halved.
template <class Compute, class Release>
void in_runs(const FrameSet& set, const std::vector<Run>& runs, const Compute& compute, const Release& release) {
  for (const Run& run : runs) {
    if (set.interrupted && set.interrupted()) throw Interrupted();
    if (fits(run, compute, release)) continue;
    if (run.last - run.first > 1) {
      in_runs(set, halves(set, run), compute, release);
      continue;
    }
    int left = kRetries;
    while (left > 0 && !fits(run, compute, release)) --left;
    if (left == 0) refuse_size(set, run);
  }
}

}  // namespace anisoap::device
