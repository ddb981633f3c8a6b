// SPDX-License-Identifier: MIT
// All terms of a potential for one block of centres after another, on one thread. The neighbours of a centre are found once.
#pragma once

#include <optional>

#include "potential/many_body.hpp"
#include "potential/pair_monomials.hpp"
#include "potential/two_body.hpp"

namespace anisoap {

// What all threads share; a term that is nullptr is left out.
struct BlockTables {
  const Kernels& kernels;
  ChunkRules rules;
  const ManyBodyTables* many_body;
  const TwoBodyTables* two_body;
  const ModelViews* pair_variances;  // without a many-body term, which has them itself
  std::size_t n_members;
  bool virials;  // of single particles are wanted
};

class BlockTerms {
 public:
  BlockTerms(const BlockTables& tables, const ParticleTable& table)
      : search_(table, tables.rules, tables.kernels), slots_(table.size(), tables.n_members, tables.virials) {
    if (tables.many_body) many_body_.emplace(*tables.many_body, table, slots_);
    if (tables.two_body) two_body_.emplace(*tables.two_body, table, slots_);
    if (tables.pair_variances) pair_variances_.emplace(*tables.pair_variances, tables.kernels, table);
  }
  BlockTerms(const BlockTerms&) = delete;  // the terms refer to the slots
  BlockTerms& operator=(const BlockTerms&) = delete;

  // What centres first..last-1 of the list add; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  BlockResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    BlockResult out;
    while (first < last) {
      checkpoint();
      first = search_.fill(source, centres, first, last, chunk_);
      if (many_body_) many_body_->add(chunk_, out);
      if (two_body_) two_body_->add(chunk_, out);
      if (pair_variances_) pair_variances_->add(chunk_, out);
    }
    if (two_body_) two_body_->finish(out);
    out.particles = slots_.take();
    return out;
  }

 private:
  ChunkSearch search_;
  Chunk chunk_;
  Slots slots_;
  std::optional<ManyBodyTerm> many_body_;
  std::optional<TwoBodyTerm> two_body_;
  std::optional<PairVariances> pair_variances_;
};

}  // namespace anisoap
