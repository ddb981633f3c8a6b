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
      first =
          many_body_ || pair_variances_ ? add_chunk(source, centres, first, last, out) : add_pairs(source, centres, first, out);
    }
    if (two_body_) two_body_->finish(out);
    out.particles = slots_.take();
    return out;
  }

 private:
  // Centres of one chunk; returns the first that is left out.
  std::size_t add_chunk(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                        BlockResult& out);
  // Pairs of one centre. By way of a chunk they would cost 4 % more with one species and 13 % with two.
  std::size_t add_pairs(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, BlockResult& out);

  ChunkSearch search_;
  Chunk chunk_;
  Slots slots_;
  std::optional<ManyBodyTerm> many_body_;
  std::optional<TwoBodyTerm> two_body_;
  std::optional<PairVariances> pair_variances_;
};

}  // namespace anisoap
