// SPDX-License-Identifier: MIT
// On a host, kernels are the core's loops over packs (anisoap/simd), of the widest instruction set that the machine has: its
// lanes are the centres of a block, one species of neighbours at a time.
#pragma once

#include <algorithm>

#include "anisoap/aligned.hpp"
#include "anisoap/kokkos/kernels/geometry.hpp"
#include "anisoap/simd/dispatch.hpp"

namespace anisoap::kokkos {

inline int n_blocks(int n_centres) { return (n_centres + kTile - 1) / kTile; }

// The neighbours inside the cutoff of one species around up to kTile centres, as tasks read them.
template <class Space>
class PackedCentres {
 public:
  PackedCentres(const BasisTables& tables, const Particles<Space, double>& particles, const PairList<Space>& pairs,
                const Backend& backend)
      : points_(particles.points), pairs_(pairs), rules_(tables.rules) {
    const auto lanes = static_cast<std::size_t>(backend.lanes), n_moments = static_cast<std::size_t>(tables.basis.n_moments);
    scratch_.resize((n_moments + 1) * lanes);
    static_assert(sizeof(AlignedShape<double>) == sizeof(detail::Shape<double>));
    const bool compiled = tables.degree <= backend.compiled_degree;
    task_ = {first_,
             count_,
             reinterpret_cast<const detail::Shape<double>*>(particles.shapes.data()),
             rules_.inverse_length,
             rules_.window,
             rules_.cutoff,
             rules_.inverse_width,
             tables.degree,
             tables.basis.n_moments,
             compiled ? nullptr : tables.steps,
             scratch_.data(),
             nullptr};
  }

  PackedCentres(const PackedCentres&) = delete;  // the task points into it
  PackedCentres& operator=(const PackedCentres&) = delete;

  // Those of species s around the centres c0..c0+n-1 of the list. Which lane has which centre follows from how many they are:
  // the longest first.
  void find(int c0, int n, int s) {
    n_found_ = 0;
    reserve_room(static_cast<std::size_t>(pairs_.first(c0 + n) - pairs_.first(c0)));
    for (int c = 0; c < n; ++c) {
      begin_[c] = n_found_;
      const Offset* start =
          pairs_.start.data() + static_cast<std::size_t>(c0 + c) * static_cast<std::size_t>(pairs_.n_species) + s;
      add(points_(pairs_.centre(c0 + c)), start[0], start[1]);
      lane_[c] = c;
    }
    begin_[n] = n_found_;
    std::sort(lane_, lane_ + n, [this](int a, int b) { return size(a) != size(b) ? size(a) > size(b) : a < b; });
    for (int lane = 0; lane < kTile; ++lane) {
      count_[lane] = lane < n ? size(lane_[lane]) : 0;
      first_[lane] = lane < n ? neighbors_.data() + begin_[lane_[lane]] : nullptr;
    }
  }

  // Of the packs from a lane on.
  DensityTask task(int lane, int n_packs, double* sums) const {
    DensityTask out = task_;
    out.first += lane;
    out.count += lane;
    out.n_packs = n_packs;
    out.sums = sums;
    return out;
  }

  int centre(int lane) const { return lane_[lane]; }  // of the block
  // Number of the first neighbour of a lane, how many there are in all, and the pairs that they are.
  std::size_t begin(int lane) const { return begin_[lane_[lane]]; }
  std::size_t n_found() const { return n_found_; }
  Offset pair(std::size_t k) const { return pair_[k]; }

 private:
  int size(int c) const { return static_cast<int>(begin_[c + 1] - begin_[c]); }

  void reserve_room(std::size_t n) {
    if (pair_.size() >= n) return;
    neighbors_.resize(n);
    pair_.resize(n);
  }

  // Those of pairs p..end-1: each is written, and written over where it lies outside.
  void add(const Point& centre, Offset p, Offset end) {
    const Point* points = points_.data();
    const int* neighbor = pairs_.neighbor.data();
    const double squared = rules_.cutoff * rules_.cutoff;
    std::size_t n = n_found_;
    for (; p < end; ++p) {
      const Point& point = points[neighbor[p]];
      neighbors_[n] = {{point.x[0] - centre.x[0], point.x[1] - centre.x[1], point.x[2] - centre.x[2]}, neighbor[p]};
      pair_[n] = p;
      n += static_cast<std::size_t>(separation<double>(centre, point, rules_.inverse_length).squared < squared);
    }
    n_found_ = n;
  }

  Array<Space, Point> points_;
  PairList<Space> pairs_;
  PairRules rules_;
  UnsetVector<Neighbor> neighbors_;  // the first n_found_ entries count
  UnsetVector<Offset> pair_;
  std::size_t n_found_ = 0;
  AlignedVector<double> scratch_;
  std::size_t begin_[kTile + 1];
  int lane_[kTile], count_[kTile];
  const Neighbor* first_[kTile];
  DensityTask task_;
};

}  // namespace anisoap::kokkos
