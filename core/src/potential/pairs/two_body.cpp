// SPDX-License-Identifier: MIT
#include "potential/pairs/two_body.hpp"

#include <algorithm>

#include "anisoap/detail/pair_virial.hpp"

namespace anisoap {

TwoBodyTerm::TwoBodyTerm(const TwoBodyTables& tables, const ParticleTable& table, Slots& slots)
    : tables_(tables),
      table_(table),
      lanes_(static_cast<std::size_t>(tables.backend.lanes)),
      slots_(slots),
      packs_(tables.term, table, tables.backend.lanes) {
  int work = 0, members = 0;
  for (int k = 0; k < tables.term.n_pairs; ++k) {
    members = std::max(members, tables.term.pairs[k].n_networks);
    work = std::max(work, detail::two_body_workspace(tables.term.pairs[k]));
  }
  work_.resize(static_cast<std::size_t>(work) * lanes_);
  rows_.resize(static_cast<std::size_t>(10 + members) * lanes_);
}

auto TwoBodyTerm::adding_to(BlockResult& out) {
  return [this, &out](int k, const WeightedPairs& pairs, const PairPack& pack) {
    tables_.backend.forces->two_body({pack, work_.data(), rows_.data()});
    for (std::size_t lane = 0; lane < pairs.count; ++lane) add(pairs[lane], tables_.term.pairs[k].n_networks, lane, out);
  };
}

void TwoBodyTerm::add(std::size_t centre, const Neighbors& neighbors, BlockResult& out) {
  const auto evaluate = adding_to(out);
  visit_pairs(tables_.term, table_, centre, neighbors, [&](int k, const Neighbor& neighbor) {
    packs_.add(k, centre, neighbor, weight_of(centre, static_cast<std::size_t>(neighbor.index)), evaluate);
  });
}

void TwoBodyTerm::finish(BlockResult& out) { packs_.finish(adding_to(out)); }

void TwoBodyTerm::add(const WeightedPair& pair, int n_networks, std::size_t lane, BlockResult& out) {
  const auto value = [&](std::size_t field) { return pair.weight * rows_[field * lanes_ + lane]; };
  const double energy = value(0), force[3] = {value(1), value(2), value(3)};
  const std::size_t ends[2] = {pair.i, pair.j};
  // A particle that is no centre gets its share where it is one, unless the pair is evaluated here alone.
  const bool alone = !tables_.numbers.empty();
  const bool gets[2] = {alone || tables_.is_centre[pair.i] != 0, alone || tables_.is_centre[pair.j] != 0};
  const double share = gets[0] && gets[1] ? 0.5 : 1.0;
  out.energy += energy;
  detail::add_pair_virial(1.0, pair.r, force, out.virial);
  for (std::size_t p = 0; p < 2; ++p) {
    const auto k = static_cast<std::size_t>(slots_(ends[p]));
    if (out.slots.size() < (k + 1) * kSlot) slots_.make_room(out);
    double* s = &out.slots[k * kSlot];
    const double sign = p == 0 ? 1.0 : -1.0;
    for (std::size_t d = 0; d < 3; ++d) s[d] += sign * force[d];
    for (std::size_t d = 0; d < 3; ++d) s[3 + d] -= value(4 + 3 * p + d);
    for (std::vector<double>* virials : {&out.virials, &out.centroid_virials})
      if (!virials->empty()) detail::add_pair_virial(detail::kBodyShare, pair.r, force, &(*virials)[9 * k]);
    if (!gets[p]) continue;
    s[6] += share * energy;
    if (n_networks == 0) continue;  // a polynomial is no committee
    for (std::size_t m = 0; m < tables_.n_members; ++m) {
      const std::size_t member = std::min(m, static_cast<std::size_t>(n_networks - 1));
      out.members[tables_.n_members * k + m] += share * value(10 + member);
    }
  }
}

}  // namespace anisoap
