// SPDX-License-Identifier: MIT
// The two-body term of a potential for one chunk of centres after another, on one thread.
//
// A pair of two centres is evaluated once. A pair of a centre and a particle that is none (a ghost of another rank) is seen from
// both sides: it counts half on either, or whole on the side that the particles' numbers choose. A particle with its own periodic
// image is seen twice and counts half.
#pragma once

#include <cstdint>
#include <vector>

#include "descriptor/chunk.hpp"
#include "potential/merge.hpp"
#include "potential/pair_packs.hpp"

namespace anisoap {

struct TwoBodyTables {
  const detail::TwoBodyView& term;
  const Kernels& kernels;
  const std::vector<char>& is_centre;        // [n_particles]
  const std::vector<std::int64_t>& numbers;  // [n_particles] see PotentialInput::ids; empty when there are none
  std::size_t n_members;                     // energies of members to keep; 0 for none
  bool virials;                              // of single particles are wanted
};

class TwoBodyWorker {
 public:
  TwoBodyWorker(const TwoBodyTables& tables, const ParticleTable& table);

  // What centres first..last-1 of the list add; calls checkpoint() once a centre.
  template <class Checkpoint>
  ChunkResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    ChunkResult out;
    for (; first < last; ++first) {
      checkpoint();
      collect(source, centres[first].particle, out);
    }
    packs_.finish(adding_to(out));
    out.particles = slots_.take();
    return out;
  }

 private:
  double weight_of(std::size_t i, std::size_t j) const;
  void collect(const NeighborSource& source, std::size_t i, ChunkResult& out);
  // What PairPacks calls: evaluates a pack and adds its pairs.
  auto adding_to(ChunkResult& out) {
    return [this, &out](int k, const std::vector<WeightedPair>& pairs, const PairPack& pack) {
      tables_.kernels.forces->two_body({pack, work_.data(), rows_.data()});
      for (std::size_t lane = 0; lane < pairs.size(); ++lane) add(pairs[lane], tables_.term.pairs[k].n_networks, lane, out);
    };
  }
  void add(const WeightedPair& pair, int n_networks, std::size_t lane, ChunkResult& out);
  double* slot(std::size_t particle, ChunkResult& out);

  const TwoBodyTables& tables_;
  const ParticleTable& table_;
  std::size_t lanes_;
  NeighborSink sink_;
  Slots slots_;
  PairPacks packs_;
  AlignedVector<double> work_, rows_;
};

}  // namespace anisoap
