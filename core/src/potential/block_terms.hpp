// SPDX-License-Identifier: MIT
// All terms of a potential for one block of centres after another, on one thread. The neighbours of a centre are found once.
#pragma once

#include <optional>

#include "potential/many_body.hpp"
#include "potential/pairs/pair_monomials.hpp"
#include "potential/pairs/two_body.hpp"

namespace anisoap {

// What all threads share; a term that is nullptr is left out.
struct BlockTables {
  const Backend& backend;
  const Hypers& hypers;
  double cutoff;  // of the search: the longest of the terms
  const ManyBodyTables* many_body;
  const TwoBodyTables* two_body;
  PairSpread pair_spread;  // of a model without a many-body term, which has it itself
  std::size_t n_members;
  VirialsWanted virials;  // of single particles
};

class BlockTerms {
 public:
  BlockTerms(const BlockTables& tables, const ParticleTable& table);
  BlockTerms(const BlockTerms&) = delete;  // the terms refer to the slots
  BlockTerms& operator=(const BlockTerms&) = delete;

  // What centres first..last-1 of the list add; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  BlockResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    BlockResult out;
    while (first < last) {
      checkpoint();
      first = add_chunk(source, centres, first, last, out);
    }
    finish(out);
    return out;
  }

 private:
  // One chunk, or one centre where there are pairs alone; returns the first centre that is left out.
  std::size_t add_chunk(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                        BlockResult& out);
  void add_pairs(const Centre& centre, const Neighbors& found, BlockResult& out);
  void finish(BlockResult& out);

  ChunkSearch search_;
  Chunk chunk_;
  Slots slots_;
  std::optional<ManyBodyTerm> many_body_;
  std::optional<TwoBodyTerm> two_body_;
  std::optional<PairVariances> pair_variances_;
};

}  // namespace anisoap
