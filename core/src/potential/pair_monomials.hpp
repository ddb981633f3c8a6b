// SPDX-License-Identifier: MIT
// Terms of the two-body polynomials, t = 1/2 sum over neighbours of f_c u^(n_k) z_m, species by species as n_species_terms counts
// them: what local energies are linear in, and with them the variances of pair_variance_rows.
#pragma once

#include <vector>

#include "descriptor/chunk.hpp"
#include "model/model_views.hpp"
#include "potential/merge.hpp"
#include "potential/pair_packs.hpp"

namespace anisoap {

// Terms of one centre after another, for packs of centres. Lanes are pairs here.
class PairTerms {
 public:
  PairTerms(const ModelViews& views, const Kernels& kernels, const ParticleTable& table);

  // Writes out[t * lanes + lane] for the terms t of the centre's species.
  void sum(const NeighborSource& source, std::size_t centre, std::size_t lane, double* out);

 private:
  const ModelViews& views_;
  const Kernels& kernels_;
  const ParticleTable& table_;
  std::size_t lanes_;
  NeighborSink sink_;
  PairPacks packs_;
  AlignedVector<double> weight_, work_, sums_;
};

// Variances of chunks of centres where no species has a many-body term.
class PairVarianceWorker {
 public:
  PairVarianceWorker(const ModelViews& views, const Kernels& kernels, const ParticleTable& table);

  template <class Checkpoint>
  ChunkResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    ChunkResult out;
    while (first < last) {
      checkpoint();
      first = group(source, centres, first, last, out);
    }
    return out;
  }

 private:
  std::size_t group(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                    ChunkResult& out);

  const ModelViews& views_;
  const Kernels& kernels_;
  const ParticleTable& table_;
  PairTerms terms_;
  AlignedVector<double> packed_;
};

}  // namespace anisoap
