// SPDX-License-Identifier: MIT
#include "potential/pair_packs.hpp"

#include <algorithm>

namespace anisoap {

OrderedPair ordered(const detail::PairForm& form, const ParticleTable& table, std::size_t centre, const Neighbor& neighbor) {
  const auto j = static_cast<std::size_t>(neighbor.index);
  const double* r = neighbor.r;
  if (detail::is_reversed(form, table.species[centre], table.species[j])) return {j, centre, {-r[0], -r[1], -r[2], 0}};
  return {centre, j, {r[0], r[1], r[2], 0}};
}

PairPacks::PairPacks(const detail::TwoBodyView& term, const ParticleTable& table, int lanes)
    : term_(term),
      table_(table),
      lanes_(static_cast<std::size_t>(lanes)),
      waiting_(static_cast<std::size_t>(term.n_pairs)),
      r_(lanes_),
      bodies_{std::vector<const detail::Body<double>*>(lanes_), std::vector<const detail::Body<double>*>(lanes_)} {}

PairPack PairPacks::pack_of(int k) {
  const auto& waiting = waiting_[static_cast<std::size_t>(k)];
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const WeightedPair& pair = waiting[std::min(lane, waiting.size() - 1)];
    r_[lane] = pair.r;
    bodies_[0][lane] = &table_.bodies[pair.i];
    bodies_[1][lane] = &table_.bodies[pair.j];
  }
  return {&term_.pairs[k], term_.cutoff, term_.inverse_width, r_.data(), {bodies_[0].data(), bodies_[1].data()}};
}

}  // namespace anisoap
