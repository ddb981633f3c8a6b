// SPDX-License-Identifier: MIT
// The two-body term over a half list: each pair of two centres once, a pair of a centre and a ghost on the side that the
// particles' numbers choose, or half on either side. A thread a pair, the polynomial's weights in shared memory.
#pragma once

#include "anisoap/detail/pair_virial.hpp"
#include "anisoap/detail/two_body.hpp"
#include "anisoap/kokkos/launch/inside.hpp"

namespace anisoap::kokkos {

// A row: the share of the energy of either end, d/dr, d/dturn of the first body and of the second; then shares of members.
constexpr int kTwoBodyRow = 10;

// One pair of the half list, the first species of its kind first; 16 bytes, which a device loads at once.
struct alignas(16) HalfPair {
  int particle[2];
  float weight;  // share of the pair that is evaluated here: 1 or 1/2
  float share;   // of its energy, for either end that gets any
};

// Pairs of one kind after another.
template <class Space>
struct HalfList {
  int n_kinds = 0;
  std::vector<Offset> first;  // [n_kinds + 1] of each kind
  Array<Space, HalfPair> pair{"anisoap half list", 0};
  std::vector<Offset> listed;                         // first in the list that of_particle counts in, skin included
  Transposed<Space> of_particle;                      // by particle: 2 * half pair + side
  Kept<Space> kept;                                   // of that list
  Array<Space, char> gets{"anisoap gets energy", 0};  // [n_particles] energies here: others get theirs where they are centres
};

// Which pairs of a list are evaluated, from which side.
template <class Space>
struct ChooseHalf {
  detail::TwoBodyView term;
  Array<Space, int> species;
  Array<Space, std::int64_t> numbers;
  PairList<Space> pairs;
  bool numbered;  // a pair with a ghost is evaluated on one side only

  KOKKOS_FUNCTION bool is_centre(int particle) const { return pairs.row_of_particle(particle) >= 0; }
  KOKKOS_FUNCTION bool gets(int particle) const { return numbered || is_centre(particle); }

  KOKKOS_FUNCTION double weight(int i, int j) const {
    const bool centre = is_centre(j);
    if (centre || !numbered) return detail::pair_weight(static_cast<std::size_t>(i), static_cast<std::size_t>(j), centre);
    return detail::numbered_weight(numbers(i), numbers(j));
  }

  KOKKOS_FUNCTION int kind(Offset p) const {
    const int i = pairs.centre(pairs.row(p)), j = pairs.neighbor(p);
    if (i == j || weight(i, j) == 0) return -1;
    return term.pair_of_species[species(i) * term.n_species + species(j)];
  }

  KOKKOS_FUNCTION HalfPair pair(Offset p, int kind) const {
    const int i = pairs.centre(pairs.row(p)), j = pairs.neighbor(p);
    const bool reversed = detail::is_reversed(term.pairs[kind].form, species(i), species(j));
    return {{reversed ? j : i, reversed ? i : j}, static_cast<float>(weight(i, j)), gets(i) && gets(j) ? 0.5F : 1.0F};
  }
};

template <class Space, class T>
void build_half_list(const detail::TwoBodyView& term, int n_kinds, const Particles<Space, T>& particles,
                     const PairList<Space>& pairs, bool numbered, HalfList<Space>& out) {
  out.n_kinds = n_kinds;
  out.first.assign(1, 0);
  reserve(out.pair, static_cast<std::size_t>(pairs.n_pairs));
  reserve(out.gets, static_cast<std::size_t>(pairs.n_particles));
  const ChooseHalf<Space> choose{term, particles.species, particles.numbers, pairs, numbered};
  const auto list = out.pair;
  const auto gets = out.gets;
  Kokkos::parallel_for(
      "anisoap gets energy", Kokkos::RangePolicy<Space>(0, pairs.n_particles),
      KOKKOS_LAMBDA(int k) { gets(k) = choose.gets(k); });
  for (int kind = 0; kind < n_kinds; ++kind) {
    const Offset begin = out.first.back();
    Offset n = 0;
    Kokkos::parallel_scan(
        "anisoap half list", Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>(0, pairs.n_pairs),
        KOKKOS_LAMBDA(Offset p, Offset & at, bool last) {
          if (choose.kind(p) != kind) return;
          if (last) list(begin + at) = choose.pair(p, kind);
          ++at;
        },
        n);
    out.first.push_back(begin + n);
  }
  out.of_particle.build(
      static_cast<std::size_t>(pairs.n_particles), 2 * out.first.back(),
      KOKKOS_LAMBDA(Offset x) { return list(x / 2).particle[x % 2]; });
  out.listed = out.first;
}

template <class Space>
struct IsHalfInside {
  Array<Space, HalfPair> pair;
  Array<Space, Point> points;
  double squared;

  IsHalfInside(const Array<Space, HalfPair>& list, const Array<Space, Point>& where, double cutoff)
      : pair(list), points(where), squared(cutoff * cutoff * (1 + 1e-9)) {}

  KOKKOS_FUNCTION bool operator()(Offset h) const {
    const HalfPair e = pair(h);
    return separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0).squared <= squared;
  }
};

// The half pairs of a list that were kept.
template <class Space>
void keep_half(const HalfList<Space>& listed, const Kept<Space>& kept, Offset n_kept, HalfList<Space>& out) {
  const Offset n = listed.first.back();
  out.n_kinds = listed.n_kinds;
  out.listed = listed.listed;
  out.gets = listed.gets;
  out.of_particle = listed.of_particle;
  out.kept = kept;
  out.first = listed.n_kinds == 1 ? std::vector<Offset>{0, n_kept} : kept.on_host(listed.first);
  reserve(out.pair, static_cast<std::size_t>(out.first.back()));
  const auto from = listed.pair, to = out.pair;
  Kokkos::parallel_for(
      "anisoap keep half", light(typename Kept<Space>::Range(0, n)), KOKKOS_LAMBDA(Offset h) {
        if (kept.has(h)) to(kept.before(h)) = from(h);
      });
}

// Gives back what it shares with the list that it came from.
template <class Space>
void let_go(HalfList<Space>& inside) {
  inside.gets = {};
  inside.of_particle = {};
}

// The first kTwoBodyRow numbers of a row.
template <class T>
KOKKOS_FUNCTION void put_row(const HalfPair& e, const detail::PairEnergy<T>& energy, double* row) {
  const double weight = e.weight;
  row[0] = weight * e.share * energy.energy;
  for (int d = 0; d < 3; ++d) {
    row[1 + d] = weight * energy.motion.r[d];
    row[4 + d] = weight * energy.motion.turn[0][d];
    row[7 + d] = weight * energy.motion.turn[1][d];
  }
}

// The rest of it: shares of the members that the pair's kind has.
template <class Members>
KOKKOS_FORCEINLINE_FUNCTION void put_members(const HalfPair& e, int n_networks, int width, const Members& of_members,
                                             double* row) {
  const double weight = e.weight, share = e.share;
  for (int m = 0; m < width - kTwoBodyRow; ++m)
    row[kTwoBodyRow + m] = n_networks > 0 ? weight * share * of_members[m < n_networks ? m : n_networks - 1] : 0;
}

// Half pairs begin..end-1, all of one kind with a polynomial, to rows[(h - begin) * width]. Symmetry: what is known of their
// form; K: powers of the polynomial, or -1.
template <class Space, class T, detail::PairSymmetry Symmetry, int K>
class TwoBodyPass {
 public:
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<128, 4>>;
  using Member = typename Policy::member_type;

  TwoBodyPass(const HalfList<Space>& half, const Particles<Space, T>& particles, const detail::TwoBodyPairView* pair,
              const detail::TwoBodyView& term, Offset begin, Offset end, double* rows, double* energies, int width, int n_weights)
      : half_(half.pair),
        points_(particles.points),
        bodies_(particles.bodies),
        pair_(pair),
        cutoff_(term.cutoff),
        inverse_width_(term.inverse_width),
        begin_(begin),
        end_(end),
        rows_(rows),
        energies_(energies),
        width_(width),
        n_weights_(n_weights * static_cast<int>(sizeof(double)) <= kMostShared ? n_weights : 0) {}

  static void run(const TwoBodyPass& pass) {
    const auto league = static_cast<int>((pass.end_ - pass.begin_ + kPairsOfTeam - 1) / kPairsOfTeam);
    Policy policy(league, team_size<Space>(128));
    Kokkos::parallel_for(
        "anisoap two-body",
        filling(light(policy.set_scratch_size(0, Kokkos::PerTeam(pass.n_weights_ * static_cast<int>(sizeof(double)) + 32)))),
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
    const Offset first = begin_ + team.league_rank() * kPairsOfTeam;
    const Offset last = first + kPairsOfTeam < end_ ? first + kPairsOfTeam : end_;
    for (Offset h = first + team.team_rank(); h < last; h += team.team_size()) evaluate(pair, h, rows_ + (h - begin_) * width_);
  }

 private:
  static constexpr int kMostShared = 32768;
  static constexpr Offset kPairsOfTeam = on_device<Space> ? 128 : 1024;

  KOKKOS_FUNCTION void evaluate(const detail::TwoBodyPairView& pair, Offset h, double* row) const {
    const HalfPair e = half_(h);
    const Separation<T> g = separation<T>(points_(e.particle[0]), points_(e.particle[1]), 1.0);
    detail::PairEnergy<T> energy{};
    if (g.squared < T(cutoff_ * cutoff_)) {
      const AlignedBody<T> i = bodies_(e.particle[0]), j = bodies_(e.particle[1]);
      T stack[Symmetry == detail::PairSymmetry::Any ? kStack : 1];
      energy = detail::polynomial_energy<Symmetry, K>(pair, cutoff_, inverse_width_, g.r, i.body, j.body, static_cast<T*>(stack));
    }
    put_row(e, energy, row);
    for (int k = kTwoBodyRow; k < width_; ++k) row[k] = 0;
    energies_[h - begin_] = e.weight * energy.energy;
  }

  static constexpr int kStack = 64;  // twice the most factors of a monomial

  Array<Space, HalfPair> half_;
  Array<Space, Point> points_;
  Array<Space, AlignedBody<T>> bodies_;
  const detail::TwoBodyPairView* pair_;
  double cutoff_, inverse_width_;
  Offset begin_, end_;
  double *rows_, *energies_;
  int width_, n_weights_;
};

// The same for committees of networks and expansions, which take more room than registers have. work: entry k of half pair h at
// k * stride + h - begin.
template <class Space, class T>
struct MemoryPass {
  Array<Space, HalfPair> half;
  Array<Space, Point> points;
  Array<Space, AlignedBody<T>> bodies;
  const detail::TwoBodyPairView* pair;
  double cutoff, inverse_width;
  Offset begin;
  double *rows, *energies;
  int width;
  double* work;
  std::int64_t stride;
  double* members;  // [n_networks] rows likewise

  KOKKOS_FUNCTION void operator()(Offset x) const {
    const HalfPair e = half(begin + x);
    double* row = rows + x * width;
    const Separation<double> g = separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0);
    const detail::StridedRow<double> rest{work + x, stride}, of_members{members + x, stride};
    detail::PairEnergy<double> energy{};
    if (g.squared < cutoff * cutoff) {
      const detail::Body<double> i = detail::converted<double>(bodies(e.particle[0]).body),
                                 j = detail::converted<double>(bodies(e.particle[1]).body);
      energy = detail::pair_energy(*pair, cutoff, inverse_width, g.r, i, j, rest, of_members);
    } else {
      for (int m = 0; m < pair->n_networks; ++m) of_members[m] = 0;
    }
    put_row(e, energy, row);
    energies[x] = e.weight * energy.energy;
    put_members(e, pair->n_networks, width, of_members, row);
  }
};

// What the rows of half pairs begin..end-1 bring to all particles, in a fixed order: a thread for each particle and each of
// eight numbers, its force, torque and energy.
template <class Space>
struct GatherTwoBody {
  Array<Space, HalfPair> half;
  Array<Space, char> gets;
  Transposed<Space> of_particle;
  Kept<Space> kept;  // of the list that of_particle counts in
  Offset begin, end;
  Span listed;  // of the kind, in the list that of_particle counts in
  bool all;     // listed holds every kind, and begin..end-1 every half pair
  const double* rows;
  int width;
  double *motion, *energies;  // [n_particles * 6, 1] added to; energies may be nullptr

  KOKKOS_FUNCTION Span span(Offset particle) const {
    const Span whole{of_particle.start(particle), of_particle.start(particle + 1)};
    if (all) return whole;
    const Index* entry = of_particle.entry.data();
    const Offset last = lower_bound(entry, whole.begin, whole.end, 2 * listed.end);
    return {lower_bound(entry, whole.begin, last, 2 * listed.begin), last};
  }

  // Of the half pair and side at a position, or a negative number where it is not among begin..end-1.
  KOKKOS_FUNCTION Offset at(Offset position) const {
    const Index e = of_particle.entry(position);
    if (!kept.has(e / 2)) return -1;
    const Offset h = kept.before(e / 2);
    return all || (h >= begin && h < end) ? 2 * h + e % 2 : -1;
  }

  template <class I>
  KOKKOS_FUNCTION void operator()(I x) const {
    const Offset particle = x / 8;
    const int k = static_cast<int>(x % 8);
    if (k == 7 || (k == 6 && !energies)) return;
    const Span entries = span(particle);
    double sum = 0;
    for (Offset position = entries.begin; position < entries.end; ++position) {
      const Offset e = at(position);
      if (e < 0) continue;
      const int side = static_cast<int>(e % 2), column = k < 3 ? 1 + k : (k < 6 ? 1 + k + 3 * side : 0);
      const double v = rows[(e / 2 - begin) * width + column];
      sum += (k < 3 && side == 1) || (k >= 3 && k < 6) ? -v : v;
    }
    if (k < 6) motion[6 * particle + k] += sum;
    else if (gets(particle)) energies[particle] += sum;
  }
};

// The same for what is seldom asked for: virials, half of each pair's to either particle, and energies of members.
template <class Space>
struct GatherTwoBodyMore {
  GatherTwoBody<Space> gather;
  Array<Space, Point> points;
  double *virials, *centroid_virials, *members;  // [n_particles * 9, 9, n_members] added to; nullptr where not wanted

  KOKKOS_FUNCTION void operator()(int particle) const {
    const Span entries = gather.span(particle);
    const int n_members = members && gather.gets(particle) ? gather.width - kTwoBodyRow : 0;
    double sum[9] = {};
    for (Offset position = entries.begin; position < entries.end; ++position) {
      const Offset at = gather.at(position);
      if (at < 0) continue;
      const Offset h = at / 2;
      const double* row = gather.rows + (h - gather.begin) * gather.width;
      for (int m = 0; m < n_members; ++m)
        members[static_cast<std::int64_t>(particle) * (gather.width - kTwoBodyRow) + m] += row[kTwoBodyRow + m];
      if (!virials && !centroid_virials) continue;
      const HalfPair e = gather.half(h);
      const Separation<double> g = separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0);
      detail::add_pair_virial(detail::kBodyShare, g.r, row + 1, sum);
    }
    const std::int64_t first = 9 * static_cast<std::int64_t>(particle);
    for (int k = 0; virials && k < 9; ++k) virials[first + k] += sum[k];
    for (int k = 0; centroid_virials && k < 9; ++k) centroid_virials[first + k] += sum[k];
  }
};

}  // namespace anisoap::kokkos
