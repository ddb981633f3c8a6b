// SPDX-License-Identifier: MIT
// Power spectra and their derivatives in an execution space, pair by pair; in double.
#pragma once

#include <algorithm>

#include "anisoap/kokkos/descriptor.hpp"
#include "anisoap/kokkos/kernels/jacobian.hpp"

namespace anisoap::kokkos {

template <class Space>
class Jacobian {
 public:
  // quantity: a power spectrum. density_scale: of the semi-axes; memory: bytes that batches may take. Throws as Basis does.
  Jacobian(const Hypers& hypers, Quantity quantity, double density_scale = 1.0, std::size_t memory = std::size_t{4} << 30)
      : density_(hypers, Quantity::Coefficients, true, memory), density_scale_(density_scale), memory_(memory) {
    layout_ = row_layout(density_.basis(), density_.tables(), quantity, copies_);
    const auto lowered = lowered_indices(density_.tables().degree);
    moments_ = {density_.tables().basis.n_moments, density_.tables().steps, lowered.data()};
    copies_(moments_.lowered, lowered.size());
  }

  const Basis& basis() const { return density_.basis(); }
  const PairRules& pair_rules() const { return density_.tables().rules; }
  int row_length() const { return layout_.length; }
  detail::TableRules rules() const {
    detail::TableRules rules = density_.rules();
    rules.density_scale = density_scale_;
    return rules;
  }
  const PairList<Space>& pairs() const { return density_.pairs(); }

  void set_memory(std::size_t bytes) {
    memory_ = bytes;
    density_.set_memory(bytes);
  }
  // Smaller batches from now on, and what the larger ones took is given back.
  void halve_memory() {
    memory_ /= 2;
    density_.halve_memory();
    coefficients_ = work_ = derivatives_ = tangents_ = rows_ = Array<Space, double>("anisoap jacobian", 0);
  }

  // Lists the pairs and makes the coefficients of all centres.
  template <class Neighbors>
  void set(const Neighbors& neighbors, int n_centres, const Particles<Space, double>& particles) {
    density_.set_neighbors(neighbors, n_centres, particles);
    reserve(coefficients_, static_cast<std::size_t>(n_centres) * static_cast<std::size_t>(density_.row_length()));
    density_.compute(particles, coefficients_);
  }

  // rows: [n_centres * row_length], or [n * row_length] of n chosen centres.
  void features(const Array<Space, double>& rows) const { features(rows, nullptr, pairs().n_centres); }
  void features(const Array<Space, double>& rows, const int* chosen, int n) const {
    RowLayout layout = layout_;
    layout.rows = rows.data();
    Kokkos::parallel_for("anisoap features", Range(0, static_cast<Offset>(n) * layout.length),
                         FeatureRows{density_.tables(), layout, coefficients_.data(), chosen});
  }

  // Calls use(range, rows) for runs of the pairs first..last-1, in order; rows: [range.n * 6 * row_length].
  template <class Use>
  void for_pairs(const Particles<Space, double>& particles, Offset first, Offset last, const Use& use) {
    const auto most = static_cast<Offset>(std::clamp<std::size_t>(memory_ / pair_bytes(), 1, std::size_t{1} << 18));
    while (first < last) {
      const PairRange range{first, std::min(most, last - first)};
      fill(particles, range);
      use(range, rows_);
      first += range.n;
    }
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;

  std::size_t pair_bytes() const {
    const BasisTables& tables = density_.tables();
    return sizeof(double) *
           static_cast<std::size_t>(7 * tables.basis.n_moments + 1 + 6 * (tables.n_coefficients + layout_.length));
  }

  void fill(const Particles<Space, double>& particles, const PairRange& range) {
    const BasisTables& tables = density_.tables();
    const auto n = static_cast<std::size_t>(range.n), n_moments = static_cast<std::size_t>(tables.basis.n_moments);
    reserve(work_, n * (n_moments + 1));
    reserve(derivatives_, n * 6 * n_moments);
    reserve(tangents_, n * 6 * static_cast<std::size_t>(tables.n_coefficients));
    reserve(rows_, n * 6 * static_cast<std::size_t>(layout_.length));
    Kokkos::parallel_for("anisoap moment derivatives", Range(0, range.n),
                         MomentDerivatives<Space>{tables.rules, moments_, particles.points, particles.shapes, pairs(), range,
                                                  work_.data(), derivatives_.data()});
    Kokkos::parallel_for(
        "anisoap coefficient derivatives", Range(0, range.n * 6 * tables.n_coefficients),
        CoefficientDerivatives<Space>{tables, particles.species, pairs(), range, derivatives_.data(), tangents_.data()});
    Kokkos::parallel_for(
        "anisoap feature derivatives", Range(0, range.n * 6 * layout_.length),
        FeatureDerivatives<Space>{tables, layout_, pairs(), range, coefficients_.data(), tangents_.data(), rows_.data()});
  }

  Descriptor<Space> density_;
  double density_scale_;
  std::size_t memory_;
  Copies<Space> copies_;
  RowLayout layout_{};
  detail::MomentTables moments_{};
  Array<Space, double> coefficients_{"anisoap coefficients", 0}, work_{"anisoap moments", 0},
      derivatives_{"anisoap moment derivatives", 0}, tangents_{"anisoap coefficient derivatives", 0},
      rows_{"anisoap feature derivatives", 0};
};

}  // namespace anisoap::kokkos
