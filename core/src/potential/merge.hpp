// SPDX-License-Identifier: MIT
// What chunks of centres add to the particles around them, added up in the order of the chunks whatever thread ran them.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/potential.hpp"
#include "simd/tasks.hpp"

namespace anisoap {

// Particles that a chunk touches, numbered as they come.
class Slots {
 public:
  explicit Slots(std::size_t n_particles) : slot_(n_particles, -1) {}

  int operator()(std::size_t particle) {
    int& slot = slot_[particle];
    if (slot < 0) {
      slot = static_cast<int>(particles_.size());
      particles_.push_back(particle);
    }
    return slot;
  }
  std::size_t size() const { return particles_.size(); }

  // The particles of the slots; forgets them.
  std::vector<std::size_t> take() {
    for (std::size_t p : particles_) slot_[p] = -1;
    std::vector<std::size_t> out;
    out.swap(particles_);
    return out;
  }

 private:
  std::vector<int> slot_;
  std::vector<std::size_t> particles_;
};

struct CentreResult {
  std::size_t row;
  double energy, variance;
};

struct ChunkResult {
  std::vector<std::size_t> particles;  // of the slots
  AlignedVector<double> slots;         // [n_slots * kSlot]
  std::vector<double> virials;         // [n_slots * 9], or empty
  std::vector<double> members;         // [n_slots * n_members] energies of a two-body committee, or empty
  std::vector<CentreResult> centres;
  double energy = 0.0, virial[9] = {};
};

class OrderedMerge {
 public:
  // variances and members: sums per row, or nullptr.
  OrderedMerge(const std::vector<Centre>& particles, PotentialResults& results, double* variances, double* members,
               std::size_t n_members)
      : particles_(particles), results_(results), variances_(variances), members_(members), n_members_(n_members) {}

  void put(std::size_t chunk, ChunkResult&& result);

 private:
  void add(const ChunkResult& result);

  const std::vector<Centre>& particles_;
  PotentialResults& results_;
  double *variances_, *members_;
  std::size_t n_members_, next_ = 0;
  std::map<std::size_t, ChunkResult> waiting_;
  std::mutex mutex_;
};

}  // namespace anisoap
