// SPDX-License-Identifier: MIT
// The density step: moments summed over the neighbours of each species, a thread a centre, or a few threads where centres are
// few. Measured on an H100 (float64, degree 6): with sums in registers and no more than 64 threads a block, 15.7 G pairs a second
// at 65,536 centres.
#pragma once

#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

constexpr int kFlush = 64;  // neighbours summed in float before they go to the double sums

// Where sums in T over every step-th of the pairs p..end-1 go to double sums.
template <class T>
KOKKOS_INLINE_FUNCTION Offset flush_at(Offset p, Offset end, int step) {
  if constexpr (sizeof(T) == sizeof(double)) return end;
  return end - p > kFlush * step ? p + kFlush * step : end;
}

// Pairs of a density step.
template <class Space, class T>
class DensityPairs {
 public:
  DensityPairs(const BasisTables& tables, const Particles<Space, T>& particles, const PairList<Space>& pairs)
      : tables_(tables), points_(particles.points), shapes_(particles.shapes), pairs_(pairs) {}

  // Adds the moments of every step-th pair of p..end-1 up to degree D.
  template <int D>
  KOKKOS_FUNCTION void add(const Point& centre, Offset p, Offset end, int step, T* sums) const {
    detail::PairGaussian<T> g;
    for (; p < end; p += step)
      if (inside(centre, p, g)) detail::add_moments<D>(g, sums);
  }

  // The Gaussian of pair p; false where it lies outside the cutoff.
  template <class U>
  KOKKOS_FORCEINLINE_FUNCTION bool inside(const Point& centre, Offset p, detail::PairGaussian<U>& out) const {
    const int j = pairs_.neighbor(p);
    const PairRules& rules = tables_.rules;
    const Separation<U> g = separation<U>(centre, points_(j), rules.inverse_length);
    if (!(g.squared < U(rules.cutoff * rules.cutoff))) return false;
    const AlignedShape<T> shape = shapes_(j);
    out = detail::tapered_gaussian(g.r, detail::converted<U>(shape.shape), U(rules.window), rules.cutoff, rules.inverse_width);
    return true;
  }

  KOKKOS_FUNCTION const Offset* start(int c) const {
    return pairs_.start.data() + static_cast<std::size_t>(c) * pairs_.n_species;
  }
  KOKKOS_FUNCTION Point centre(int c) const { return points_(pairs_.centre(c)); }
  KOKKOS_FUNCTION const BasisTables& tables() const { return tables_; }

 private:
  BasisTables tables_;
  Array<Space, Point> points_;
  Array<Space, AlignedShape<T>> shapes_;
  PairList<Space> pairs_;
};

// Centres first..first+n-1 of the list. Moment k of species s of centre c goes to sums[(s * n_moments + k) * stride + c]. D: the
// degree, or -1 for one known at run time, which works in double. scratch: [(n_moments + 1) * stride], read where D is -1.
template <class Space, class T, int D>
class DensityStep {
 public:
  DensityStep(const DensityPairs<Space, T>& pairs, int first, double* sums, std::int64_t stride, double* scratch)
      : pairs_(pairs), first_(first), sums_(sums), stride_(stride), scratch_(scratch) {}

  KOKKOS_FUNCTION void operator()(int c) const {
    const detail::BasisView& basis = pairs_.tables().basis;
    const Offset* start = pairs_.start(first_ + c);
    const Point centre = pairs_.centre(first_ + c);
    for (int s = 0; s < basis.n_species; ++s) {
      double* out = sums_ + s * (stride_ * basis.n_moments) + c;
      if constexpr (D >= 0) sum_species(centre, start[s], start[s + 1], out);
      else sum_species(centre, start[s], start[s + 1], Row{out, stride_}, Row{scratch_ + c, stride_});
    }
  }

 private:
  using Row = detail::StridedRow<double>;

  KOKKOS_FUNCTION void sum_species(const Point& centre, Offset p, Offset end, double* out) const {
    constexpr int n = detail::moment_count(D);
    for (bool more = false; !more || p < end; more = true) {
      const Offset last = flush_at<T>(p, end, 1);
      T sums[static_cast<std::size_t>(n)];
      for (T& v : sums) v = T(0);
      pairs_.template add<D>(centre, p, last, 1, sums);
      p = last;
      for (int k = 0; k < n; ++k) out[k * stride_] = more ? out[k * stride_] + sums[k] : sums[k];
    }
  }

  KOKKOS_FUNCTION void sum_species(const Point& centre, Offset p, Offset end, Row sums, Row moments) const {
    const int n = pairs_.tables().basis.n_moments;
    for (int k = 0; k < n; ++k) sums[k] = 0;
    detail::PairGaussian<double> g;
    for (; p < end; ++p)
      if (pairs_.inside(centre, p, g)) detail::add_moments(g, pairs_.tables().steps, n, moments, sums);
  }

  DensityPairs<Space, T> pairs_;
  int first_;
  double* sums_;
  std::int64_t stride_;
  double* scratch_;
};

// The same for few centres: kLanes threads of a team a centre, whose sums are added in a fixed order by way of shared memory.
template <class Space, class T, int D>
class DensityTeam {
 public:
  static constexpr int kThreads = 64, kLanes = on_device<Space> ? 8 : 1;
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<kThreads, 4>>;
  using Member = typename Policy::member_type;

  DensityTeam(const DensityPairs<Space, T>& pairs, int first, int n, double* sums, std::int64_t stride)
      : pairs_(pairs), first_(first), n_(n), sums_(sums), stride_(stride) {}

  static void run(const DensityTeam& step) {
    const int threads = team_size<Space>(kThreads), centres = threads / kLanes;
    Policy policy((step.n_ + centres - 1) / centres, threads);
    const std::size_t bytes = static_cast<std::size_t>(kShared * threads) * sizeof(T) + 16;
    Kokkos::parallel_for("anisoap density", filling(light(policy.set_scratch_size(0, Kokkos::PerTeam(bytes)))), step);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    const detail::BasisView& basis = pairs_.tables().basis;
    const int centres = team.team_size() / kLanes, c0 = team.league_rank() * centres, lane = team.team_rank() % kLanes;
    const int here = n_ - c0 < centres ? n_ - c0 : centres;
    const int mine = team.team_rank() / kLanes < here ? team.team_rank() / kLanes : here - 1;  // idle threads walk along
    T* shared = static_cast<T*>(
        team.team_scratch(0).get_shmem_aligned(static_cast<std::size_t>(kShared * team.team_size()) * sizeof(T), 16));
    const Offset* start = pairs_.start(first_ + c0 + mine);
    const Point centre = pairs_.centre(first_ + c0 + mine);
    for (int s = 0; s < basis.n_species; ++s) {
      double* out = sums_ + s * (stride_ * basis.n_moments) + c0;
      const int rounds = n_rounds(c0, here, s);
      Offset p = start[s];
      for (int round = 0; round < rounds; ++round) {
        const Offset last = flush_at<T>(p, start[s + 1], kLanes);
        T sums[static_cast<std::size_t>(kMoments)];
        for (T& v : sums) v = T(0);
        pairs_.template add<D>(centre, p + lane, last, kLanes, sums);
        p = last;
        spread(team, sums, shared, here, out, round > 0);
      }
    }
  }

 private:
  static constexpr int kMoments = detail::moment_count(D), kShared = kMoments < 28 ? kMoments : 28;  // moments added at a time

  // Of the centre of this team that has the most neighbours of species s.
  KOKKOS_FUNCTION int n_rounds(int c0, int here, int s) const {
    int most = 1;
    if constexpr (sizeof(T) == sizeof(double)) return most;
    for (int c = c0; c < c0 + here; ++c) {
      const Offset* start = pairs_.start(first_ + c);
      const int n = static_cast<int>((start[s + 1] - start[s] + kFlush * kLanes - 1) / (kFlush * kLanes));
      most = most < n ? n : most;
    }
    return most;
  }

  // Sums of all lanes to the rows of the team's centres.
  KOKKOS_FUNCTION void spread(const Member& team, const T* sums, T* shared, int here, double* out, bool more) const {
    const int threads = team.team_size(), centres = threads / kLanes;
    constexpr int n_parts = (kMoments + kShared - 1) / kShared;
    for (int part = 0; part < n_parts; ++part) {
      for (int k = 0; k < kMoments; ++k)  // unrolled, so that sums stay in registers
        if (k / kShared == part) shared[(k % kShared) * threads + team.team_rank()] = sums[k];
      team.team_barrier();
      const int n = kMoments - part * kShared < kShared ? kMoments - part * kShared : kShared;
      for (int e = team.team_rank(); e < n * centres; e += threads) {
        const int k = e / centres, c = e % centres;
        if (c >= here) continue;
        double sum = 0;
        for (int t = 0; t < kLanes; ++t) sum += static_cast<double>(shared[k * threads + c * kLanes + t]);
        double* entry = out + static_cast<std::int64_t>(part * kShared + k) * stride_ + c;
        *entry = more ? *entry + sum : sum;
      }
      team.team_barrier();
    }
  }

  DensityPairs<Space, T> pairs_;
  int first_, n_;
  double* sums_;
  std::int64_t stride_;
};

}  // namespace anisoap::kokkos
