// SPDX-License-Identifier: MIT
#include "anisoap/training.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/error.hpp"
#include "density_step.hpp"
#include "interrupt.hpp"
#include "parallel.hpp"
#include "shifts.hpp"
#include "simd.hpp"
#include "two_body.hpp"

namespace anisoap {
namespace {

// Centres of one thread, one after another.
class JacobianWorker {
 public:
  JacobianWorker(const Basis& basis, const Kernels& kernels, const std::vector<detail::ShiftedIndices>& lowered,
                 const FrameBatch& batch, PairJacobian& out)
      : basis_(basis),
        kernels_(kernels),
        lanes_(static_cast<std::size_t>(kernels.lanes)),
        lowered_(lowered),
        batch_(batch),
        out_(out),
        density_(basis, kernels, false, batch.table(), false),
        n_coefficients_(static_cast<std::size_t>(basis.n_coefficients())),
        packed_features_(out.n_features * lanes_),
        coefficients_(n_coefficients_),
        work_(jacobian_workspace(basis.n_moments(), basis.n_coefficients()) * lanes_),
        rows_(6 * out.n_features * lanes_),
        first_(lanes_),
        count_(lanes_) {}

  // Entries of a chunk; the pairs of entry k start at `start[k]`.
  void run(const Chunk& chunk, const std::vector<std::size_t>& start) {
    const std::size_t n = chunk.entries().size();
    for (std::size_t k = 0; k < n; k += lanes_) group(chunk, start, k, std::min(lanes_, n - k));
  }

 private:
  void group(const Chunk& chunk, const std::vector<std::size_t>& start, std::size_t first, std::size_t n) {
    density_.sum(chunk, first, n);
    const double* packed = density_.coefficients(0);
    kernels_.power_spectrum(density_.view(), basis_.power_scale().data(), true, packed, packed_features_.data());
    for (std::size_t lane = 0; lane < n; ++lane) {
      const Entry& entry = chunk.entries()[first + lane];
      for (std::size_t f = 0; f < out_.n_features; ++f)
        out_.features[entry.centre.row * out_.n_features + f] = packed_features_[f * lanes_ + lane];
      for (std::size_t c = 0; c < n_coefficients_; ++c) coefficients_[c] = packed[c * lanes_ + lane];
      std::size_t pair = start[first + lane];
      for (int s = 0; s < density_.view().n_species; ++s) pair = centre(chunk, entry, s, pair);
    }
  }

  // Pairs of one centre with its neighbours of species s, written from number `pair` on.
  std::size_t centre(const Chunk& chunk, const Entry& entry, int s, std::size_t pair) {
    const std::size_t* range = chunk.range(entry, s);
    for (std::size_t k = range[0]; k < range[1]; k += lanes_) {
      const std::size_t n = std::min(lanes_, range[1] - k);
      evaluate(chunk.neighbors().data() + k, n, s);
      for (std::size_t lane = 0; lane < n; ++lane, ++pair) store(entry, chunk.neighbors()[k + lane], lane, pair);
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
    kernels_.forces->jacobian({&pairs, &density_.view(), basis_.power_scale().data(), lowered_.data(), s, coefficients_.data(),
                               work_.data(), rows_.data(), static_cast<int>(n_coefficients_), static_cast<int>(out_.n_features)});
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

  const Basis& basis_;
  const Kernels& kernels_;
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

std::vector<Chunk> make_chunks(const FrameBatch& batch, const Hypers& hypers, const Kernels& kernels) {
  NeighborSink sink(batch.table(), hypers.cutoff_radius, kernels);
  std::vector<Chunk> chunks;
  for (std::size_t first = 0; first < batch.centres().size();) {
    chunks.emplace_back(batch.table(), static_cast<int>(hypers.species.size()), !hypers.subtract_center_contribution);
    first = chunks.back().fill(batch, sink, batch.centres(), first, std::min(batch.centres().size(), first + kChunkCentres));
    chunks.back().sort();
  }
  return chunks;
}

}  // namespace

PairJacobian pair_jacobian(const Hypers& hypers, const FrameView& frame, double density_scale, const Options& options,
                           std::size_t number) {
  if (!(density_scale > 0 && std::isfinite(density_scale)))
    bad_argument("density_scale", std::to_string(density_scale), "a finite number > 0");
  const Descriptor descriptor(hypers);
  const Basis& basis = descriptor.basis();
  const Kernels& kernels = find_kernels();
  FrameBatch batch(basis, options.num_threads, {0.0, density_scale, false});
  batch.count_frames_from(number);
  batch.add(frame);
  const std::vector<Chunk> chunks = make_chunks(batch, hypers, kernels);
  std::vector<std::vector<std::size_t>> start(chunks.size());
  std::size_t n_pairs = 0;
  for (std::size_t c = 0; c < chunks.size(); ++c)
    for (const Entry& e : chunks[c].entries()) {
      start[c].push_back(n_pairs);
      n_pairs += e.count;
    }
  PairJacobian out;
  out.n_features = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  out.features.resize(frame.n * out.n_features);
  out.i.resize(n_pairs);
  out.j.resize(n_pairs);
  out.r.resize(3 * n_pairs);
  out.jacobian.resize(n_pairs * 6 * out.n_features);
  const auto lowered = lowered_indices(basis.degree());
  const int num_threads = thread_count(options, chunks.size());
  std::vector<std::unique_ptr<JacobianWorker>> workers(static_cast<std::size_t>(num_threads));
  InterruptCheck check(options);
  const auto work = [&](std::size_t c, int thread, const auto&) {
    auto& worker = workers[static_cast<std::size_t>(thread)];
    if (!worker) worker = std::make_unique<JacobianWorker>(basis, kernels, lowered, batch, out);
    worker->run(chunks[c], start[c]);
  };
  parallel_for(chunks.size(), num_threads, work, check);
  return out;
}

namespace {

void append(const TwoBody& term, const detail::PairForm& form, const ParticleTable& table, std::size_t i, std::size_t j,
            const double* r, TwoBodyInputs& out) {
  detail::PairInvariants<double> v;
  detail::pair_invariants(form, r, table.bodies[i], table.bodies[j], v);
  const double r2 = detail::dot3(r, r), slope = detail::cosine_cutoff_slope(r2, term.cutoff, 1 / term.width);
  out.taper.push_back(detail::cosine_cutoff(r2, term.cutoff, 1 / term.width));
  for (std::size_t d = 0; d < 3; ++d) {
    out.r.push_back(r[d]);
    out.taper_gradient.push_back(slope * r[d]);
  }
  out.inputs.insert(out.inputs.end(), v.inputs, v.inputs + out.n_inputs);
  const std::size_t first = out.jacobian.size();
  out.jacobian.resize(first + 9 * out.n_inputs);
  for (std::size_t k = 0; k < out.n_inputs; ++k) {
    double slopes[detail::kMostPairInputs] = {};
    slopes[k] = 1;
    const detail::PairMotion<double> motion = detail::pair_motion(form, v, slopes);
    for (std::size_t d = 0; d < 3; ++d) {
      out.jacobian[first + d * out.n_inputs + k] = motion.r[d];
      out.jacobian[first + (3 + d) * out.n_inputs + k] = motion.turn[0][d];
      out.jacobian[first + (6 + d) * out.n_inputs + k] = motion.turn[1][d];
    }
  }
}

// Hyperparameters that only carry a cutoff and the number of species.
Hypers search_only(const TwoBody& term) {
  Hypers h;
  h.max_angular = 0;
  h.cutoff_radius = term.cutoff;
  h.radial_gaussian_width = term.cutoff;
  for (std::size_t s = 0; s < term.species.size(); ++s) h.species.push_back(std::to_string(s));
  return h;
}

}  // namespace

std::vector<TwoBodyInputs> two_body_inputs(const TwoBody& term, const FrameView& frame, int num_threads, std::size_t number) {
  check_kinds(term);
  const Basis basis(search_only(term));
  FrameBatch batch(basis, num_threads, {term.cutoff, 1.0, true});
  batch.count_frames_from(number);
  batch.add(frame);
  const ParticleTable& table = batch.table();
  const std::size_t n_species = term.species.size();
  const auto at = [&](int a, int b) { return static_cast<std::size_t>(a) * n_species + static_cast<std::size_t>(b); };
  std::vector<int> kind(n_species * n_species, -1);
  std::vector<TwoBodyInputs> out(term.pairs.size());
  std::vector<detail::PairForm> forms;
  for (std::size_t k = 0; k < term.pairs.size(); ++k) {
    const int* species = term.pairs[k].species;
    kind[at(species[0], species[1])] = kind[at(species[1], species[0])] = static_cast<int>(k);
    forms.push_back(pair_form(term, term.pairs[k]));
    out[k].n_inputs = static_cast<std::size_t>(detail::pair_inputs(forms[k]));
  }
  NeighborSink sink(table, term.cutoff, find_kernels());
  for (const Centre& centre : batch.centres()) {
    batch.collect(centre.particle, sink);
    for (const Neighbor* e = sink.begin(); e != sink.begin() + sink.size(); ++e) {
      const auto j = static_cast<std::size_t>(e->index);
      const int k = kind[at(table.species[centre.particle], table.species[j])];
      const double weight = pair_weight(centre.particle, j, true);
      if (k < 0 || weight == 0) continue;
      const auto& form = forms[static_cast<std::size_t>(k)];
      const OrderedPair pair = ordered(form, table, centre.particle, *e);
      TwoBodyInputs& of_kind = out[static_cast<std::size_t>(k)];
      of_kind.i.push_back(static_cast<std::int64_t>(batch.centres()[pair.i].row));
      of_kind.j.push_back(static_cast<std::int64_t>(batch.centres()[pair.j].row));
      of_kind.weight.push_back(weight);
      append(term, form, table, pair.i, pair.j, pair.r, of_kind);
    }
  }
  return out;
}

}  // namespace anisoap
