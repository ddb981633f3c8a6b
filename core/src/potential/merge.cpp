// SPDX-License-Identifier: MIT
#include "potential/merge.hpp"

#include "support/overflow.hpp"

namespace anisoap {

void OrderedMerge::put(std::size_t block, BlockResult&& result) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (block != next_) {
    waiting_.emplace(block, std::move(result));
    return;
  }
  add(result);
  ++next_;
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first == next_; it = waiting_.erase(it), ++next_) add(it->second);
}

void OrderedMerge::add(const BlockResult& result) {
  double total = result.energy;
  for (const CentreResult& c : result.centres) {
    if (results_.energies) results_.energies[c.row] += c.energy;
    if (variances_) variances_[c.row] += c.variance;
    if (results_.grades) results_.grades[c.row] = c.grade;
  }
  for (std::size_t k = 0; k < result.particles.size(); ++k) {
    const std::size_t row = particles_[result.particles[k]].row;
    const double* slot = &result.slots[k * kSlot];
    for (std::size_t d = 0; d < 3; ++d) {
      total += slot[d] + slot[3 + d];
      if (results_.forces) results_.forces[3 * row + d] += slot[d];
      if (results_.torques) results_.torques[3 * row + d] += slot[3 + d];
    }
    total += slot[6];
    if (results_.energies) results_.energies[row] += slot[6];
    const auto add_virial = [&](double* to, const std::vector<double>& from) {
      if (!to || from.empty()) return;
      for (std::size_t d = 0; d < 9; ++d) to[9 * row + d] += from[9 * k + d];
    };
    add_virial(results_.virials, result.virials);
    add_virial(results_.centroid_virials, result.centroid_virials);
    if (members_ && !result.members.empty())
      for (std::size_t m = 0; m < n_members_; ++m) members_[row * n_members_ + m] += result.members[k * n_members_ + m];
  }
  require_no_overflow(total);
  results_.energy += result.energy;
  for (int k = 0; k < 9; ++k) results_.virial[k] += result.virial[k];
}

}  // namespace anisoap
