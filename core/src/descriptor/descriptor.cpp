// SPDX-License-Identifier: MIT
// Centres in chunks: collect neighbours, sort centres by how many they have, then one batch at a time through the density step
// and the contraction, one group of lanes at a time through the power spectrum. Only rows leave the thread's workspace.
#include "anisoap/descriptor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "anisoap/aligned.hpp"
#include "anisoap/detail/contraction.hpp"
#include "anisoap/error.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "descriptor/chunk.hpp"
#include "descriptor/density_step.hpp"
#include "support/blocks.hpp"

namespace anisoap {
namespace {

class DescriptorWorker {
 public:
  DescriptorWorker(const Basis& basis, const Backend& backend, bool compiled, const ParticleTable& table, Quantity quantity,
                   std::size_t row_length, bool single)
      : basis_(basis),
        backend_(backend),
        quantity_(quantity),
        row_length_(row_length),
        search_(table, basis.hypers(), backend),
        density_(basis, backend, compiled, table, single),
        features_(row_length * static_cast<std::size_t>(backend.lanes)),
        lane_rows_(static_cast<std::size_t>(backend.lanes)) {}

  // Centres first..last-1 of the list; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  void run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
           const Rows& rows, const Checkpoint& checkpoint) {
    while (first < last) {
      checkpoint();
      first = search_.fill(source, centres, first, last, chunk_);
      const std::size_t n = chunk_.entries.size(), batch = density_.batch();
      for (std::size_t k = 0; k < n; k += batch) compute(k, std::min(batch, n - k), rows);
    }
  }

 private:
  void compute(std::size_t first, std::size_t n, const Rows& rows) {
    density_.compute(chunk_, first, n);
    const auto width = static_cast<std::size_t>(backend_.lanes);
    for (std::size_t k = 0; k < n; k += width) finish(first + k, std::min(width, n - k), density_.coefficients(k), rows);
  }

  // Rows of `n` centres from their coefficients, one per lane.
  void finish(std::size_t first, std::size_t n, const double* packed, const Rows& rows) {
    if (quantity_ != Quantity::Coefficients) {
      density_.power_spectrum(packed, quantity_ == Quantity::SymmetricPowerSpectrum, features_.data());
      packed = features_.data();
    }
    if (n == static_cast<std::size_t>(backend_.lanes) && rows.data && write_all(first, packed, rows)) return;
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t row = chunk_.entries[first + k].centre.row;
      const bool finite =
          rows.data ? write(packed + k, rows.data + row * rows.stride) : write(packed + k, rows.data_single + row * rows.stride);
      if (!finite) refuse_overflow_of_row(row, basis_.length());
    }
  }

  // Rows of all lanes at once; false when a number is not finite.
  bool write_all(std::size_t first, const double* packed, const Rows& rows) {
    for (std::size_t k = 0; k < lane_rows_.size(); ++k)
      lane_rows_[k] = rows.data + chunk_.entries[first + k].centre.row * rows.stride;
    return backend_.unpack(packed, row_length_, lane_rows_.data());
  }

  // Copies one lane; false when a number is not finite.
  template <class T>
  bool write(const double* packed, T* out) const {
    const auto width = static_cast<std::size_t>(backend_.lanes);
    bool finite = true;
    for (std::size_t f = 0; f < row_length_; ++f) {
      out[f] = static_cast<T>(packed[f * width]);
      finite &= std::fabs(out[f]) <= std::numeric_limits<T>::max();
    }
    return finite;
  }

  const Basis& basis_;
  const Backend& backend_;
  Quantity quantity_;
  std::size_t row_length_;
  ChunkSearch search_;
  Chunk chunk_;
  DensityStep density_;
  AlignedVector<double> features_;
  std::vector<double*> lane_rows_;
};

}  // namespace

Descriptor::Descriptor(const Hypers& hypers, bool orthonormalize, const std::string& instruction_set, bool compiled_degrees,
                       const HypersNames& names)
    : basis_(hypers, orthonormalize, names), backend_(&find_backend(instruction_set)), compiled_degrees_(compiled_degrees) {}

const char* Descriptor::instruction_set() const { return backend_->name; }

std::size_t Descriptor::row_length(Quantity quantity) const {
  if (quantity == Quantity::Coefficients) return static_cast<std::size_t>(basis_.n_coefficients());
  std::size_t n = 0;
  for (int n_l : basis_.num_radial()) {
    const std::size_t k = static_cast<std::size_t>(n_l) * hypers().species.size();
    n += quantity == Quantity::PowerSpectrum ? k * k : k * (k + 1) / 2;
  }
  return n;
}

std::vector<Label> Descriptor::labels(Quantity quantity) const {
  std::vector<Label> out;
  const int n_species = static_cast<int>(hypers().species.size());
  for (int l = 0; l <= hypers().max_angular; ++l) {
    const int k = basis_.num_radial()[static_cast<std::size_t>(l)] * n_species;
    if (quantity == Quantity::Coefficients) {
      for (int m = -l; m <= l; ++m)
        for (int a = 0; a < k; ++a) out.push_back({l, m, a / n_species, a % n_species, -1, -1});
    } else {
      for (int a = 0; a < k; ++a)
        for (int b = quantity == Quantity::PowerSpectrum ? 0 : a; b < k; ++b)
          out.push_back({l, 0, a / n_species, a % n_species, b / n_species, b % n_species});
    }
  }
  return out;
}

void Descriptor::compute(const ParticleTable& table, const NeighborSource& source, const std::vector<Centre>& centres,
                         Quantity quantity, const Rows& rows, const Options& options) const {
  const bool single = options.single_precision && single_precision_safe();
  const auto make_worker = [&] {
    return DescriptorWorker(basis_, *backend_, compiled_degrees_, table, quantity, row_length(quantity), single);
  };
  const auto work = [&](DescriptorWorker& worker, const Block& block, const auto& checkpoint) {
    worker.run(source, centres, block.first, block.last, rows, checkpoint);
  };
  for_blocks(centres.size(), kBlockCentres, options, make_worker, work);
}

void Descriptor::compute(const FrameBatch& batch, Quantity quantity, const Rows& rows, const Options& options) const {
  compute(batch.table(), batch, batch.centres(), quantity, rows, options);
}

void Descriptor::power_spectra(const double* coefficients, std::size_t n, Quantity quantity, double* rows,
                               const Options& options) const {
  if (quantity == Quantity::Coefficients) bad_argument("quantity", "coefficients", "one of the power spectra");
  const detail::BasisView view = basis_.view();
  const double* scale = basis_.power_scale().data();
  const std::size_t n_in = row_length(Quantity::Coefficients), n_out = row_length(quantity);
  InterruptCheck check(options);
  for (std::size_t k = 0; k < n; ++k, coefficients += n_in, rows += n_out) {
    check();
    if (quantity == Quantity::SymmetricPowerSpectrum) detail::power_spectrum<true>(view, scale, coefficients, rows);
    else detail::power_spectrum<false>(view, scale, coefficients, rows);
    if (!std::all_of(rows, rows + n_out, [](double v) { return std::isfinite(v); }))
      bad_argument("power spectrum of row " + std::to_string(k), "numbers that overflow", "smaller coefficients");
  }
}

std::size_t Descriptor::workspace_bytes() const {
  const std::size_t features = row_length(Quantity::PowerSpectrum) * static_cast<std::size_t>(backend_->lanes);
  return DensityStep::memory_bytes(basis_, *backend_) + features * sizeof(double) + 2 * kChunkNeighbors * sizeof(Neighbor);
}

bool Descriptor::single_precision_safe() const { return basis_.amplification() < 30 && basis_.degree() <= 20; }

int default_num_threads() { return thread_count(0); }

}  // namespace anisoap
