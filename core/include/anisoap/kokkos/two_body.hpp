// SPDX-License-Identifier: MIT
// The two-body term over a half list: each pair of two centres once, a pair of a centre and a ghost on the side that the
// particles' numbers choose, or half on either side. A thread a pair, the polynomial's weights in shared memory.
#pragma once

#include "anisoap/detail/two_body.hpp"
#include "anisoap/kokkos/geometry.hpp"

namespace anisoap::kokkos {

// A row: the share of the energy of either end, d/dr, d/dturn of the first body and of the second; then shares of members.
constexpr int kTwoBodyRow = 10;

// Pairs of one kind after another.
template <class Space>
struct HalfList {
  int n_kinds = 0;
  std::vector<Offset> first;                          // [n_kinds + 1] of each kind
  Array<Space, Offset> pair{"anisoap half list", 0};  // in the PairList
  Transposed<Space> of_particle;                      // by particle: 2 * half pair + side
  bool numbered = false;                              // a pair with a ghost is evaluated on one side only
};

// The two bodies of a pair, the first species of its kind first.
struct Ends {
  int particle[2];
  bool reversed;
};

template <class Space, class T>
class HalfPairs {
 public:
  HalfPairs(const detail::TwoBodyView& term, const Particles<Space, T>& particles, const PairList<Space>& pairs,
            const HalfList<Space>& half)
      : term_(term),
        species_(particles.species),
        numbers_(particles.numbers),
        pairs_(pairs),
        pair_(half.pair),
        numbered_(half.numbered) {}

  KOKKOS_FUNCTION int kind(Offset p) const {
    const int i = pairs_.centre(pairs_.row(p)), j = pairs_.neighbor(p);
    if (i == j || weight(p) == 0) return -1;
    return term_.pair_of_species[species_(i) * term_.n_species + species_(j)];
  }

  // Share of the pair that is evaluated from this side.
  KOKKOS_FUNCTION double weight(Offset p) const {
    const int i = pairs_.centre(pairs_.row(p)), j = pairs_.neighbor(p);
    const bool centre = is_centre(j);
    if (centre || !numbered_) return detail::pair_weight(static_cast<std::size_t>(i), static_cast<std::size_t>(j), centre);
    return detail::numbered_weight(numbers_(i), numbers_(j));
  }

  KOKKOS_FUNCTION bool is_centre(int particle) const { return pairs_.row_of_particle(particle) >= 0; }

  KOKKOS_FUNCTION Ends ends(const detail::PairForm& form, Offset p) const {
    const int i = pairs_.centre(pairs_.row(p)), j = pairs_.neighbor(p);
    const bool reversed = detail::is_reversed(form, species_(i), species_(j));
    return {{reversed ? j : i, reversed ? i : j}, reversed};
  }
  KOKKOS_FUNCTION Ends ends(Offset p) const {
    const int i = pairs_.centre(pairs_.row(p)), j = pairs_.neighbor(p);
    return ends(term_.pairs[term_.pair_of_species[species_(i) * term_.n_species + species_(j)]].form, p);
  }

  KOKKOS_FUNCTION Offset pair(Offset half) const { return pair_(half); }

  // Whether a particle gets energies of its pairs here: others get them where they are centres.
  KOKKOS_FUNCTION bool gets(int particle) const { return numbered_ || is_centre(particle); }
  // Share of the energy for either end that gets any.
  KOKKOS_FUNCTION double share(const Ends& e) const { return gets(e.particle[0]) && gets(e.particle[1]) ? 0.5 : 1.0; }

 private:
  detail::TwoBodyView term_;
  Array<Space, int> species_;
  Array<Space, std::int64_t> numbers_;
  PairList<Space> pairs_;
  Array<Space, Offset> pair_;
  bool numbered_;
};

template <class Space, class T>
void build_half_list(const detail::TwoBodyView& term, int n_kinds, const Particles<Space, T>& particles,
                     const PairList<Space>& pairs, bool numbered, HalfList<Space>& out) {
  out.n_kinds = n_kinds;
  out.numbered = numbered;
  out.first.assign(1, 0);
  reserve(out.pair, static_cast<std::size_t>(pairs.n_pairs));
  const HalfPairs<Space, T> half(term, particles, pairs, out);
  const auto list = out.pair;
  for (int kind = 0; kind < n_kinds; ++kind) {
    const Offset begin = out.first.back();
    Offset n = 0;
    Kokkos::parallel_scan(
        "anisoap half list", Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>(0, pairs.n_pairs),
        KOKKOS_LAMBDA(Offset p, Offset & at, bool last) {
          if (half.kind(p) != kind) return;
          if (last) list(begin + at) = p;
          ++at;
        },
        n);
    out.first.push_back(begin + n);
  }
  out.of_particle.build(
      static_cast<std::size_t>(pairs.n_particles), 2 * out.first.back(),
      KOKKOS_LAMBDA(Offset x) { return half.ends(half.pair(x / 2)).particle[x % 2]; });
}

// Half pairs begin..end-1, all of one kind with a polynomial, to rows[(h - row0) * width]. Symmetry: what is known of their form;
// K: powers of the polynomial, or -1.
template <class Space, class T, detail::PairSymmetry Symmetry, int K>
class TwoBodyPass {
 public:
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<128, 4>>;
  using Member = typename Policy::member_type;

  TwoBodyPass(const HalfPairs<Space, T>& half, const Particles<Space, T>& particles, const detail::TwoBodyPairView* pair,
              const detail::TwoBodyView& term, Offset begin, Offset end, double* rows, double* energies, Offset row0, int width,
              int n_weights)
      : half_(half),
        points_(particles.points),
        bodies_(particles.bodies),
        pair_(pair),
        cutoff_(term.cutoff),
        inverse_width_(term.inverse_width),
        begin_(begin),
        end_(end),
        rows_(rows),
        energies_(energies),
        row0_(row0),
        width_(width),
        n_weights_(n_weights * static_cast<int>(sizeof(double)) <= kMostShared ? n_weights : 0) {}

  static void run(const TwoBodyPass& pass) {
    const Offset each = on_device<Space> ? kPairsOfTeam : 1024;
    const auto league = static_cast<int>((pass.end_ - pass.begin_ + each - 1) / each);
    Policy policy(league, team_size<Space>(128));
    Kokkos::parallel_for("anisoap two-body",
                         policy.set_scratch_size(0, Kokkos::PerTeam(pass.n_weights_ * static_cast<int>(sizeof(double)) + 32)),
                         pass);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    detail::TwoBodyPairView pair = *pair_;
    if (n_weights_ > 0) {
      auto* weights =
          static_cast<double*>(team.team_scratch(0).get_shmem_aligned(static_cast<std::size_t>(n_weights_) * sizeof(double), 16));
      for (int k = team.team_rank(); k < n_weights_; k += team.team_size()) weights[k] = pair.polynomial.weights[k];
      team.team_barrier();
      pair.polynomial.weights = weights;
    }
    const Offset each = on_device<Space> ? kPairsOfTeam : 1024;
    const Offset first = begin_ + team.league_rank() * each, last = first + each < end_ ? first + each : end_;
    for (Offset h = first + team.team_rank(); h < last; h += team.team_size()) evaluate(pair, h, rows_ + (h - row0_) * width_);
  }

 private:
  static constexpr int kMostShared = 32768;
  static constexpr Offset kPairsOfTeam = 128;

  KOKKOS_FUNCTION void evaluate(const detail::TwoBodyPairView& pair, Offset h, double* row) const {
    const Offset p = half_.pair(h);
    const Ends e = half_.ends(pair.form, p);
    const Separation<T> g = separation<T>(points_(e.particle[0]), points_(e.particle[1]), 1.0);
    for (int k = 0; k < width_; ++k) row[k] = 0;
    energies_[h - row0_] = 0;
    if (!(g.squared < T(cutoff_ * cutoff_))) return;
    const AlignedBody<T> i = bodies_(e.particle[0]), j = bodies_(e.particle[1]);
    T stack[Symmetry == detail::PairSymmetry::Any ? kStack : 1];
    const detail::PairEnergy<T> energy =
        detail::polynomial_energy<Symmetry, K>(pair, cutoff_, inverse_width_, g.r, i.body, j.body, static_cast<T*>(stack));
    const double weight = half_.weight(p);
    row[0] = weight * half_.share(e) * energy.energy;
    energies_[h - row0_] = weight * energy.energy;
    for (int d = 0; d < 3; ++d) {
      row[1 + d] = weight * energy.motion.r[d];
      row[4 + d] = weight * energy.motion.turn[0][d];
      row[7 + d] = weight * energy.motion.turn[1][d];
    }
  }

  static constexpr int kStack = 64;  // twice the most factors of a monomial

  HalfPairs<Space, T> half_;
  Array<Space, Point> points_;
  Array<Space, AlignedBody<T>> bodies_;
  const detail::TwoBodyPairView* pair_;
  double cutoff_, inverse_width_;
  Offset begin_, end_;
  double *rows_, *energies_;
  Offset row0_;
  int width_, n_weights_;
};

// The same for committees of networks. work: entry k of half pair h at k * stride + h - begin.
template <class Space, class T>
struct NetworkPass {
  HalfPairs<Space, T> half;
  Array<Space, Point> points;
  Array<Space, AlignedBody<T>> bodies;
  const detail::TwoBodyPairView* pair;
  double cutoff, inverse_width;
  Offset begin, row0;
  double *rows, *energies;
  int width;
  double* work;
  std::int64_t stride;
  double* members;  // [n_networks] rows likewise

  KOKKOS_FUNCTION void operator()(Offset x) const {
    const Offset h = begin + x, p = half.pair(h);
    const Ends e = half.ends(pair->form, p);
    double* row = rows + (h - row0) * width;
    for (int k = 0; k < width; ++k) row[k] = 0;
    energies[h - row0] = 0;
    const Separation<double> g = separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0);
    if (!(g.squared < cutoff * cutoff)) return;
    const detail::Body<double> i = detail::converted<double>(bodies(e.particle[0]).body),
                               j = detail::converted<double>(bodies(e.particle[1]).body);
    const detail::StridedRow<double> rest{work + x, stride}, of_members{members + x, stride};
    const detail::PairEnergy<double> energy = detail::pair_energy(*pair, cutoff, inverse_width, g.r, i, j, rest, of_members);
    const double weight = half.weight(p), share = half.share(e);
    row[0] = weight * share * energy.energy;
    energies[h - row0] = weight * energy.energy;
    for (int d = 0; d < 3; ++d) {
      row[1 + d] = weight * energy.motion.r[d];
      row[4 + d] = weight * energy.motion.turn[0][d];
      row[7 + d] = weight * energy.motion.turn[1][d];
    }
    for (int m = 0; m < width - kTwoBodyRow; ++m)
      row[kTwoBodyRow + m] = weight * share * of_members[m < pair->n_networks ? m : pair->n_networks - 1];
  }
};

// What the rows of half pairs begin..end-1 bring to all particles, in a fixed order: a thread for each particle and each of
// eight numbers, its force, torque and energy.
template <class Space, class T>
struct GatherTwoBody {
  HalfPairs<Space, T> half;
  Transposed<Space> of_particle;
  Offset begin, end;
  bool all;  // of the half pairs
  const double* rows;
  int width;
  double *motion, *energies;  // [n_particles * 6, 1] added to; energies may be nullptr

  KOKKOS_FUNCTION Span span(Offset particle) const {
    const Span whole{of_particle.start(particle), of_particle.start(particle + 1)};
    if (all) return whole;
    const Index* entry = of_particle.entry.data();
    const Offset last = lower_bound(entry, whole.begin, whole.end, 2 * end);
    return {lower_bound(entry, whole.begin, last, 2 * begin), last};
  }

  KOKKOS_FUNCTION void operator()(Offset x) const {
    const Offset particle = x / 8;
    const int k = static_cast<int>(x % 8);
    if (k == 7 || (k == 6 && !energies)) return;
    const Span entries = span(particle);
    double sum = 0;
    for (Offset at = entries.begin; at < entries.end; ++at) {
      const Offset e = of_particle.entry(at);
      const int side = static_cast<int>(e % 2), column = k < 3 ? 1 + k : (k < 6 ? 1 + k + 3 * side : 0);
      const double v = rows[(e / 2 - begin) * width + column];
      sum += (k < 3 && side == 1) || (k >= 3 && k < 6) ? -v : v;
    }
    if (k < 6) motion[6 * particle + k] += sum;
    else if (half.gets(static_cast<int>(particle))) energies[particle] += sum;
  }
};

// The same for what is seldom asked for: virials, half of each pair's to either particle, and energies of members.
template <class Space, class T>
struct GatherTwoBodyMore {
  GatherTwoBody<Space, T> gather;
  Array<Space, Point> points;
  double *virials, *members;  // [n_particles * 9, n_members] added to; nullptr where not wanted

  KOKKOS_FUNCTION void operator()(int particle) const {
    const Span entries = gather.span(particle);
    const int n_members = members && gather.half.gets(particle) ? gather.width - kTwoBodyRow : 0;
    double sum[9] = {};
    for (Offset at = entries.begin; at < entries.end; ++at) {
      const Offset h = gather.of_particle.entry(at) / 2;
      const double* row = gather.rows + (h - gather.begin) * gather.width;
      for (int m = 0; m < n_members; ++m)
        members[static_cast<std::int64_t>(particle) * (gather.width - kTwoBodyRow) + m] += row[kTwoBodyRow + m];
      if (!virials) continue;
      const Ends e = gather.half.ends(gather.half.pair(h));
      const Separation<double> g = separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0);
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) sum[3 * a + b] -= 0.5 * g.r[a] * row[1 + b];
    }
    for (int k = 0; virials && k < 9; ++k) virials[9 * static_cast<std::int64_t>(particle) + k] += sum[k];
  }
};

}  // namespace anisoap::kokkos
