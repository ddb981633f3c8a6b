// SPDX-License-Identifier: MIT
// The pair pass of the many-body term: from dE/dS of the centres to a row for each pair, and to the force on the centre. The
// threads of a team share the pairs of a few centres, whose polynomials lie in shared memory.
#pragma once

#include "anisoap/detail/pair_virial.hpp"
#include "anisoap/kokkos/kernels/geometry.hpp"
#include "anisoap/kokkos/launch/lanes.hpp"

namespace anisoap::kokkos {

constexpr int kPairRow = 6;        // dphi/dr of the pair and the torque on the neighbour
constexpr int kPairThreads = 128;  // of a team on a device
constexpr int kPairChunk = 896;    // pairs whose forces are summed at a time: independent of the threads

// Centres first..first+n-1; rows start with the first pair of centre `first`.
template <class Space, class T, int D>
class PairForces {
 public:
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<kPairThreads, 4>>;
  using Member = typename Policy::member_type;

  // polynomials: entry k of species s of centre c at (s * n_moments + k) * stride + c; own: [3 * n] force on the centres; few:
  // teams of few centres; scratch: [(n_moments + 1) * league * team size], read where D is -1.
  PairForces(const BasisTables& tables, const Particles<Space, T>& particles, const PairList<Space>& pairs, int first, int n,
             const double* polynomials, std::int64_t stride, double* rows, double* own, bool few, double* scratch)
      : tables_(tables),
        points_(particles.points),
        shapes_(particles.shapes),
        species_(particles.species),
        pairs_(pairs),
        first_(first),
        n_(n),
        polynomials_(polynomials),
        stride_(stride),
        rows_(rows),
        own_(own),
        scratch_(scratch) {
    const int polynomial = tables.basis.n_species * (tables.basis.n_moments + 1) * static_cast<int>(sizeof(T));
    for (group_ = few ? 4 : 32; group_ > 1 && group_ * polynomial > kMostShared; group_ /= 2) {
    }
    shared_ = group_ * polynomial <= kMostShared;
  }

  int league() const { return (n_ + group_ - 1) / group_; }

  static void run(const PairForces& pass) {
    Policy policy(pass.league(), team_size<Space>(kPairThreads));
    Kokkos::parallel_for("anisoap pair forces", filling(light(policy.set_scratch_size(0, Kokkos::PerTeam(pass.scratch_bytes())))),
                         pass);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    const int c0 = team.league_rank() * group_, here = n_ - c0 < group_ ? n_ - c0 : group_;
    const Shared shared = share(team, c0, here);
    const Offset begin = pairs_.first(first_ + c0), end = pairs_.first(first_ + c0 + here), row0 = pairs_.first(first_);
    for (Offset chunk = begin; chunk < end; chunk += kPairChunk) {
      const Offset last = chunk + kPairChunk < end ? chunk + kPairChunk : end;
      for (Offset p = chunk + team.team_rank(); p < last; p += team.team_size()) {
        const detail::PairForce<T> f = force(team, p, pairs_.row(p) - first_ - c0, shared);
        store(f, rows_ + kPairRow * (p - row0));
        for (int d = 0; d < 3; ++d) shared.forces[3 * (p - chunk) + d] = f.gradient[d];
      }
      team.team_barrier();
      add_forces(team, c0, here, chunk, last, shared.forces, shared.sums);
      team.team_barrier();
    }
    for (int e = team.team_rank(); e < 3 * here; e += team.team_size())
      own_[3 * static_cast<std::size_t>(c0) + e] = shared.sums[e];
  }

 private:
  static constexpr int kMostShared = 22528;  // for polynomials, beside the forces

  // What the threads of a team share.
  struct Shared {
    double* forces;         // [3 * kPairChunk]
    double* sums;           // [3 * group] of the centres
    Point* centres;         // [group]
    const T* polynomials;   // [group * n_species * stride], or nullptr where they stay in the memory of the device
    const double* outside;  // of the first centre there
    int stride;
  };

  std::size_t scratch_bytes() const {
    const auto polynomial = static_cast<std::size_t>(tables_.basis.n_species * (tables_.basis.n_moments + 1)) * sizeof(T);
    return 3 * static_cast<std::size_t>(kPairChunk + group_) * sizeof(double) + static_cast<std::size_t>(group_) * sizeof(Point) +
           (shared_ ? static_cast<std::size_t>(group_) * polynomial : 0) + 128;
  }

  KOKKOS_FUNCTION Shared share(const Member& team, int c0, int here) const {
    const auto take = [&](std::size_t bytes) { return team.team_scratch(0).get_shmem_aligned(bytes, 32); };
    const int n_moments = tables_.basis.n_moments, n_rows = tables_.basis.n_species, stride = n_moments + 1;
    Shared out{};
    out.centres = static_cast<Point*>(take(static_cast<std::size_t>(group_) * sizeof(Point)));
    out.forces = static_cast<double*>(take(3 * static_cast<std::size_t>(kPairChunk + group_) * sizeof(double)));
    out.sums = out.forces + 3 * kPairChunk;
    out.outside = polynomials_ + c0;
    out.stride = stride;
    if (shared_) {
      T* b = static_cast<T*>(take(static_cast<std::size_t>(group_ * n_rows * stride) * sizeof(T)));
      const int step = team.team_size() > group_ ? team.team_size() / group_ : 1;
      for (int c = team.team_rank() % group_; c < here; c += team.team_size())
        for (int s = 0; s < n_rows; ++s)
          for (int k = team.team_rank() / group_; k < n_moments; k += step)
            b[(c * n_rows + s) * stride + k] = T(out.outside[(s * n_moments + k) * stride_ + c]);
      out.polynomials = b;
    }
    for (int e = team.team_rank(); e < 3 * here; e += team.team_size()) out.sums[e] = 0;
    for (int c = team.team_rank(); c < here; c += team.team_size()) out.centres[c] = points_(pairs_.centre(first_ + c0 + c));
    team.team_barrier();
    return out;
  }

  // Two numbers at a time.
  KOKKOS_FUNCTION static void store(const detail::PairForce<T>& f, double* row) {
    using Two = Lanes<double, 2>;
    Two* out = reinterpret_cast<Two*>(row);
    Two two;
    const double v[kPairRow] = {f.gradient[0], f.gradient[1], f.gradient[2], f.torque[0], f.torque[1], f.torque[2]};
    for (int k = 0; k < kPairRow; k += 2) {
      two.v[0] = v[k];
      two.v[1] = v[k + 1];
      out[k / 2] = two;
    }
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

  // Pair p of centre c of the team.
  KOKKOS_FUNCTION detail::PairForce<T> force(const Member& team, Offset p, int c, const Shared& shared) const {
    const int j = pairs_.neighbor(p), n_species = tables_.basis.n_species;
    const PairRules& rules = tables_.rules;
    const Separation<T> g = separation<T>(shared.centres[c], points_(j), rules.inverse_length);
    detail::PairForce<T> f{};
    if (!(g.squared < T(rules.cutoff * rules.cutoff))) return f;
    const int s = n_species == 1 ? 0 : species_(j);
    const AlignedShape<T> shape = shapes_(j);
    const detail::PairGaussian<T> gaussian = detail::pair_gaussian(g.r, shape.shape, T(rules.window));
    const detail::MeanDerivatives<T> phi =
        shared_ ? integrate(team, gaussian, shared.polynomials + (c * n_species + s) * shared.stride)
                : integrate(team, gaussian, Outside{shared.outside + s * tables_.basis.n_moments * stride_ + c, stride_});
    f = detail::pair_force(gaussian, g.r, T(rules.window), phi);
    if (rules.inverse_width > 0)
      f = detail::tapered_force(f, g.r, phi.value, detail::taper_at(g.squared, rules.cutoff, rules.inverse_width));
    for (int d = 0; d < 3; ++d) f.gradient[d] = f.gradient[d] * T(rules.inverse_length);
    return f;
  }

  using Outside = detail::StridedRow<const double>;

  template <class B>
  KOKKOS_FUNCTION detail::MeanDerivatives<T> integrate(const Member& team, const detail::PairGaussian<T>& gaussian, B b) const {
    if constexpr (D >= 0) {
      return detail::mean_derivatives<D>(gaussian, b);
    } else {
      const std::int64_t rank = static_cast<std::int64_t>(team.league_rank()) * team.team_size() + team.team_rank();
      const detail::StridedRow<double> work{scratch_ + rank, static_cast<std::int64_t>(team.league_size()) * team.team_size()};
      return detail::mean_derivatives(gaussian, tables_.steps, tables_.raised, tables_.degree, tables_.basis.n_moments, b, work);
    }
  }

  BasisTables tables_;
  Array<Space, Point> points_;
  Array<Space, AlignedShape<T>> shapes_;
  Array<Space, int> species_;
  PairList<Space> pairs_;
  int first_, n_, group_;
  bool shared_;
  const double* polynomials_;
  std::int64_t stride_;
  double *rows_, *own_, *scratch_;
};

// Entries of a particle's ascending list that lie in [begin, end).
struct Span {
  Offset begin, end;
};
KOKKOS_INLINE_FUNCTION Offset lower_bound(const Index* a, Offset begin, Offset end, Offset v) {
  while (begin < end) {
    const Offset middle = (begin + end) / 2;
    if (a[middle] < v) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

// Where a particle is the neighbour, in positions of the transposed list.
template <class Space>
KOKKOS_FUNCTION Span whole(const PairList<Space>& pairs, Offset particle) {
  return {pairs.of_neighbor.start(particle), pairs.of_neighbor.start(particle + 1)};
}

// The same for centres first..first+n-1.
template <class Space>
KOKKOS_FUNCTION Span of_batch(const PairList<Space>& pairs, Offset particle, int first, int n) {
  const Span all = whole(pairs, particle);
  const Index* entry = pairs.of_neighbor.entry.data();
  const auto row = [&](int c) { return pairs.listed(static_cast<std::size_t>(c) * pairs.n_species); };
  const Offset end = lower_bound(entry, all.begin, all.end, row(first + n));
  return {lower_bound(entry, all.begin, end, row(first)), end};
}

// What the rows of one batch bring to all particles: a thread for each particle and each of its six numbers, in a fixed order.
template <class Space>
struct GatherForces {
  PairList<Space> pairs;
  int first, n;  // centres of the batch
  bool all;      // they are all centres
  const double *rows, *own;
  double* motion;  // [n_particles * 6] force, torque: added to

  template <class I>
  KOKKOS_FUNCTION void operator()(I x) const {
    const I particle = x / 6;
    const int d = static_cast<int>(x % 6), c = pairs.row_of_particle(particle);
    const Offset row0 = pairs.first(first);
    const Span entries = all ? whole(pairs, particle) : of_batch(pairs, particle, first, n);
    double sum = 0;
    for (Offset e = entries.begin; e < entries.end; ++e)
      if (const Offset p = pairs.of_entry(e); p >= 0) sum += rows[kPairRow * (p - row0) + d];
    if (d < 3) sum = (c >= first && c < first + n ? own[3 * (c - first) + d] : 0.0) - sum;
    motion[x] += sum;
  }
};

// Shares of each pair's virial to either particle: a thread a particle. Lengths and forces in the caller's unit.
template <class Space>
struct GatherVirials {
  PairList<Space> pairs;
  Array<Space, Point> points;
  int first, n;
  const double* rows;
  detail::VirialShares shares;
  double* virials;  // [n_particles * 9] added to

  KOKKOS_FUNCTION void add(double share, Offset p, Offset row0, double* sum) const {
    const Separation<double> g = separation<double>(points(pairs.centre(pairs.row(p))), points(pairs.neighbor(p)), 1.0);
    detail::add_pair_virial(share, g.r, rows + kPairRow * (p - row0), sum);
  }

  KOKKOS_FUNCTION void operator()(int particle) const {
    const Offset row0 = pairs.first(first);
    const Span entries = of_batch(pairs, particle, first, n);
    double sum[9] = {};
    for (Offset e = entries.begin; e < entries.end; ++e)
      if (const Offset p = pairs.of_entry(e); p >= 0) add(shares.neighbor, p, row0, sum);
    if (const int c = pairs.row_of_particle(particle); shares.centre != 0 && c >= first && c < first + n)
      for (Offset p = pairs.first(c); p < pairs.first(c + 1); ++p) add(shares.centre, p, row0, sum);
    for (int k = 0; k < 9; ++k) virials[9 * static_cast<std::size_t>(particle) + k] += sum[k];
  }
};

}  // namespace anisoap::kokkos
