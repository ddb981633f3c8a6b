// SPDX-License-Identifier: MIT
// Local energies of any kind and their gradients, from the features of a batch of centres.
#pragma once

#include "anisoap/detail/local_energy.hpp"
#include "anisoap/kokkos/lanes.hpp"
#include "anisoap/kokkos/memory.hpp"

namespace anisoap::kokkos {

// Energies and variances, a thread a centre. p: features, then terms of pairs where variances are asked for.
template <class Space>
struct LocalEnergies {
  const detail::LocalEnergyView* local;
  Array<Space, int> species, centre;
  int first;
  std::int64_t stride;
  double *p, *gradient, *work;  // entry k of centre c at k * stride + c
  double *energies, *variances;
  double* members;  // nullptr, or [n_members] rows: energies of the members in place of their variance
  int n_members;

  KOKKOS_FUNCTION void operator()(int c) const {
    using Row = detail::StridedRow<double>;
    const detail::LocalEnergyView& one = local[species(centre(first + c))];
    const Row features{p + c, stride}, rest{work + c, stride};
    const detail::LocalResult<double> e = detail::local_energy(one, features, Row{gradient + c, stride}, rest);
    energies[c] = e.energy;
    if (!variances) return;
    const bool committee = members && one.form == detail::LocalForm::Networks;
    variances[c] = committee ? detail::pair_variance(one, features) : e.variance;
    for (int m = 0; m < n_members; ++m) members[m * stride + c] = committee && m < one.n_networks ? rest[m] : 0;
  }
};

// Without variances, two centres a thread, each weight read once for both, and what is worked with in the thread's own memory.
// Room: at least local_energy_workspace.
template <class Space, int Room>
struct LocalEnergyPairs {
  using Two = Lanes<double, 2>;

  LocalEnergies<Space> one;
  int n;  // centres

  KOKKOS_FUNCTION void operator()(int pair) const {
    const int c = 2 * pair, last = c + 1 < n ? c + 1 : c;
    const int species = one.species(one.centre(one.first + c));
    if (one.species(one.centre(one.first + last)) != species) {
      one(c);
      one(last);
      return;
    }
    const std::int64_t stride = one.stride / 2;
    const detail::StridedRow<const Two> features{reinterpret_cast<const Two*>(one.p) + pair, stride};
    const detail::StridedRow<Two> gradient{reinterpret_cast<Two*>(one.gradient) + pair, stride};
    Two work[Room];
    const Two energy = detail::local_energy(one.local[species], features, gradient, static_cast<Two*>(work)).energy;
    one.energies[c] = energy.v[0];
    if (last > c) one.energies[last] = energy.v[1];
  }
};

}  // namespace anisoap::kokkos
