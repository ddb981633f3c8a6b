// SPDX-License-Identifier: MIT
#include <algorithm>

#include "anisoap/derivatives.hpp"
#include "anisoap/moment_shifts.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "potential/block_terms.hpp"
#include "support/blocks.hpp"
#include "support/overflow.hpp"

namespace anisoap {

void power_spectrum_gradient(const Descriptor& descriptor, const FrameBatch& batch, const double* weights, double* positions,
                             double* turns, const Options& options) {
  const Basis& basis = descriptor.basis();
  const Backend& backend = find_backend(descriptor.instruction_set());
  const auto raised = raised_indices(basis.degree());
  std::vector<detail::LocalEnergyView> local(1);
  local[0].form = detail::LocalForm::None;
  const std::size_t n_features = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  local[0].n_features = static_cast<int>(n_features);
  require_finite("weights", weights, batch.n_particles() * n_features);
  const ManyBodyTables many_body{basis, backend, true, local, nullptr, raised, 0, {}, false, weights};
  const BlockTables tables{backend, basis.hypers(), 0.0, &many_body, nullptr, {}, 0, {}};
  const std::size_t n = 3 * batch.n_particles();
  std::fill(positions, positions + n, 0.0);
  std::fill(turns, turns + n, 0.0);
  PotentialResults results;
  results.forces = positions;
  results.torques = turns;
  OrderedMerge merge(batch.centres(), results, nullptr, nullptr, 0);
  const auto make_worker = [&] { return BlockTerms(tables, batch.table()); };
  const auto work = [&](BlockTerms& terms, const Block& block, const auto& checkpoint) {
    merge.put(block.number, terms.run(batch, batch.centres(), block.first, block.last, checkpoint));
  };
  for_blocks(batch.centres().size(), kBlockCentres, options, make_worker, work);
  for (double* values : {positions, turns})
    for (std::size_t k = 0; k < n; ++k) values[k] = -values[k];
}

}  // namespace anisoap
