// SPDX-License-Identifier: MIT
// From sums to features, energies, rows and dE/dS: a thread a centre where the basis allows it, tiles of centres elsewhere.
#pragma once

#include <vector>

#include "anisoap/kokkos/kernels/centre_threads.hpp"
#include "anisoap/kokkos/launch/density_step.hpp"

namespace anisoap::kokkos {

// Whether a basis has one species and all radial functions up to its degree.
inline bool thread_a_centre(const Basis& basis) {
  const int degree = basis.degree();
  if (basis.view().n_species != 1 || basis.view().max_angular != degree) return false;
  for (int l = 0; l <= degree; ++l)
    if (basis.num_radial()[static_cast<std::size_t>(l)] != detail::full_radial(degree, l)) return false;
  return true;
}

// Centres first..first+n-1 of the list.
struct CentreBatch {
  int first, n;
  bool few;  // in narrow tiles
};

// Both halves in one kernel where their matrices find room in the 32 kB that Kokkos takes of constant memory, else one after the
// other.
template <class Space, template <class, int, int...> class Kernel, int D, class... Given>
void run_halves(const Basis& basis, int n, const CentreArrays& arrays, const Given&... given) {
  using Thread = CentreThread<Space, D>;
  const int n_groups = (n + Thread::kWidth - 1) / Thread::kWidth;
  const auto run = [&](int n_halves, const auto& kernel) {
    using Policy = Kokkos::RangePolicy<Space, typename Thread::Bounds>;
    Kokkos::parallel_for("anisoap centres", filling(Policy(0, n_halves * n_groups)), kernel);
  };
  if constexpr (D <= 7) {
    run(2, Kernel<Space, D, 0, 1>(basis, arrays, n_groups, given...));
  } else {
    run(1, Kernel<Space, D, 0>(basis, arrays, n_groups, given...));
    run(1, Kernel<Space, D, 1>(basis, arrays, n_groups, given...));
  }
}

// Few centres go in narrow tiles: at 2,000 on an H200 they take half the time that a thread for each takes.
template <class Space>
class Centres {
 public:
  Centres(const Basis& basis, const BasisTables& tables) : basis_(basis), tables_(tables), threads_(thread_a_centre(basis)) {}

  // Whether coefficients are made with features, and read with gradients.
  bool keeps_coefficients(bool few) const { return few || !threads_ || tables_.degree > kMost; }

  // Linear energies and polynomials from sums; returns how many parts, side by side, each energy has. local: of each species, on
  // the host and on the device.
  int linear(const std::vector<detail::LocalEnergyView>& local, const detail::LocalEnergyView* copied,
             const Array<Space, int>& species, const Array<Space, int>& centre, const CentreBatch& batch,
             const CentreArrays& arrays) const {
    int n_parts = 1;
    with_threads(batch.few, [&](auto known) {
      constexpr int D = decltype(known)::value;
      if constexpr (D >= 0) {
        n_parts = kEnergyParts;
        run_halves<Space, LinearCentres, D>(basis_, batch.n, arrays, local.front());
      } else {
        CentreStage<Space>::run({tables_, copied, species, centre, batch.first, batch.n, arrays, batch.few});
      }
    });
    return n_parts;
  }

  // Features from sums, without energies.
  void features(const CentreBatch& batch, CentreArrays arrays) const {
    arrays.energies = nullptr;
    with_threads(batch.few, [&](auto known) {
      constexpr int D = decltype(known)::value;
      if constexpr (D >= 0) run_halves<Space, FeaturesOfCentres, D>(basis_, batch.n, arrays);
      else tiles(batch, arrays);
    });
  }

  // Polynomials from the gradient, with sums and coefficients of features().
  void polynomials(const CentreBatch& batch, CentreArrays arrays) const {
    with_threads(batch.few, [&](auto known) {
      constexpr int D = decltype(known)::value;
      if constexpr (D >= 0) {
        run_halves<Space, PolynomialsOfCentres, D>(basis_, batch.n, arrays);
      } else {
        arrays.sums = nullptr;
        tiles(batch, arrays);
      }
    });
  }

  // Descriptor rows from sums.
  void rows(const CentreBatch& batch, std::int64_t stride, const double* sums, const RowLayout& layout) const {
    with_threads(batch.few, [&](auto known) {
      constexpr int D = decltype(known)::value;
      if constexpr (D >= 0) {
        if (layout.of_features) return run_rows<D>({CentreFactors<D, 0, 1>(basis_), stride, sums, layout, batch.first, batch.n});
      }
      CentreStage<Space>::run({tables_, batch.first, batch.n, stride, sums, layout, batch.few});
    });
  }

 private:
  static constexpr int kMost = kThreadsDegree < kCompiledDegreeKokkos ? kThreadsDegree : kCompiledDegreeKokkos;

  template <class F>
  void with_threads(bool few, const F& f) const {
    detail::with_degree<kMost>(tables_.degree, threads_ && !few, f);
  }

  template <int D>
  static void run_rows(const RowsOfCentres<Space, D>& kernel) {
    using Rows = RowsOfCentres<Space, D>;
    typename Rows::Policy policy((kernel.n + Rows::kCentres - 1) / Rows::kCentres, team_size<Space>(Rows::Thread::kThreads));
    Kokkos::parallel_for("anisoap centres",
                         filling(policy.set_scratch_size(0, Kokkos::PerTeam(Rows::kBytes + alignof(typename Rows::V)))), kernel);
  }
  void tiles(const CentreBatch& batch, const CentreArrays& arrays) const {
    CentreStage<Space>::run({tables_, nullptr, {}, {}, batch.first, batch.n, arrays, batch.few});
  }

  const Basis& basis_;
  const BasisTables& tables_;
  bool threads_;
};

}  // namespace anisoap::kokkos
