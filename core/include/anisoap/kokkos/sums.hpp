// SPDX-License-Identifier: MIT
// From arrays of a batch to results: energies, offsets, variances. Functors, since nvcc takes no lambda of a private function.
#pragma once

#include "anisoap/detail/committee.hpp"
#include "anisoap/detail/local_energy.hpp"
#include "anisoap/kokkos/pairs.hpp"

namespace anisoap::kokkos {

// Sums the energies of centres first, first + 1, ... and adds each to its particle where `particles` is set.
template <class Space>
struct SumEnergies {
  Array<Space, int> centre;
  int first;
  const double* energies;
  double* particles;

  KOKKOS_FUNCTION void operator()(int c, double& sum) const {
    sum += energies[c];
    if (particles) particles[centre(first + c)] += energies[c];
  }
};

// Energies of particles that have none but their own.
template <class Space>
struct PutOffsets {
  const detail::LocalEnergyView* local;
  Array<Space, int> species, centre;
  int first;
  double* energies;

  KOKKOS_FUNCTION void operator()(int c) const { energies[c] = local[species(centre(first + c))].offset; }
};

struct SumArray {
  const double* values;

  KOKKOS_FUNCTION void operator()(Offset k, double& sum) const { sum += values[k]; }
};

// W_ab = sum of x_a F_b over all particles, ghosts included, whose forces add up to nothing.
template <class Space>
struct SumVirial {
  using value_type = double[];
  static constexpr int value_count = 9;
  Array<Space, Point> points;
  const double* motion;

  KOKKOS_FUNCTION void init(double* sum) const {
    for (int k = 0; k < 9; ++k) sum[k] = 0;
  }
  KOKKOS_FUNCTION void join(double* sum, const double* other) const {
    for (int k = 0; k < 9; ++k) sum[k] += other[k];
  }
  KOKKOS_FUNCTION void operator()(int particle, double* sum) const {
    const double* force = motion + 6 * static_cast<std::int64_t>(particle);
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) sum[3 * a + b] += points(particle).x[a] * force[b];
  }
};

// Variances of a batch to those of all centres, energies of members to those of particles.
template <class Space>
struct PutVariances {
  Array<Space, int> centre;
  int first;
  std::int64_t stride;
  const double *from, *members_from;
  double *to, *members_to;
  int n_members;

  KOKKOS_FUNCTION void operator()(int c) const {
    to[first + c] = from[c];
    double* members = members_to + static_cast<std::int64_t>(centre(first + c)) * n_members;
    for (int m = 0; m < n_members; ++m) members[m] += members_from[m * stride + c];
  }
};

// Standard deviation of each centre.
template <class Space>
struct PutUncertainties {
  Array<Space, int> centre;
  const double *variances, *members;
  int n_members;
  double* out;

  KOKKOS_FUNCTION void operator()(int c) const {
    const double* of_centre = members + static_cast<std::int64_t>(centre(c)) * n_members;
    out[c] = detail::sqrt(variances[c] + detail::committee_variance(of_centre, n_members));
  }
};

}  // namespace anisoap::kokkos
