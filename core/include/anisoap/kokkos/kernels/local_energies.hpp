// SPDX-License-Identifier: MIT
// Local energies of any kind and their gradients, from the features of a batch of centres.
#pragma once

#include "anisoap/detail/grade.hpp"
#include "anisoap/kokkos/launch/lanes.hpp"
#include "anisoap/kokkos/launch/memory.hpp"

namespace anisoap::kokkos {

// Energies, variances and grades, a thread a centre. p: features, then terms of pairs where variances or grades ask for them.
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
  double* grades;  // nullptr, or of each centre

  KOKKOS_FUNCTION void operator()(int c) const {
    using Row = detail::StridedRow<double>;
    const detail::LocalEnergyView& one = local[species(centre(first + c))];
    const Row features{p + c, stride}, rest{work + c, stride};
    if (grades) grades[c] = detail::extrapolation_grade(one, features, rest);
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

// The threads of a team that work on one lane of a tile.
template <class Member>
struct SharedOut {
  const Member& team;
  int rank, size;

  template <class F>
  KOKKOS_FUNCTION void blocks(int n, const F& f) const {
    constexpr int kBlock = 4;
    const int whole = n / kBlock;
    for (int b = rank; b < whole + n % kBlock; b += size) {
      if (b < whole) f(kBlock * b, detail::Count<kBlock>{});
      else f(n - n % kBlock + b - whole, detail::Count<1>{});
    }
  }
  KOKKOS_FUNCTION void wait() const { team.team_barrier(); }
};

// Committees of networks without variances, or no local energy at all: tiles of centres in shared memory, two a lane, and a few
// threads for each lane.
template <class Space>
class CommitteeTiles {
 public:
  using Two = Lanes<double, 2>;
  using Row = detail::StridedRow<Two>;
  static constexpr int kLanes = 8, kThreads = 64;
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<kThreads, 8>>;
  using Member = typename Policy::member_type;

  // work: the largest local_energy_workspace.
  CommitteeTiles(const LocalEnergies<Space>& one, int n, int n_species, int n_features, int work)
      : one_(one), n_(n), n_species_(n_species), n_features_(n_features), rows_(n_features + work) {}

  // Whether a tile finds room.
  static bool fits(int n_features, int work) { return tile_bytes(n_features + work) <= kMostShared; }

  static void run(const CommitteeTiles& tiles) {
    Policy policy((tiles.n_ + 2 * kLanes - 1) / (2 * kLanes), team_size<Space>(kThreads));
    Kokkos::parallel_for("anisoap local energies",
                         filling(light(policy.set_scratch_size(0, Kokkos::PerTeam(tile_bytes(tiles.rows_) + 16)))), tiles);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    auto* tile =
        static_cast<Two*>(team.team_scratch(0).get_shmem_aligned(static_cast<std::size_t>(tile_bytes(rows_)), alignof(Two)));
    const int first = team.league_rank() * 2 * kLanes, last = first + 2 * kLanes < n_ ? first + 2 * kLanes : n_;
    for (int s = 0; s < n_species_; ++s) {
      bool any = false;
      for (int c = first; c < last; ++c) any = any || species(c) == s;
      if (any) evaluate_lanes(team, one_.local[s], s, first, tile);
    }
  }

 private:
  static constexpr int kMostShared = 45056;
  KOKKOS_FUNCTION static int tile_bytes(int rows) { return rows * kLanes * static_cast<int>(sizeof(Two)); }
  KOKKOS_FUNCTION int species(int c) const { return one_.species(one_.centre(one_.first + c)); }

  KOKKOS_FUNCTION void evaluate_lanes(const Member& team, const detail::LocalEnergyView& local, int s, int first,
                                      Two* tile) const {
    constexpr int step = on_device<Space> ? kLanes : 1;
    const SharedOut<Member> each{team, team.team_rank() / step, team.team_size() / step};
    for (int lane = team.team_rank() % step; lane < kLanes; lane += step) evaluate(each, local, s, first + 2 * lane, tile + lane);
  }

  // Centres c and c + 1, where they are of species s.
  KOKKOS_FUNCTION void evaluate(const SharedOut<Member>& each, const detail::LocalEnergyView& local, int s, int c,
                                Two* lane) const {
    const Row gradient{lane, kLanes}, work = gradient + n_features_;
    const detail::StridedRow<const Two> p{reinterpret_cast<const Two*>(one_.p + c), one_.stride / 2};
    Two energy(local.offset);
    if (local.form == detail::LocalForm::Networks) {
      energy = energy + detail::committee_value(detail::committee_of(local), p, gradient, work, work + local.n_networks, each);
    } else {
      each.blocks(n_features_, [&](int k, auto count) {
        for (int j = 0; j < decltype(count)::value; ++j) gradient[k + j] = Two(0.0);
      });
    }
    const bool mine[2] = {c < n_ && species(c) == s, c + 1 < n_ && species(c + 1) == s};
    each.blocks(n_features_, [&](int first, auto count) {
      for (int k = first; k < first + decltype(count)::value; ++k) put(gradient[k], mine, one_.gradient + k * one_.stride + c);
    });
    if (each.rank == 0) put(energy, mine, one_.energies + c);
    each.wait();
  }

  KOKKOS_FUNCTION static void put(const Two& value, const bool* mine, double* out) {
    if (mine[0] && mine[1]) *reinterpret_cast<Two*>(out) = value;
    else if (mine[0]) out[0] = value.v[0];
    else if (mine[1]) out[1] = value.v[1];
  }

  LocalEnergies<Space> one_;
  int n_, n_species_, n_features_, rows_;
};

}  // namespace anisoap::kokkos
