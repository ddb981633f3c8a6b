// SPDX-License-Identifier: MIT
#include "potential/pairs/pair_packs.hpp"

#include <algorithm>

namespace anisoap {

PairPacks::PairPacks(const detail::TwoBodyView& term, const ParticleTable& table, int lanes)
    : term_(term),
      table_(table),
      lanes_(static_cast<std::size_t>(lanes)),
      waiting_(static_cast<std::size_t>(term.n_pairs) * lanes_),
      counts_(static_cast<std::size_t>(term.n_pairs)),
      r_(lanes_),
      bodies_{std::vector<const detail::Body<double>*>(lanes_), std::vector<const detail::Body<double>*>(lanes_)} {}

PairPack PairPacks::pack_of(int k, const WeightedPairs& pairs) {
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const WeightedPair& pair = pairs[std::min(lane, pairs.count - 1)];
    r_[lane] = pair.r;
    bodies_[0][lane] = &table_.bodies[pair.i];
    bodies_[1][lane] = &table_.bodies[pair.j];
  }
  return {&term_.pairs[k], term_.cutoff, term_.inverse_width, r_.data(), {bodies_[0].data(), bodies_[1].data()}};
}

}  // namespace anisoap
