// SPDX-License-Identifier: MIT
// From summed moments to features and linear energies, and from the gradient of the energy back to dE/dS, the polynomials that
// the pair passes integrate, for any basis: few centres, several species, high degrees. Tiles of centres lie in shared memory,
// two centres a lane, and the threads of a team share the entries of the sparse tables.
#pragma once

#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/with_degree.hpp"
#include "anisoap/kokkos/launch/lanes.hpp"
#include "anisoap/kokkos/launch/tables.hpp"
#include "anisoap/kokkos/pairs.hpp"

namespace anisoap::kokkos {

constexpr int kMostShared = 45056;  // bytes of shared memory that Kokkos gives a team on any device, less what it takes itself

// Arrays of a batch: entry k of centre c is array[k * stride + c], with a stride that is a multiple of kTile. nullptr: not
// wanted.
struct CentreArrays {
  std::int64_t stride;
  const double* sums;    // [n_species * n_moments]; nullptr: coefficients and gradient are read, not made
  double* coefficients;  // [n_coefficients]
  double* features;      // [n_features]
  double* gradient;      // [n_features] dE/dp
  double* energies;      // of linear energies: [n], or two parts of each side by side [2 * n] where a thread has a centre
  double* polynomials;   // [n_species * n_moments] dE/dS
};

// Descriptor rows, one centre after another: entry e is scale[e] times entry from[e] of the features, or of the coefficients.
struct RowLayout {
  double* rows;  // nullptr: not wanted
  int length;
  bool of_features;
  const int* from;      // [length]
  const double* scale;  // [length]
};

// Rows of the `here` centres from `first` of the list on, from a tile whose entry e of centre c is tile[e * width + c]:
// consecutive threads of the team take consecutive entries of a row.
template <class Space, class Member>
KOKKOS_FUNCTION void write_rows(const Member& team, const RowLayout& layout, const double* tile, int width, std::int64_t first,
                                int here) {
  constexpr int step = on_device<Space> ? 32 : 1;
  double* out = layout.rows + first * layout.length;
  for (int c = team.team_rank() / step; c < here; c += team.team_size() / step)
    for (int k = team.team_rank() % step; k < layout.length; k += step)
      out[static_cast<std::int64_t>(c) * layout.length + k] = tile[layout.from[k] * width + c] * layout.scale[k];
}

template <class Space>
class CentreStage {
 public:
  using Two = Lanes<double, 2>;
  using Row = detail::StridedRow<Two>;
  static constexpr int kThreads = 256;
  using Policy = Kokkos::TeamPolicy<Space, Kokkos::LaunchBounds<kThreads, 5>>;
  using Member = typename Policy::member_type;

  // local: [n_species] views of the space; species(c): of centre c of the batch. few: narrow tiles.
  CentreStage(const BasisTables& tables, const detail::LocalEnergyView* local, const Array<Space, int>& species,
              const Array<Space, int>& centre, int first, int n, const CentreArrays& arrays, bool few)
      : tables_(tables), local_(local), species_(species), centre_(centre), first_(first), n_(n), arrays_(arrays) {
    choose_lanes(few);
  }

  // Rows of a descriptor alone.
  CentreStage(const BasisTables& tables, int first, int n, std::int64_t stride, const double* sums, const RowLayout& layout,
              bool few)
      : tables_(tables),
        local_(nullptr),
        first_(first),
        n_(n),
        arrays_{stride, sums, nullptr, nullptr, nullptr, nullptr, nullptr},
        layout_(layout) {
    choose_lanes(few);
  }

  static void run(const CentreStage& stage) {
    const int n_tiles = (stage.n_ + 2 * stage.lanes_ - 1) / (2 * stage.lanes_);
    Policy policy(n_tiles, team_size<Space>(kThreads));
    Kokkos::parallel_for("anisoap centres",
                         filling(light(policy.set_scratch_size(stage.level(), Kokkos::PerTeam(stage.bytes() + 16)))), stage);
  }

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    Two* first = static_cast<Two*>(team.team_scratch(level()).get_shmem_aligned(static_cast<std::size_t>(bytes()), alignof(Two)));
    Two* second = first + first_rows() * lanes_;
    if (arrays_.sums) {
      forward(team, first, second);
      if (!arrays_.energies) return;
      linear_energies(team, first);
    } else {
      load(team, arrays_.coefficients, tables_.n_coefficients, second);
      load(team, arrays_.gradient, tables_.n_features, first);
    }
    team.team_barrier();
    backward(team, first, second);
  }

 private:
  static constexpr int kRegisters = 7;  // most (n, species) of one l with code of their own

  KOKKOS_FUNCTION int n_sums() const { return tables_.basis.n_species * tables_.basis.n_moments; }
  // Sums, then features or their gradient, then dE/dS; beside them coefficients, then their adjoints.
  KOKKOS_FUNCTION int first_rows() const { return n_sums() > tables_.n_features ? n_sums() : tables_.n_features; }
  KOKKOS_FUNCTION int tile_rows() const { return first_rows() + tables_.n_coefficients * (in_place_ ? 1 : 2); }
  KOKKOS_FUNCTION int bytes() const { return tile_rows() * lanes_ * static_cast<int>(sizeof(Two)); }
  // 0: shared memory; 1: of the device, for bases of which not even four centres fit.
  KOKKOS_FUNCTION int level() const { return bytes() <= kMostShared ? 0 : 1; }

  void choose_lanes(bool few) {
    in_place_ = tables_.most_per_m <= kRegisters;
    if (few) lanes_ = 4;
    while (lanes_ > 2 && bytes() > kMostShared) lanes_ /= 2;
    if (bytes() > kMostShared) lanes_ = kTile / 2;
    for (lane_bits_ = 0; 1 << lane_bits_ < lanes_;) ++lane_bits_;
  }

  // f(row, lane) for all rows and lanes of the tile: a thread keeps to its lane.
  template <class F>
  KOKKOS_FUNCTION void each(const Member& team, int n_rows, const F& f) const {
    if constexpr (on_device<Space>) {
      const int lane = team.team_rank() & (lanes_ - 1), step = team.team_size() >> lane_bits_;
      for (int k = team.team_rank() >> lane_bits_; k < n_rows; k += step) f(k, lane);
    } else {
      for (int k = 0; k < n_rows; ++k)
        for (int lane = 0; lane < lanes_; ++lane) f(k, lane);
    }
  }

  KOKKOS_FUNCTION Row row(Two* tile, int lane) const { return {tile + lane, lanes_}; }
  KOKKOS_FUNCTION std::int64_t centre_of(const Member& team, int lane) const {
    return static_cast<std::int64_t>(team.league_rank()) * 2 * lanes_ + 2 * lane;
  }

  KOKKOS_FUNCTION void load(const Member& team, const double* array, int n_rows, Two* tile) const {
    each(team, n_rows, [&](int k, int lane) {
      tile[k * lanes_ + lane] = *reinterpret_cast<const Two*>(array + k * arrays_.stride + centre_of(team, lane));
    });
  }
  KOKKOS_FUNCTION void store(const Member& team, const Two* tile, int n_rows, double* array) const {
    if (!array) return;
    each(team, n_rows, [&](int k, int lane) {
      *reinterpret_cast<Two*>(array + k * arrays_.stride + centre_of(team, lane)) = tile[k * lanes_ + lane];
    });
  }

  KOKKOS_FUNCTION void forward(const Member& team, Two* sums, Two* coefficients) const {
    Two* features = sums;
    const detail::BasisView& basis = tables_.basis;
    load(team, arrays_.sums, n_sums(), sums);
    team.team_barrier();
    for (int s = 0; s < basis.n_species; ++s)
      each(team, basis.n_functions, [&](int f, int lane) {
        coefficients[(f * basis.n_species + s) * lanes_ + lane] =
            detail::row_times(basis.to_functions, f, row(sums + s * basis.n_moments * lanes_, lane));
      });
    team.team_barrier();
    store(team, coefficients, tables_.n_coefficients, arrays_.coefficients);
    each(team, tables_.n_features, [&](int k, int lane) {
      const FeatureEntry entry = tables_.features[k];
      features[k * lanes_ + lane] =
          detail::sum_over_m(row(coefficients + entry.first * lanes_, lane), entry.n_m, entry.n, entry.a, entry.b) *
          Two(entry.scale);
    });
    team.team_barrier();
    store(team, features, tables_.n_features, arrays_.features);
    if (!layout_.rows) return;
    const int width = 2 * lanes_, at = team.league_rank() * width, here = n_ - at < width ? n_ - at : width;
    write_rows<Space>(team, layout_, layout_.of_features ? &features[0].v[0] : &coefficients[0].v[0], width, first_ + at, here);
  }

  // features: replaced by the gradient.
  KOKKOS_FUNCTION void linear_energies(const Member& team, Two* features) const {
    for (int k = team.team_rank(); k < 2 * lanes_; k += team.team_size()) {
      const std::int64_t c = static_cast<std::int64_t>(team.league_rank()) * 2 * lanes_ + k;
      const detail::StridedRow<double> p{&features[0].v[0] + k, 2 * lanes_};
      if (c >= n_) {
        for (int f = 0; f < tables_.n_features; ++f) p[f] = 0;
        continue;
      }
      const detail::LocalEnergyView& local = local_[species_(centre_(first_ + c))];
      if (local.form == detail::LocalForm::Linear) {
        arrays_.energies[c] = detail::linear_value(local, p, p);
      } else {
        arrays_.energies[c] = local.offset;
        for (int f = 0; f < tables_.n_features; ++f) p[f] = 0;
      }
    }
  }

  // The adjoint takes the place of the coefficients where it can, dE/dS that of the gradient.
  KOKKOS_FUNCTION void backward(const Member& team, Two* gradient, Two* coefficients) const {
    const detail::BasisView& basis = tables_.basis;
    const int n_rows = (basis.max_angular + 1) * (basis.max_angular + 1);
    Two* adjoint = in_place_ ? coefficients : coefficients + tables_.n_coefficients * lanes_;
    each(team, n_rows, [&](int lm, int lane) {
      const AdjointEntry entry = tables_.adjoints[lm];
      put_adjoint(entry, row(gradient + entry.first_feature * lanes_, lane), row(coefficients + entry.first * lanes_, lane),
                  row(adjoint + entry.first * lanes_, lane));
    });
    team.team_barrier();
    for (int s = 0; s < basis.n_species; ++s)
      each(team, basis.n_moments, [&](int k, int lane) {
        gradient[(s * basis.n_moments + k) * lanes_ + lane] =
            detail::row_times(basis.to_moments, k, row(adjoint, lane) + s, basis.n_species);
      });
    team.team_barrier();
    store(team, gradient, n_sums(), arrays_.polynomials);
  }

  // Of one l and m. Few coefficients pass through registers, so that the adjoint may take their place.
  KOKKOS_FUNCTION static void put_adjoint(const AdjointEntry& entry, Row gradient, Row coefficients, Row adjoint) {
    detail::with_degree<kRegisters>(entry.n, true, [&](auto known) {
      constexpr int N = decltype(known)::value;
      if constexpr (N > 0) {
        Two from[N], to[N];
        for (int a = 0; a < N; ++a) from[a] = coefficients[a];
        detail::spectrum_adjoint_of_m(entry.scale, N, gradient, static_cast<const Two*>(from), static_cast<Two*>(to));
        for (int a = 0; a < N; ++a) adjoint[a] = to[a];
      } else if constexpr (N < 0) {
        detail::spectrum_adjoint_of_m(entry.scale, entry.n, gradient, coefficients, adjoint);
      }
    });
  }

  BasisTables tables_;
  const detail::LocalEnergyView* local_;
  Array<Space, int> species_, centre_;
  int first_, n_, lanes_ = kTile / 2, lane_bits_ = 5;
  bool in_place_ = true;
  CentreArrays arrays_;
  RowLayout layout_{};
};

}  // namespace anisoap::kokkos
