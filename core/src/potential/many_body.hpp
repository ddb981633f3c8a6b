// SPDX-License-Identifier: MIT
// The many-body term of a potential for one chunk of centres after another, on one thread: neighbours, summed moments,
// coefficients, power spectrum, local energies; then their adjoints back to forces and torques.
#pragma once

#include <optional>

#include "descriptor/chunk.hpp"
#include "descriptor/density_step.hpp"
#include "potential/merge.hpp"
#include "potential/pair_monomials.hpp"

namespace anisoap {

// What all threads share.
struct ManyBodyTables {
  const Basis& basis;
  const Kernels& kernels;
  bool compiled;
  const std::vector<detail::LocalEnergyView>& local;  // one per species
  const ModelViews* pair_terms;                       // nullptr unless local energies have variances of pairs
  const std::vector<detail::ShiftedIndices>& raised;
  std::size_t n_members;  // energies of members to keep in place of the variance of committees; 0 for none
  bool virials;           // of single particles are wanted
};

class ManyBodyWorker {
 public:
  ManyBodyWorker(const ManyBodyTables& tables, const ParticleTable& table);

  // Adds centres first..last-1 of the list to `out`; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  ChunkResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    ChunkResult out;
    while (first < last) {
      checkpoint();
      first = search_.fill(source, centres, first, last, chunk_);
      assign_slots(out);
      const std::size_t n = chunk_.entries.size();
      for (std::size_t k = 0; k < n; k += lanes_) group(source, k, std::min(lanes_, n - k), out);
    }
    out.particles = slots_.take();
    return out;
  }

 private:
  void assign_slots(ChunkResult& out);
  void group(const NeighborSource& source, std::size_t first, std::size_t n, ChunkResult& out);
  bool energies(std::size_t first, std::size_t n, ChunkResult& out);
  void forces_of_species(std::size_t first, std::size_t n, int s, ChunkResult& out);
  void add_members(std::size_t entry, std::size_t lane, ChunkResult& out) const;
  void add_pair_virials(std::size_t first, std::size_t n, int s, ChunkResult& out) const;
  void add_centres(std::size_t first, std::size_t n, ChunkResult& out) const;

  const ManyBodyTables& tables_;
  std::size_t lanes_;
  ChunkSearch search_;
  Chunk chunk_;
  DensityStep density_;
  std::optional<PairTerms> pair_terms_;
  Slots slots_;
  std::vector<int> slot_of_neighbor_;  // parallel to the chunk's neighbours
  std::vector<int> slot_of_entry_;
  std::vector<const int*> lane_slots_;
  std::size_t n_features_;
  AlignedVector<double> features_, gradient_, gradient_of_species_, work_, members_, adjoint_, polynomial_, centres_, pair_rows_;
};

}  // namespace anisoap
