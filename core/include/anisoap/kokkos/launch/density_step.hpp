// SPDX-License-Identifier: MIT
// Runs the density step on batches of centres, with the compiled or the run-time degree.
#pragma once

#include <string>

#include "anisoap/detail/with_degree.hpp"
#include "anisoap/kokkos/host/density.hpp"
#include "anisoap/kokkos/kernels/centre.hpp"
#include "anisoap/kokkos/kernels/density.hpp"
#include "anisoap/kokkos/launch/mapping.hpp"
#include "anisoap/moment_shifts.hpp"

namespace anisoap::kokkos {

// Highest degree with compiled code.
#ifndef ANISOAP_KOKKOS_DEGREE
#define ANISOAP_KOKKOS_DEGREE 12
#endif
constexpr int kCompiledDegreeKokkos = ANISOAP_KOKKOS_DEGREE;

// What to tell users of a basis whose degree has no compiled code; empty where it has.
inline std::string slowness(int degree, const std::string& space) {
  if (degree <= kCompiledDegreeKokkos) return "";
  return "moments of degree " + std::to_string(degree) + " on device '" + space +
         "' run code for any degree, several times slower than that of degrees up to " + std::to_string(kCompiledDegreeKokkos) +
         ", which this build has; build with ANISOAP_KOKKOS_DEGREE=" + std::to_string(degree) + " or more";
}

template <class Space, class T>
class DensityBatches {
 public:
  explicit DensityBatches(const Basis& basis) : tables_(basis_tables(basis, raised_indices(basis.degree()), copies_)) {}

  const BasisTables& tables() const { return tables_; }
  const double* sums() const { return sums_.data(); }
  int n_sums() const { return tables_.basis.n_species * tables_.basis.n_moments; }
  bool compiled() const { return tables_.degree <= kCompiledDegreeKokkos; }

  void release() { sums_ = scratch_ = Array<Space, double>("anisoap sums", 0); }

  std::size_t memory_bytes() const { return (sums_.span() + scratch_.span()) * sizeof(double); }

  // Sums of centres first..first+n-1: entry k of centre c at k * stride + c. few: with several threads a centre; packs: on a
  // host, in packs.
  void run(const Particles<Space, T>& particles, const PairList<Space>& pairs, int first, int n, std::int64_t stride, bool few,
           bool packs) {
    reserve(sums_, static_cast<std::size_t>(n_sums() * stride));
    if constexpr (has_packs<Space, T>)
      if (packs) return DensityPacks<Space>::run({tables_, particles, pairs, first, n, sums_.data(), stride, &find_backend()});
    if (!compiled()) reserve(scratch_, static_cast<std::size_t>((tables_.basis.n_moments + 1) * stride));
    detail::with_degree<kCompiledDegreeKokkos>(tables_.degree, true, [&](auto degree) {
      constexpr int D = decltype(degree)::value;
      const DensityPairs<Space, T> of(tables_, particles, pairs);
      if constexpr (D >= 0)
        if (few) return DensityTeam<Space, T, D>::run(DensityTeam<Space, T, D>(of, first, n, sums_.data(), stride));
      using Policy = Kokkos::RangePolicy<Space, Kokkos::LaunchBounds<64, D <= 4 ? 8 : 4>>;
      Kokkos::parallel_for("anisoap density", filling(light(Policy(0, n))),
                           DensityStep<Space, T, D>(of, first, sums_.data(), stride, scratch_.data()));
    });
  }

 private:
  Copies<Space> copies_;
  BasisTables tables_;
  Array<Space, double> sums_{"anisoap sums", 0}, scratch_{"anisoap scratch", 0};
};

}  // namespace anisoap::kokkos
