// SPDX-License-Identifier: MIT
// What blocks of centres add to the particles around them, added up in the order of the blocks whatever thread ran them.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/potential.hpp"
#include "anisoap/simd/tasks.hpp"

namespace anisoap {

struct CentreResult {
  std::size_t row;
  double energy, variance, grade = 0.0;
};

// Which virials of single particles are wanted.
struct VirialsWanted {
  bool halves = false, centroid = false;
  bool any() const { return halves || centroid; }
};

struct BlockResult {
  std::vector<std::size_t> particles;    // of the slots
  AlignedVector<double> slots;           // [n_slots * kSlot]
  std::vector<double> virials;           // [n_slots * 9], or empty
  std::vector<double> centroid_virials;  // likewise
  std::vector<double> members;           // [n_slots * n_members] energies of committees, or empty
  std::vector<CentreResult> centres;
  double energy = 0.0, virial[9] = {};
};

// Particles that a block touches, numbered as they come, and the room that its result has for them.
class Slots {
 public:
  Slots(std::size_t n_particles, std::size_t n_members, VirialsWanted virials)
      : slot_(n_particles, -1), n_members_(n_members), virials_(virials) {}

  int operator()(std::size_t particle) {
    int& slot = slot_[particle];
    if (slot < 0) {
      slot = static_cast<int>(particles_.size());
      particles_.push_back(particle);
    }
    return slot;
  }
  // Room for all of them, and for some more too.
  void make_room(BlockResult& out) const {
    if (particles_.size() * kSlot <= out.slots.size()) return;
    const std::size_t n = (particles_.size() / 64 + 1) * 64;
    out.slots.resize(n * kSlot);
    if (virials_.halves) out.virials.resize(n * 9);
    if (virials_.centroid) out.centroid_virials.resize(n * 9);
    out.members.resize(n * n_members_);
  }

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
  std::size_t n_members_;
  VirialsWanted virials_;
};

class OrderedMerge {
 public:
  // variances and members: sums per row, or nullptr.
  OrderedMerge(const std::vector<Centre>& particles, PotentialResults& results, double* variances, double* members,
               std::size_t n_members)
      : particles_(particles), results_(results), variances_(variances), members_(members), n_members_(n_members) {}

  void put(std::size_t block, BlockResult&& result);

 private:
  void add(const BlockResult& result);

  const std::vector<Centre>& particles_;
  PotentialResults& results_;
  double *variances_, *members_;
  std::size_t n_members_, next_ = 0;
  std::map<std::size_t, BlockResult> waiting_;
  std::mutex mutex_;
};

}  // namespace anisoap
