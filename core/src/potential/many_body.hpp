// SPDX-License-Identifier: MIT
// The many-body term of a potential for one chunk of centres after another, on one thread: summed moments, coefficients, power
// spectrum, local energies; then their adjoints back to forces and torques.
#pragma once

#include <optional>

#include "descriptor/chunk.hpp"
#include "descriptor/density_step.hpp"
#include "potential/merge.hpp"
#include "potential/pairs/pair_monomials.hpp"

namespace anisoap {

// What all threads share.
struct ManyBodyTables {
  const Basis& basis;
  const Backend& backend;
  bool compiled;
  const std::vector<detail::LocalEnergyView>& local;  // one per species
  const ModelViews* pair_monomials;                   // nullptr unless variances or grades need terms of pairs
  const std::vector<detail::ShiftedIndices>& raised;
  std::size_t n_members;            // energies of members to keep in place of the variance of committees; 0 for none
  VirialsWanted virials;            // of single particles
  bool grades;                      // are wanted
  const double* weights = nullptr;  // [n_rows * n_features]: energies are sums of features times these, not of local energies
};

class ManyBodyTerm {
 public:
  ManyBodyTerm(const ManyBodyTables& tables, const ParticleTable& table, Slots& slots);

  // Terms of pairs ask for the neighbours once more, since the chunk lacks those beyond the density's cutoff.
  void add(const NeighborSource& source, ChunkSearch& search, const Chunk& chunk, BlockResult& out);

 private:
  void assign_slots(const Chunk& chunk, BlockResult& out);
  void sum_pair_monomials(const NeighborSource& source, ChunkSearch& search, const Chunk& chunk, std::size_t first,
                          std::size_t n);
  void group(const Chunk& chunk, std::size_t first, std::size_t n, const double* coefficients, BlockResult& out);
  void weigh(const Chunk& chunk, std::size_t first, std::size_t n, BlockResult& out);
  bool energies(const Chunk& chunk, std::size_t first, std::size_t n, BlockResult& out);
  void forces_of_species(const Chunk& chunk, std::size_t first, std::size_t n, int s, BlockResult& out);
  void add_members(std::size_t entry, std::size_t lane, BlockResult& out) const;
  void add_pair_virials(const Chunk& chunk, std::size_t first, std::size_t n, int s, BlockResult& out) const;
  void add_centres(std::size_t first, std::size_t n, BlockResult& out) const;

  const ManyBodyTables& tables_;
  std::size_t lanes_;
  DensityStep density_;
  std::optional<PairMonomials> pair_monomials_;
  Slots& slots_;
  std::vector<int> slot_of_neighbor_;  // parallel to the chunk's neighbours
  std::vector<int> slot_of_entry_;
  std::vector<const int*> lane_slots_;
  std::size_t n_features_;
  AlignedVector<double> features_, gradient_, gradient_of_species_, work_, members_, adjoint_, polynomial_, centres_, pair_rows_;
};

}  // namespace anisoap
