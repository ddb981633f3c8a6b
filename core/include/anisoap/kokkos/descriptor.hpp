// SPDX-License-Identifier: MIT
// The descriptor in an execution space: rows of density coefficients or power spectra of all centres. T is the type of the
// moments; sums and rows are double.
#pragma once

#include <algorithm>
#include <vector>

#include "anisoap/descriptor.hpp"
#include "anisoap/kokkos/launch/centres.hpp"

namespace anisoap::kokkos {

// Where the entries of rows come from, without the rows.
template <class Space>
RowLayout row_layout(const Basis& basis, const BasisTables& tables, Quantity quantity, Copies<Space>& copies) {
  std::vector<int> from;
  std::vector<double> scale;
  RowLayout layout{};
  layout.of_features = quantity != Quantity::Coefficients;
  if (quantity == Quantity::PowerSpectrum) {
    for (int l = 0, first = 0; l <= tables.basis.max_angular; ++l) {
      const int n = basis.num_radial()[static_cast<std::size_t>(l)] * tables.basis.n_species;
      for (int a = 0; a < n; ++a)
        for (int b = 0; b < n; ++b) {
          const int low = std::min(a, b), high = std::max(a, b);
          from.push_back(first + low * n - low * (low - 1) / 2 + high - low);
          scale.push_back(a == b ? 1.0 : 1 / detail::kSqrt2);
        }
      first += n * (n + 1) / 2;
    }
  } else {
    const int n = layout.of_features ? tables.n_features : tables.n_coefficients;
    for (int k = 0; k < n; ++k) from.push_back(k);
    scale.assign(from.size(), 1.0);
  }
  layout.length = static_cast<int>(from.size());
  layout.from = from.data();
  layout.scale = scale.data();
  copies(layout.from, from.size());
  copies(layout.scale, scale.size());
  return layout;
}

template <class Space, class T = double>
class Descriptor {
 public:
  // memory: bytes that the sums of a batch of centres may take. Throws as Basis does.
  Descriptor(const Hypers& hypers, Quantity quantity, bool orthonormalize = true, std::size_t memory = std::size_t{4} << 30)
      : basis_(hypers, orthonormalize),
        step_(basis_),
        centres_(basis_, step_.tables()),
        memory_(memory),
        layout_(row_layout(basis_, step_.tables(), quantity, copies_)) {}

  Descriptor(const Descriptor&) = delete;  // centres_ points into it
  Descriptor& operator=(const Descriptor&) = delete;

  const Basis& basis() const { return basis_; }
  const BasisTables& tables() const { return step_.tables(); }
  const PairList<Space>& pairs() const { return pairs_; }
  int row_length() const { return layout_.length; }
  detail::TableRules rules() const {
    return {static_cast<int>(basis_.hypers().species.size()), basis_.length(), basis_.window(), 1.0, false};
  }

  void set_memory(std::size_t bytes) { memory_ = bytes; }
  void set_mapping(Mapping mapping) { mapping_ = mapping; }
  // Smaller batches from now on, and what the larger ones took is given back.
  void halve_memory() {
    memory_ /= 2;
    step_.release();
  }

  // Of batches and lists.
  std::size_t memory_bytes() const { return step_.memory_bytes() + static_cast<std::size_t>(pairs_.n_pairs) * 2 * sizeof(int); }

  // To be called whenever the neighbour list is new. sorted: rows in the order of the particles' numbers.
  template <class Neighbors>
  void set_neighbors(const Neighbors& neighbors, int n_centres, const Particles<Space, T>& particles, bool sorted = false) {
    pairs_.n_species = static_cast<int>(basis_.hypers().species.size());
    BuildPairs<Space, Neighbors>(neighbors, particles, pairs_, !basis_.hypers().subtract_center_contribution, sorted)
        .run(n_centres, particles.size, false);
  }

  // rows: [n_centres * row_length], in the order of the list.
  void compute(const Particles<Space, T>& particles, const Array<Space, double>& rows) {
    RowLayout layout = layout_;
    layout.rows = rows.data();
    const BasisTables& tables = step_.tables();
    const std::size_t each = static_cast<std::size_t>(tables.basis.n_species * tables.basis.n_moments) * sizeof(double);
    const int most = static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(memory_ / each, 1), 1 << 30));
    const int n_batch = (std::min(most, pairs_.n_centres) + kTile - 1) / kTile * kTile;
    for (int first = 0; first < pairs_.n_centres; first += n_batch) {
      const int n = std::min(n_batch, pairs_.n_centres - first);
      const bool few = takes_few<Space>(mapping_, n);
      step_.run(particles, pairs_, first, n, n_batch, few, takes_packs<Space, T>(mapping_));
      centres_.rows({first, n, few}, n_batch, step_.sums(), layout);
    }
  }

 private:
  Basis basis_;
  DensityBatches<Space, T> step_;
  Centres<Space> centres_;
  std::size_t memory_;
  Mapping mapping_ = Mapping::BySize;
  Copies<Space> copies_;
  RowLayout layout_;
  PairList<Space> pairs_;
};

}  // namespace anisoap::kokkos
