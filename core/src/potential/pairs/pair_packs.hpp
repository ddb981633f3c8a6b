// SPDX-License-Identifier: MIT
// Pairs of bodies on their way to the loops over packs: those of one pair of species wait until they fill one.
#pragma once

#include <vector>

#include "anisoap/detail/math.hpp"
#include "anisoap/simd/tasks.hpp"
#include "descriptor/chunk.hpp"

namespace anisoap {

// A pair with the first species first.
struct OrderedPair {
  std::size_t i, j;
  double r[4];  // x_j - x_i and one more number
};

inline OrderedPair ordered(const detail::PairForm& form, const ParticleTable& table, std::size_t centre,
                           const Neighbor& neighbor) {
  const auto j = static_cast<std::size_t>(neighbor.index);
  const double* r = neighbor.r;
  if (detail::is_reversed(form, table.species[centre], table.species[j])) return {j, centre, {-r[0], -r[1], -r[2], 0}};
  return {centre, j, {r[0], r[1], r[2], 0}};
}

struct WeightedPair : OrderedPair {
  double weight;
};

// Those of one pack.
struct WeightedPairs {
  const WeightedPair* first;
  std::size_t count;
  const WeightedPair& operator[](std::size_t lane) const { return first[lane]; }
};

class PairPacks {
 public:
  PairPacks(const detail::TwoBodyView& term, const ParticleTable& table, int lanes);

  // Calls evaluate(k, pairs, pack) once pair k of TwoBodyView::pairs has filled a pack. Leaves out what is beyond the cutoff or
  // has no weight(j), first of all and without a branch: no processor foresees which.
  template <class Weight, class Evaluate>
  void add(std::size_t centre, const Neighbors& neighbors, const Weight& weight, const Evaluate& evaluate) {
    if (kept_.size() <= neighbors.count) kept_.resize(2 * neighbors.count + 16);
    const Neighbor** last = kept_.data();
    const double cutoff_squared = term_.cutoff * term_.cutoff;
    for (const Neighbor& e : neighbors) {
      *last = &e;
      const bool inside = detail::dot3(e.r, e.r) < cutoff_squared;
      last += static_cast<std::size_t>(inside) & static_cast<std::size_t>(weight(static_cast<std::size_t>(e.index)) != 0);
    }
    const int* pair_with = term_.pair_of_species + table_.species[centre] * term_.n_species;
    for (const Neighbor** e = kept_.data(); e < last; ++e) {
      const auto j = static_cast<std::size_t>((*e)->index);
      const int k = pair_with[table_.species[j]];
      if (k < 0) continue;
      std::size_t& count = counts_[static_cast<std::size_t>(k)];
      waiting_[static_cast<std::size_t>(k) * lanes_ + count] = {ordered(term_.pairs[k].form, table_, centre, **e), weight(j)};
      if (++count == lanes_) flush(k, evaluate);
    }
  }

  // Calls it for packs that are not full; their last lanes repeat the last pair.
  template <class Evaluate>
  void finish(const Evaluate& evaluate) {
    for (int k = 0; k < term_.n_pairs; ++k)
      if (counts_[static_cast<std::size_t>(k)] > 0) flush(k, evaluate);
  }

 private:
  template <class Evaluate>
  void flush(int k, const Evaluate& evaluate) {
    const WeightedPairs pairs{&waiting_[static_cast<std::size_t>(k) * lanes_], counts_[static_cast<std::size_t>(k)]};
    evaluate(k, pairs, pack_of(k, pairs));
    counts_[static_cast<std::size_t>(k)] = 0;
  }
  PairPack pack_of(int k, const WeightedPairs& pairs);

  const detail::TwoBodyView& term_;
  const ParticleTable& table_;
  std::size_t lanes_;
  std::vector<WeightedPair> waiting_;  // [n_pairs * lanes]
  std::vector<std::size_t> counts_;    // [n_pairs]
  std::vector<const Neighbor*> kept_;  // of one centre
  std::vector<const double*> r_;
  std::vector<const detail::Body<double>*> bodies_[2];
};

}  // namespace anisoap
