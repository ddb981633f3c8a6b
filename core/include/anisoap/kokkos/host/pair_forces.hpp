// SPDX-License-Identifier: MIT
// The pair pass of a host: what PairForces gives, rows for each pair and the force on each centre.
#pragma once

#include "anisoap/kokkos/host/centres.hpp"
#include "anisoap/kokkos/kernels/pair_forces.hpp"

namespace anisoap::kokkos {

// Centres first..first+n-1 of the list; rows start with the first pair of centre `first`.
template <class Space>
struct PairForcePacks {
  BasisTables tables;
  Particles<Space, double> particles;
  PairList<Space> pairs;
  int first, n;
  const double* polynomials;  // entry k of species s of centre c at (s * n_moments + k) * stride + c
  std::int64_t stride;
  double *rows, *own;  // [n_pairs * kPairRow], [3 * n]
  const Backend* backend;

  static void run(const PairForcePacks& pass) {
    Kokkos::parallel_for("anisoap pair forces", Kokkos::RangePolicy<Space>(0, n_blocks(pass.n)), pass);
  }

  void operator()(int block) const {
    const int c0 = block * kTile, here = std::min(kTile, n - c0), lanes = backend->lanes;
    PackedCentres<Space> centres(tables, particles, pairs, *backend);
    Work work(*backend, tables.basis.n_moments);
    const Offset row0 = pairs.first(first);
    std::fill(rows + kPairRow * (pairs.first(first + c0) - row0), rows + kPairRow * (pairs.first(first + c0 + here) - row0), 0.0);
    std::fill(own + 3 * c0, own + 3 * (c0 + here), 0.0);
    for (int s = 0; s < tables.basis.n_species; ++s) {
      centres.find(first + c0, here, s);
      work.make_slots(centres.n_found());
      for (int lane = 0; lane < here; lane += lanes) add_pack(centres, work, c0, lane, std::min(lanes, here - lane), s);
      for (std::size_t k = 0; k < centres.n_found(); ++k) put(&work.slots[k * kSlot], rows + kPairRow * (centres.pair(k) - row0));
    }
  }

 private:
  struct Work {
    AlignedVector<double> polynomial, slots, forces;  // slots: one for each neighbour
    std::vector<int> number;
    std::vector<const int*> slot;

    Work(const Backend& backend, int n_moments)
        : polynomial(static_cast<std::size_t>(n_moments * backend.lanes)),
          forces(static_cast<std::size_t>(12 * backend.lanes)),
          slot(static_cast<std::size_t>(backend.lanes)) {}

    void make_slots(std::size_t n) {
      slots.assign(n * kSlot, 0.0);
      for (std::size_t k = number.size(); k < n; ++k) number.push_back(static_cast<int>(k));
    }
  };

  void add_pack(const PackedCentres<Space>& centres, Work& work, int c0, int lane, int n_lanes, int s) const {
    const auto lanes = static_cast<std::size_t>(backend->lanes);
    std::fill(work.forces.begin(), work.forces.end(), 0.0);
    load_polynomials(centres, c0, lane, n_lanes, s, work.polynomial.data());
    for (int k = 0; k < n_lanes; ++k) work.slot[static_cast<std::size_t>(k)] = work.number.data() + centres.begin(lane + k);
    const DensityTask task = centres.task(lane, 1, nullptr);
    backend->forces->forces(
        {&task, tables.raised, work.polynomial.data(), work.slot.data(), work.slots.data(), work.forces.data(), nullptr});
    for (int k = 0; k < n_lanes; ++k)
      for (std::size_t d = 0; d < 3; ++d)
        own[3 * (c0 + centres.centre(lane + k)) + static_cast<int>(d)] += work.forces[d * lanes + static_cast<std::size_t>(k)];
  }

  void load_polynomials(const PackedCentres<Space>& centres, int c0, int first_lane, int n_lanes, int s, double* out) const {
    const int n_moments = tables.basis.n_moments;
    const double* from = polynomials + static_cast<std::int64_t>(s) * n_moments * stride + c0;
    for (int k = 0; k < n_moments; ++k)
      for (int lane = 0; lane < n_lanes; ++lane)
        out[k * backend->lanes + lane] = from[k * stride + centres.centre(first_lane + lane)];
  }

  // What the neighbour gets is minus dphi/dr, and its torque.
  static void put(const double* slot, double* row) {
    for (int d = 0; d < 3; ++d) row[d] = -slot[d];
    for (int d = 3; d < kPairRow; ++d) row[d] = slot[d];
  }
};

}  // namespace anisoap::kokkos
