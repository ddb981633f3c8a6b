// SPDX-License-Identifier: MIT
#include <algorithm>

#include "anisoap/derivatives.hpp"
#include "anisoap/moment_shifts.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "descriptor/density_step.hpp"
#include "support/blocks.hpp"
#include "support/overflow.hpp"

namespace anisoap {
namespace {

// [n * 3] per row of the batch.
struct Directions {
  const double *positions, *turns;
};

class TangentWorker {
 public:
  TangentWorker(const Basis& basis, const Backend& backend, const std::vector<detail::ShiftedIndices>& lowered,
                const FrameBatch& batch, const Directions& directions, std::size_t n_features)
      : basis_(basis),
        backend_(backend),
        lanes_(static_cast<std::size_t>(backend.lanes)),
        lowered_(lowered),
        batch_(batch),
        directions_(directions),
        n_features_(n_features),
        search_(batch.table(), basis.hypers(), backend),
        density_(basis, backend, true, batch.table(), false),
        lane_motion_(lanes_),
        sums_(static_cast<std::size_t>(basis.n_moments()) * lanes_),
        work_(static_cast<std::size_t>(basis.n_moments() + 1) * lanes_),
        tangent_(static_cast<std::size_t>(basis.n_coefficients()) * lanes_),
        features_(n_features * lanes_) {}

  // Centres first..last-1; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  void run(std::size_t first, std::size_t last, double* rows, const Checkpoint& checkpoint) {
    while (first < last) {
      checkpoint();
      first = search_.fill(batch_, batch_.centres(), first, last, chunk_);
      read_motion();
      const std::size_t n = chunk_.entries.size();
      for (std::size_t k = 0; k < n; k += lanes_) group(k, std::min(lanes_, n - k), rows);
    }
  }

 private:
  // One row for each neighbour of the chunk.
  void read_motion() {
    motion_.assign(chunk_.neighbors.size() * kMotion, 0.0);
    for (const Entry& entry : chunk_.entries) {
      const std::size_t i = entry.centre.row, first = *chunk_.range(entry, 0);
      for (std::size_t k = first; k < first + entry.count; ++k) {
        const std::size_t j = batch_.centres()[static_cast<std::size_t>(chunk_.neighbors[k].index)].row;
        for (std::size_t d = 0; d < 3; ++d) {
          motion_[k * kMotion + d] = directions_.positions[3 * j + d] - directions_.positions[3 * i + d];
          motion_[k * kMotion + 4 + d] = directions_.turns[3 * j + d];
        }
      }
    }
  }

  void group(std::size_t first, std::size_t n, double* rows) {
    density_.compute(chunk_, first, n);
    const double* coefficients = density_.coefficients(0);
    for (int s = 0; s < density_.view().n_species; ++s) change_of_species(first, n, s);
    backend_.forces->power_spectrum_tangent(density_.view(), density_.scale(), coefficients, tangent_.data(), features_.data());
    for (std::size_t lane = 0; lane < n; ++lane) {
      double* row = rows + chunk_.entries[first + lane].centre.row * n_features_;
      for (std::size_t f = 0; f < n_features_; ++f) row[f] = features_[f * lanes_ + lane];
    }
  }

  void change_of_species(std::size_t first, std::size_t n, int s) {
    density_.point(chunk_, first, n, s);
    for (std::size_t lane = 0; lane < n; ++lane)
      lane_motion_[lane] = motion_.data() + chunk_.range(chunk_.entries[first + lane], s)[0] * kMotion;
    DensityTask pairs = density_.task();
    pairs.sums = sums_.data();
    backend_.forces->tangent({&pairs, basis_.steps().data(), lowered_.data(), lane_motion_.data(), work_.data()});
    density_.contract(sums_.data(), s, tangent_.data());
  }

  const Basis& basis_;
  const Backend& backend_;
  std::size_t lanes_;
  const std::vector<detail::ShiftedIndices>& lowered_;
  const FrameBatch& batch_;
  Directions directions_;
  std::size_t n_features_;
  ChunkSearch search_;
  Chunk chunk_;
  DensityStep density_;
  std::vector<const double*> lane_motion_;
  AlignedVector<double> motion_, sums_, work_, tangent_, features_;
};

}  // namespace

void power_spectrum_change(const Descriptor& descriptor, const FrameBatch& batch, const double* positions, const double* turns,
                           double* rows, const Options& options) {
  require_finite("positions", positions, 3 * batch.n_particles());
  require_finite("turns", turns, 3 * batch.n_particles());
  const Basis& basis = descriptor.basis();
  const Backend& backend = find_backend(descriptor.instruction_set());
  const auto lowered = lowered_indices(basis.degree());
  const Directions directions{positions, turns};
  const std::size_t n_features = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  const auto make_worker = [&] { return TangentWorker(basis, backend, lowered, batch, directions, n_features); };
  const auto work = [&](TangentWorker& worker, const Block& block, const auto& checkpoint) {
    worker.run(block.first, block.last, rows, checkpoint);
  };
  for_blocks(batch.centres().size(), kBlockCentres, options, make_worker, work);
}

}  // namespace anisoap
