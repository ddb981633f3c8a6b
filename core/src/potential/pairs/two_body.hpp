// SPDX-License-Identifier: MIT
// The two-body term of a potential, on one thread.
//
// A pair of two centres is evaluated once. A pair of a centre and a particle that is none (a ghost of another rank) is seen from
// both sides: it counts half on either, or whole on the side that the particles' numbers choose. A particle with its own periodic
// image is seen twice and counts half.
#pragma once

#include <cstdint>
#include <vector>

#include "potential/merge.hpp"
#include "potential/pairs/pair_packs.hpp"

namespace anisoap {

struct TwoBodyTables {
  const detail::TwoBodyView& term;
  const Backend& backend;
  const std::vector<char>& is_centre;        // [n_particles]
  const std::vector<std::int64_t>& numbers;  // [n_particles] see PotentialInput::ids; empty when there are none
  std::size_t n_members;                     // energies of members to keep; 0 for none
};

class TwoBodyTerm {
 public:
  TwoBodyTerm(const TwoBodyTables& tables, const ParticleTable& table, Slots& slots);

  // Adds the pairs of a centre; some wait for finish().
  void add(std::size_t centre, const Neighbors& neighbors, BlockResult& out);
  void finish(BlockResult& out);

 private:
  double weight_of(std::size_t i, std::size_t j) const {
    if (tables_.numbers.empty()) return detail::pair_weight(i, j, tables_.is_centre[j] != 0);
    return detail::numbered_weight(tables_.numbers[i], tables_.numbers[j]);
  }
  // What PairPacks calls: evaluates a pack and adds its pairs.
  auto adding_to(BlockResult& out);
  void take_slots(const WeightedPairs& pairs, BlockResult& out);
  void add_more(const WeightedPair& pair, int n_networks, std::size_t lane, BlockResult& out);

  const TwoBodyTables& tables_;
  const ParticleTable& table_;
  std::size_t lanes_;
  Slots& slots_;
  PairPacks packs_;
  AlignedVector<double> work_, rows_, sums_, weight_, share_[2];  // of a TwoBodyTask
  std::vector<std::size_t> slot_of_;                              // [2 * lanes] of i and j of each pair
  std::vector<double*> places_;                                   // likewise, in the result
};

}  // namespace anisoap
