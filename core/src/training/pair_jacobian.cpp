// SPDX-License-Identifier: MIT
#include <algorithm>

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "anisoap/moment_shifts.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "anisoap/training.hpp"
#include "descriptor/density_step.hpp"
#include "support/blocks.hpp"
#include "support/overflow.hpp"

namespace anisoap {
namespace {

// Centres of one thread, one after another.
class JacobianWorker {
 public:
  JacobianWorker(const Basis& basis, const Backend& backend, const std::vector<detail::ShiftedIndices>& lowered,
                 const FrameBatch& batch, PairJacobian& out)
      : backend_(backend),
        lanes_(static_cast<std::size_t>(backend.lanes)),
        lowered_(lowered),
        batch_(batch),
        out_(out),
        density_(basis, backend, false, batch.table(), false),
        n_coefficients_(static_cast<std::size_t>(basis.n_coefficients())),
        packed_features_(out.n_features * lanes_),
        coefficients_(n_coefficients_),
        work_(jacobian_workspace(basis.n_moments(), basis.n_coefficients()) * lanes_),
        rows_(6 * out.n_features * lanes_),
        first_(lanes_),
        count_(lanes_) {}

  // Entries first.. of a chunk, one per lane; the pairs of entry k start at `start[k]`.
  void run(const Chunk& chunk, const std::vector<std::size_t>& start, std::size_t first) {
    const std::size_t n = std::min(lanes_, chunk.entries.size() - first);
    density_.compute(chunk, first, n);
    const double* packed = density_.coefficients(0);
    density_.power_spectrum(packed, true, packed_features_.data());
    for (std::size_t lane = 0; lane < n; ++lane) {
      const Entry& entry = chunk.entries[first + lane];
      for (std::size_t f = 0; f < out_.n_features; ++f)
        out_.features[(entry.centre.row - out_.first) * out_.n_features + f] = packed_features_[f * lanes_ + lane];
      for (std::size_t c = 0; c < n_coefficients_; ++c) coefficients_[c] = packed[c * lanes_ + lane];
      std::size_t pair = start[first + lane];
      for (int s = 0; s < density_.view().n_species; ++s) pair = centre(chunk, entry, s, pair);
    }
  }

 private:
  // Pairs of one centre with its neighbours of species s, written from number `pair` on.
  std::size_t centre(const Chunk& chunk, const Entry& entry, int s, std::size_t pair) {
    const std::size_t* range = chunk.range(entry, s);
    for (std::size_t k = range[0]; k < range[1]; k += lanes_) {
      const std::size_t n = std::min(lanes_, range[1] - k);
      evaluate(chunk.neighbors.data() + k, n, s);
      for (std::size_t lane = 0; lane < n; ++lane, ++pair) store(entry, chunk.neighbors[k + lane], lane, pair);
    }
    return pair;
  }

  void evaluate(const Neighbor* neighbors, std::size_t n, int s) {
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      first_[lane] = neighbors + lane;
      count_[lane] = lane < n ? 1 : 0;
    }
    DensityTask pairs = density_.task();
    pairs.first = first_.data();
    pairs.count = count_.data();
    backend_.forces->jacobian({&pairs, &density_.view(), density_.scale(), lowered_.data(), s, coefficients_.data(), work_.data(),
                               rows_.data(), static_cast<int>(n_coefficients_), static_cast<int>(out_.n_features)});
  }

  void store(const Entry& entry, const Neighbor& neighbor, std::size_t lane, std::size_t pair) {
    out_.i[pair] = static_cast<std::int64_t>(entry.centre.row);
    out_.j[pair] = static_cast<std::int64_t>(batch_.centres()[static_cast<std::size_t>(neighbor.index)].row);
    std::copy(neighbor.r, neighbor.r + 3, &out_.r[3 * pair]);
    double* jacobian = &out_.jacobian[pair * 6 * out_.n_features];
    for (std::size_t k = 0; k < 6 * out_.n_features; ++k) jacobian[k] = rows_[k * lanes_ + lane];
    if (entry.centre.particle == static_cast<std::size_t>(neighbor.index) && neighbor.r[0] == 0 && neighbor.r[1] == 0 &&
        neighbor.r[2] == 0)
      std::fill(jacobian, jacobian + 3 * out_.n_features, 0.0);  // a particle does not move against itself
  }

  const Backend& backend_;
  std::size_t lanes_;
  const std::vector<detail::ShiftedIndices>& lowered_;
  const FrameBatch& batch_;
  PairJacobian& out_;
  DensityStep density_;
  std::size_t n_coefficients_;
  AlignedVector<double> packed_features_;
  std::vector<double> coefficients_;
  AlignedVector<double> work_, rows_;
  std::vector<const Neighbor*> first_;
  std::vector<int> count_;
};

// One past the last centre that the range takes.
std::size_t end_of(const CentreRange& range, const FrameBatch& batch, ChunkSearch& search) {
  const std::size_t n = batch.centres().size(), last = range.end(n);
  if (range.most_pairs == CentreRange::kAll) return last;
  std::vector<std::size_t> particle(n);
  for (const Centre& centre : batch.centres()) particle[centre.row] = centre.particle;
  std::size_t n_pairs = 0;
  for (std::size_t i = range.first; i < last; ++i) {
    n_pairs += search.count(batch, particle[i]);
    if (n_pairs > range.most_pairs && i > range.first) return i;
  }
  return last;
}

// Centres of a range, in groups of as many as there are lanes.
struct Plan {
  struct Group {
    std::size_t chunk, first;  // entries first, first + 1, ...
  };
  std::vector<Chunk> chunks;
  std::vector<std::vector<std::size_t>> start;  // first pair of each entry of each chunk
  std::vector<Group> groups;
  std::size_t n_centres = 0, n_pairs = 0;
};

Plan make_plan(const FrameBatch& batch, const CentreRange& range, const Hypers& hypers, const Backend& backend) {
  ChunkSearch search(batch.table(), hypers, backend);
  const std::size_t last = end_of(range, batch, search);
  std::vector<Centre> centres;
  for (const Centre& centre : batch.centres())
    if (centre.row >= range.first && centre.row < last) centres.push_back(centre);
  Plan plan;
  plan.n_centres = centres.size();
  for (std::size_t first = 0; first < centres.size();) {
    plan.chunks.emplace_back();
    Chunk& chunk = plan.chunks.back();
    first = search.fill(batch, centres, first, std::min(centres.size(), first + kBlockCentres), chunk);
    for (std::size_t k = 0; k < chunk.entries.size(); k += static_cast<std::size_t>(backend.lanes))
      plan.groups.push_back({plan.chunks.size() - 1, k});
    plan.start.emplace_back();
    for (const Entry& e : chunk.entries) {
      plan.start.back().push_back(plan.n_pairs);
      plan.n_pairs += e.count;
    }
  }
  return plan;
}

}  // namespace

std::size_t CentreRange::end(std::size_t n) const {
  const std::size_t end = last == kAll ? n : last;
  if (first > end || end > n)
    bad_argument("range of centres", std::to_string(first) + " to " + std::to_string(end),
                 "first <= last <= " + std::to_string(n));
  return end;
}

PairJacobian pair_jacobian(const Hypers& hypers, const FrameView& frame, double density_scale, const Options& options,
                           std::size_t number, const CentreRange& range) {
  require_positive("density_scale", density_scale);
  const Descriptor descriptor(hypers);
  const Basis& basis = descriptor.basis();
  const Backend& backend = find_backend();
  FrameBatch batch(basis, options.num_threads, {0.0, density_scale, false});
  batch.count_frames_from(number);
  batch.add(frame);
  const Plan plan = make_plan(batch, range, hypers, backend);
  PairJacobian out;
  out.n_features = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  out.first = range.first;
  out.features.resize(plan.n_centres * out.n_features);
  out.i.resize(plan.n_pairs);
  out.j.resize(plan.n_pairs);
  out.r.resize(3 * plan.n_pairs);
  out.jacobian.resize(plan.n_pairs * 6 * out.n_features);
  const auto lowered = lowered_indices(basis.degree());
  const auto make_worker = [&] { return JacobianWorker(basis, backend, lowered, batch, out); };
  const auto work = [&](JacobianWorker& worker, const Block& block, const auto&) {
    const Plan::Group& group = plan.groups[block.number];
    worker.run(plan.chunks[group.chunk], plan.start[group.chunk], group.first);
  };
  for_blocks(plan.groups.size(), 1, options, make_worker, work);
  return out;
}

}  // namespace anisoap
