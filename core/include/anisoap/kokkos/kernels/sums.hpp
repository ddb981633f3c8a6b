// SPDX-License-Identifier: MIT
// From arrays of a batch to results: energies, offsets, variances. Functors, since nvcc takes no lambda of a private function.
#pragma once

#include <vector>

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

// Sums in an order that depends on how many numbers there are alone: the same to the bit whatever threads there are. All that
// are asked for before finish() come to the host with one copy.
template <class Space>
class FixedSums {
 public:
  void clear() { waiting_.clear(); }

  // sum[v] += add(k, v) over k = 0..n-1, by the end of finish().
  template <int N, class Add>
  void add(const char* name, Offset n, const Add& add, double* sum) {
    using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
    static_assert(N * kFew <= kRoom);
    if (n == 0) return;
    if (used() + N * kFew > kRoom) finish();
    const Offset many = n < kMany ? n : kMany, few = many < kFew ? many : kFew;
    reserve(parts_, static_cast<std::size_t>(N * many));
    reserve(ends_, static_cast<std::size_t>(kRoom));
    double* end = ends_.data() + used();
    Kokkos::parallel_for(name, Range(0, many), PartialSum<N, Add>{add, n, many, parts_.data()});
    Kokkos::parallel_for(name, Range(0, few), PartialSum<N, AddRows<N>>{{parts_.data()}, many, few, end});
    waiting_.push_back({sum, used(), few, N});
  }

  void finish() {
    if (waiting_.empty()) return;
    const auto host = Kokkos::create_mirror_view_and_copy(
        Kokkos::HostSpace(), Kokkos::subview(ends_, std::make_pair(std::size_t{0}, static_cast<std::size_t>(used()))));
    for (const Waiting& w : waiting_)
      for (Offset t = 0; t < w.n * w.width; ++t) w.sum[t % w.width] += host(static_cast<std::size_t>(w.first + t));
    clear();
  }

 private:
  static constexpr Offset kMany = 65536, kFew = 1024, kRoom = 16 * kFew;
  struct Waiting {
    double* sum;
    Offset first, n;  // in ends_
    int width;
  };
  Offset used() const { return waiting_.empty() ? 0 : waiting_.back().first + waiting_.back().n * waiting_.back().width; }

  // 5 MB at most
  Array<Space, double> parts_{"anisoap partial sums", 0}, ends_{"anisoap sums of parts", 0};
  std::vector<Waiting> waiting_;
};

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

// Energies of centres first, first + 1, ... to their particles. energies: [n * n_parts].
template <class Space>
struct PutEnergies {
  Array<Space, int> centre;
  int first, n_parts;
  const double* energies;
  double* particles;

  KOKKOS_FUNCTION void operator()(int c) const {
    for (int part = 0; part < n_parts; ++part) particles[centre(first + c)] += energies[c * n_parts + part];
  }
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
