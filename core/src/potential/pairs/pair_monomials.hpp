// SPDX-License-Identifier: MIT
// Terms of the two-body polynomials, t = 1/2 sum over neighbours of f_c u^(n_k) z_m, species by species as n_species_terms counts
// them: what local energies are linear in, and with them the variances of pair_variance_rows and the grades of pair_grade_rows.
#pragma once

#include <vector>

#include "anisoap/model_views.hpp"
#include "potential/merge.hpp"
#include "potential/pairs/pair_packs.hpp"

namespace anisoap {

// Terms of one centre after another, for packs of centres. Lanes are pairs here.
class PairMonomials {
 public:
  PairMonomials(const ModelViews& views, const Backend& backend, const ParticleTable& table);

  // Writes out[t * lanes + lane] for the terms t of the centre's species.
  void sum(std::size_t centre, const Neighbors& neighbors, std::size_t lane, double* out);

 private:
  const ModelViews& views_;
  const Backend& backend_;
  const ParticleTable& table_;
  std::size_t lanes_;
  PairPacks packs_;
  AlignedVector<double> weight_, work_, sums_;
};

// Which of both are wanted, of terms of which model.
struct PairSpread {
  const ModelViews* views;  // nullptr: neither
  bool variances, grades;
};

// Variances and grades of one centre after another where no species has a many-body term.
class PairVariances {
 public:
  PairVariances(const PairSpread& wanted, const Backend& backend, const ParticleTable& table);

  // Some wait for finish().
  void add(const Centre& centre, const Neighbors& neighbors, BlockResult& out);
  void finish(BlockResult& out);

 private:
  PairSpread wanted_;
  const Backend& backend_;
  const ParticleTable& table_;
  PairMonomials monomials_;
  std::vector<std::size_t> rows_;  // of the centres that wait, all of one species
  int species_ = 0;
  AlignedVector<double> packed_;
};

}  // namespace anisoap
