// SPDX-License-Identifier: MIT
// From arrays of a batch to results: energies, offsets, variances. Functors, since nvcc takes no lambda of a private function.
#pragma once

#include "anisoap/detail/committee.hpp"
#include "anisoap/detail/local_energy.hpp"
#include "anisoap/kokkos/pairs.hpp"

namespace anisoap::kokkos {

// Part t of a sum of N numbers over 0..n-1: every parts-th one from t on.
template <int N, class Add>
struct PartialSum {
  Add add;
  Offset n, parts;
  double* out;  // [parts * N]

  KOKKOS_FUNCTION void operator()(Offset t) const {
    double sum[static_cast<unsigned>(N)] = {};
    for (Offset k = t; k < n; k += parts) add(k, sum);
    for (int v = 0; v < N; ++v) out[t * N + v] = sum[v];
  }
};

template <int N>
struct AddRows {
  const double* rows;

  KOKKOS_FUNCTION void operator()(Offset k, double* sum) const {
    for (int v = 0; v < N; ++v) sum[v] += rows[k * N + v];
  }
};

// sum[v] += add(k, v) over k = 0..n-1, in an order that depends on n alone: the same to the bit whatever threads there are.
template <int N, class Space, class Add>
void fixed_sum(const char* name, Offset n, const Add& add, Array<Space, double>& scratch, double* sum) {
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
  constexpr Offset kMany = 65536, kFew = 2048;
  if (n == 0) return;
  const Offset many = n < kMany ? n : kMany, few = many < kFew ? many : kFew;
  reserve(scratch, static_cast<std::size_t>((many + few) * N));
  double* second = scratch.data() + many * N;
  Kokkos::parallel_for(name, Range(0, many), PartialSum<N, Add>{add, n, many, scratch.data()});
  Kokkos::parallel_for(name, Range(0, few), PartialSum<N, AddRows<N>>{{scratch.data()}, many, few, second});
  const auto first = static_cast<std::size_t>(many * N);
  const auto host = Kokkos::create_mirror_view_and_copy(
      Kokkos::HostSpace(), Kokkos::subview(scratch, std::make_pair(first, first + static_cast<std::size_t>(few * N))));
  for (Offset t = 0; t < few; ++t)
    for (int v = 0; v < N; ++v) sum[v] += host(static_cast<std::size_t>(t * N + v));
}

template <class T>
struct FindNotFinite {
  const T* values;

  KOKKOS_FUNCTION void operator()(Offset k, Offset& first) const {
    if (k < first && !detail::is_finite(values[k])) first = k;
  }
};

// The lowest k of 0..n-1 whose value is not finite, or n.
template <class Space, class T>
Offset first_not_finite(const Array<Space, T>& values, Offset n) {
  Offset first = n;
  Kokkos::parallel_reduce("anisoap overflow", Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>(0, n),
                          FindNotFinite<T>{values.data()}, Kokkos::Min<Offset>(first));
  return first < n ? first : n;
}

// Energies of centres first, first + 1, ... to their particles.
template <class Space>
struct PutEnergies {
  Array<Space, int> centre;
  int first;
  const double* energies;
  double* particles;

  KOKKOS_FUNCTION void operator()(int c) const { particles[centre(first + c)] += energies[c]; }
};

// First pair of every tile of centres, and the end.
template <class Space>
struct TileStarts {
  PairList<Space> pairs;
  Array<Space, Offset> out;

  KOKKOS_FUNCTION void operator()(int t) const {
    const int c = t * kTile;
    out(static_cast<std::size_t>(t)) = pairs.first(c < pairs.n_centres ? c : pairs.n_centres);
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

// W_ab = sum of x_a F_b over all particles, ghosts included, whose forces add up to nothing.
template <class Space>
struct AddVirial {
  Array<Space, Point> points;
  const double* motion;
  Point origin{};  // near the particles, so that no digits are lost

  KOKKOS_FUNCTION void operator()(Offset particle, double* sum) const {
    const double* force = motion + 6 * particle;
    const Point point = points(particle);
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) sum[3 * a + b] += (point.x[a] - origin.x[a]) * force[b];
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
