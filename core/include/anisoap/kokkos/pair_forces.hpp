// SPDX-License-Identifier: MIT
// The pair pass of the many-body term: from dE/dS of the centres to a row for each pair, and to the force on the centre. The
// threads of a team share the pairs of a few centres, whose polynomials lie in shared memory.
#pragma once

#include "anisoap/kokkos/geometry.hpp"

namespace anisoap::kokkos {

constexpr int kPairRow = 6;        // dphi/dr of the pair and the torque on the neighbour
constexpr int kPairThreads = 128;  // of a team on a device
constexpr int kPairChunk = 128;    // pairs whose forces are summed at a time: independent of the threads

// Centres first..first+n-1; rows start with the first pair of centre `first`.
template <class Space, class T, int D>
class PairForces {
 public:
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<kPairThreads, 4>>;
  using Member = typename Policy::member_type;

  // polynomials: [(c * n_species + s) * n_moments + k]; own: [3 * n] force on the centres; scratch: of a degree known at run
  // time,
  // [(n_moments + 1) * league * team size].
  PairForces(const BasisTables& tables, const Particles<Space, T>& particles, const PairList<Space>& pairs, int first, int n,
             const double* polynomials, double* rows, double* own, double* scratch)
      : tables_(tables),
        points_(particles.points),
        shapes_(particles.shapes),
        species_(particles.species),
        pairs_(pairs),
        first_(first),
        n_(n),
        polynomials_(polynomials),
        rows_(rows),
        own_(own),
        scratch_(scratch) {
    const int polynomial = tables.basis.n_species * (tables.basis.n_moments + 1) * static_cast<int>(sizeof(T));
    for (group_ = 32; group_ > 1 && group_ * polynomial > kMostShared; group_ /= 2) {
    }
    shared_ = group_ * polynomial <= kMostShared;
  }

  int league() const { return (n_ + group_ - 1) / group_; }

  static void run(const PairForces& pass) {
    Policy policy(pass.league(), team_size<Space>(kPairThreads));
    Kokkos::parallel_for("anisoap pair forces", policy.set_scratch_size(0, Kokkos::PerTeam(pass.scratch_bytes())), pass);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    const int c0 = team.league_rank() * group_, here = n_ - c0 < group_ ? n_ - c0 : group_;
    const int n_moments = tables_.basis.n_moments, n_rows = tables_.basis.n_species, stride = n_moments + 1;
    double* forces = static_cast<double*>(team.team_scratch(0).get_shmem_aligned(3 * (kPairChunk + group_) * sizeof(double), 16));
    double* sums = forces + 3 * kPairChunk;
    T* b = nullptr;
    const double* source = polynomials_ + static_cast<std::size_t>(c0) * n_rows * n_moments;
    if (shared_) {
      b = static_cast<T*>(
          team.team_scratch(0).get_shmem_aligned(static_cast<std::size_t>(group_ * n_rows * stride) * sizeof(T), 16));
      for (int e = team.team_rank(); e < here * n_rows * n_moments; e += team.team_size())
        b[(e / n_moments) * stride + e % n_moments] = T(source[e]);
    }
    for (int e = team.team_rank(); e < 3 * here; e += team.team_size()) sums[e] = 0;
    team.team_barrier();
    const Offset begin = pairs_.first(first_ + c0), end = pairs_.first(first_ + c0 + here), row0 = pairs_.first(first_);
    for (Offset chunk = begin; chunk < end; chunk += kPairChunk) {
      const Offset last = chunk + kPairChunk < end ? chunk + kPairChunk : end;
      for (Offset p = chunk + team.team_rank(); p < last; p += team.team_size()) {
        const int c = pairs_.row(p) - first_ - c0, at = c * n_rows + species_(pairs_.neighbor(p));
        detail::PairForce<T> f;
        if (shared_) {
          f = force(team, p, static_cast<const T*>(b + at * stride));
        } else {
          f = force(team, p, source + static_cast<std::size_t>(at) * n_moments);
        }
        double* row = rows_ + kPairRow * (p - row0);
        for (int d = 0; d < 3; ++d) {
          row[d] = forces[3 * (p - chunk) + d] = f.gradient[d];
          row[3 + d] = f.torque[d];
        }
      }
      team.team_barrier();
      add_forces(team, c0, here, chunk, last, forces, sums);
      team.team_barrier();
    }
    for (int e = team.team_rank(); e < 3 * here; e += team.team_size()) own_[3 * static_cast<std::size_t>(c0) + e] = sums[e];
  }

 private:
  static constexpr int kMostShared = 32768;

  std::size_t scratch_bytes() const {
    const auto polynomial = static_cast<std::size_t>(tables_.basis.n_species * (tables_.basis.n_moments + 1)) * sizeof(T);
    return 3 * static_cast<std::size_t>(kPairChunk + group_) * sizeof(double) +
           (shared_ ? static_cast<std::size_t>(group_) * polynomial : 0) + 64;
  }

  // Of the pairs chunk..last-1 to their centres, in order.
  KOKKOS_FUNCTION void add_forces(const Member& team, int c0, int here, Offset chunk, Offset last, const double* forces,
                                  double* sums) const {
    for (int e = team.team_rank(); e < 3 * here; e += team.team_size()) {
      const int c = first_ + c0 + e / 3;
      const Offset begin = pairs_.first(c), end = pairs_.first(c + 1);
      double sum = 0;
      for (Offset p = begin > chunk ? begin : chunk; p < (end < last ? end : last); ++p) sum += forces[3 * (p - chunk) + e % 3];
      sums[e] += sum;
    }
  }

  template <class B>
  KOKKOS_FUNCTION detail::PairForce<T> force(const Member& team, Offset p, const B* b) const {
    const int j = pairs_.neighbor(p);
    const PairRules& rules = tables_.rules;
    const Separation<T> g = separation<T>(points_(pairs_.centre(pairs_.row(p))), points_(j), rules.inverse_length);
    detail::PairForce<T> f{};
    if (!(g.squared < T(rules.cutoff * rules.cutoff))) return f;
    const AlignedShape<T> shape = shapes_(j);
    const detail::PairGaussian<T> gaussian = detail::pair_gaussian(g.r, shape.shape, T(rules.window));
    detail::MeanDerivatives<T> phi;
    if constexpr (D >= 0) {
      phi = detail::mean_derivatives<D>(gaussian, b);
    } else {
      const std::int64_t threads = static_cast<std::int64_t>(team.league_size()) * team.team_size();
      const detail::StridedRow<double> work{
          scratch_ + static_cast<std::int64_t>(team.league_rank()) * team.team_size() + team.team_rank(), threads};
      phi = detail::mean_derivatives(gaussian, tables_.steps, tables_.raised, tables_.degree, tables_.basis.n_moments, b, work);
    }
    f = detail::pair_force(gaussian, g.r, T(rules.window), phi);
    if (rules.inverse_width > 0)
      f = detail::tapered_force(f, g.r, phi.value, detail::taper_at(g.squared, rules.cutoff, rules.inverse_width));
    for (int d = 0; d < 3; ++d) f.gradient[d] = f.gradient[d] * T(rules.inverse_length);
    return f;
  }

  BasisTables tables_;
  Array<Space, Point> points_;
  Array<Space, AlignedShape<T>> shapes_;
  Array<Space, int> species_;
  PairList<Space> pairs_;
  int first_, n_, group_;
  bool shared_;
  const double* polynomials_;
  double *rows_, *own_, *scratch_;
};

// Entries of a particle's ascending list that lie in [begin, end).
struct Span {
  Offset begin, end;
};
KOKKOS_INLINE_FUNCTION Offset lower_bound(const Offset* a, Offset begin, Offset end, Offset v) {
  while (begin < end) {
    const Offset middle = (begin + end) / 2;
    if (a[middle] < v) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

// What the rows of one batch bring to all particles: a thread for each particle and each of its six numbers, in a fixed order.
template <class Space>
struct GatherForces {
  PairList<Space> pairs;
  int first, n;  // centres of the batch
  bool all;      // they are all centres
  const double *rows, *own;
  double* motion;  // [n_particles * 6] force, torque: added to

  KOKKOS_FUNCTION void operator()(Offset x) const {
    const Offset particle = x / 6;
    const int d = static_cast<int>(x % 6), c = pairs.row_of_particle(particle);
    const Transposed<Space>& list = pairs.of_neighbor;
    const Offset row0 = pairs.first(first);
    Offset e = list.start(particle), end = list.start(particle + 1);
    if (!all) {
      e = lower_bound(list.entry.data(), e, end, row0);
      end = lower_bound(list.entry.data(), e, end, pairs.first(first + n));
    }
    double sum = 0;
    for (; e < end; ++e) sum += rows[kPairRow * (list.entry(e) - row0) + d];
    if (d < 3) sum = (c >= first && c < first + n ? own[3 * (c - first) + d] : 0.0) - sum;
    motion[x] += sum;
  }
};

// Half of each pair's virial -r (dphi/dr) to either particle: a thread a particle. Lengths and forces in the caller's unit.
template <class Space>
struct GatherVirials {
  PairList<Space> pairs;
  Array<Space, Point> points;
  int first, n;
  const double* rows;
  double* virials;  // [n_particles * 9] added to

  KOKKOS_FUNCTION void add(Offset p, Offset row0, double* sum) const {
    const Separation<double> g = separation<double>(points(pairs.centre(pairs.row(p))), points(pairs.neighbor(p)), 1.0);
    const double* gradient = rows + kPairRow * (p - row0);
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) sum[3 * a + b] -= 0.5 * g.r[a] * gradient[b];
  }

  KOKKOS_FUNCTION void operator()(int particle) const {
    const Transposed<Space>& list = pairs.of_neighbor;
    const Offset row0 = pairs.first(first), row1 = pairs.first(first + n);
    double sum[9] = {};
    const Offset end = lower_bound(list.entry.data(), list.start(particle), list.start(particle + 1), row1);
    for (Offset e = lower_bound(list.entry.data(), list.start(particle), end, row0); e < end; ++e) add(list.entry(e), row0, sum);
    if (const int c = pairs.row_of_particle(particle); c >= first && c < first + n)
      for (Offset p = pairs.first(c); p < pairs.first(c + 1); ++p) add(p, row0, sum);
    for (int k = 0; k < 9; ++k) virials[9 * static_cast<std::size_t>(particle) + k] += sum[k];
  }
};

}  // namespace anisoap::kokkos
