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
  rows_.resize(static_cast<std::size_t>(4 + members) * lanes_);
  sums_.resize(10 * lanes_);
  weight_.resize(lanes_);
  for (auto& share : share_) share.resize(lanes_);
  slot_of_.resize(2 * lanes_);
  places_.resize(2 * lanes_);
}

auto TwoBodyTerm::adding_to(BlockResult& out) {
  return [this, &out](int k, const WeightedPairs& pairs, const PairPack& pack) {
    take_slots(pairs, out);
    tables_.backend.forces->two_body({pack,
                                      pairs.count,
                                      weight_.data(),
                                      {share_[0].data(), share_[1].data()},
                                      places_.data(),
                                      sums_.data(),
                                      work_.data(),
                                      rows_.data()});
    const int n_networks = tables_.term.pairs[k].n_networks;
    if (out.virials.empty() && out.centroid_virials.empty() && (n_networks == 0 || tables_.n_members == 0)) return;
    for (std::size_t lane = 0; lane < pairs.count; ++lane) add_more(pairs[lane], n_networks, lane, out);
  };
}

void TwoBodyTerm::add(std::size_t centre, const Neighbors& neighbors, BlockResult& out) {
  packs_.add(
      centre, neighbors, [&](std::size_t j) { return weight_of(centre, j); }, adding_to(out));
}

void TwoBodyTerm::finish(BlockResult& out) {
  packs_.finish(adding_to(out));
  for (std::size_t k = 0; k < 10; ++k) {
    double& total = k == 0 ? out.energy : out.virial[k - 1];
    for (std::size_t lane = 0; lane < lanes_; ++lane) total += sums_[k * lanes_ + lane];
  }
  std::fill(sums_.begin(), sums_.end(), 0.0);
}

// Where both bodies of each pair add up, and what they get of its energy: a particle that is no centre gets its share where it is
// one, unless the pair is evaluated here alone.
void TwoBodyTerm::take_slots(const WeightedPairs& pairs, BlockResult& out) {
  const bool alone = !tables_.numbers.empty();
  std::fill(weight_.begin(), weight_.end(), 0.0);
  for (std::size_t lane = 0; lane < pairs.count; ++lane) {
    const WeightedPair& pair = pairs[lane];
    const bool gets[2] = {alone || tables_.is_centre[pair.i] != 0, alone || tables_.is_centre[pair.j] != 0};
    weight_[lane] = pair.weight;
    for (std::size_t p = 0; p < 2; ++p) {
      share_[p][lane] = gets[p] ? (gets[1 - p] ? 0.5 : 1.0) : 0.0;
      slot_of_[2 * lane + p] = static_cast<std::size_t>(slots_(p == 0 ? pair.i : pair.j));
    }
  }
  slots_.make_room(out);
  for (std::size_t k = 0; k < 2 * pairs.count; ++k) places_[k] = &out.slots[slot_of_[k] * kSlot];
}

// Virials of single particles, energies of the members of a committee.
void TwoBodyTerm::add_more(const WeightedPair& pair, int n_networks, std::size_t lane, BlockResult& out) {
  const auto value = [&](std::size_t field) { return pair.weight * rows_[field * lanes_ + lane]; };
  const double force[3] = {value(1), value(2), value(3)};
  for (std::size_t p = 0; p < 2; ++p) {
    const std::size_t k = slot_of_[2 * lane + p];
    for (std::vector<double>* virials : {&out.virials, &out.centroid_virials})
      if (!virials->empty()) detail::add_pair_virial(detail::kBodyShare, pair.r, force, &(*virials)[9 * k]);
    for (std::size_t m = 0; n_networks > 0 && m < tables_.n_members; ++m) {
      const std::size_t member = std::min(m, static_cast<std::size_t>(n_networks - 1));
      out.members[tables_.n_members * k + m] += share_[p][lane] * value(4 + member);
    }
  }
}

}  // namespace anisoap
