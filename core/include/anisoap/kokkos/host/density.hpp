// SPDX-License-Identifier: MIT
// The density step of a host: each lane sums the neighbours of its centre in their order.
#pragma once

#include "anisoap/kokkos/host/centres.hpp"

namespace anisoap::kokkos {

// Centres first..first+n-1 of the list. Moment k of species s of centre c goes to sums[(s * n_moments + k) * stride + c].
template <class Space>
struct DensityPacks {
  BasisTables tables;
  Particles<Space, double> particles;
  PairList<Space> pairs;
  int first, n;
  double* sums;
  std::int64_t stride;
  const Backend* backend;

  static void run(const DensityPacks& step) {
    Kokkos::parallel_for("anisoap density", Kokkos::RangePolicy<Space>(0, n_blocks(step.n)), step);
  }

  void operator()(int block) const {
    const int c0 = block * kTile, here = std::min(kTile, n - c0), lanes = backend->lanes, n_packs = (here + lanes - 1) / lanes;
    PackedCentres<Space> centres(tables, particles, pairs, *backend);
    UnsetVector<double> packed(static_cast<std::size_t>(n_packs * lanes * tables.basis.n_moments));
    for (int s = 0; s < tables.basis.n_species; ++s) {
      centres.find(first + c0, here, s);
      backend->density(centres.task(0, n_packs, packed.data()));
      put(packed.data(), centres, here, sums + s * (stride * tables.basis.n_moments) + c0);
    }
  }

 private:
  // Moment by moment, since those of one centre lie far apart.
  void put(const double* packed, const PackedCentres<Space>& centres, int n_lanes, double* out) const {
    const int n_moments = tables.basis.n_moments, lanes = backend->lanes;
    for (int k = 0; k < n_moments; ++k)
      for (int lane = 0; lane < n_lanes; ++lane)
        out[k * stride + centres.centre(lane)] = packed[(lane / lanes * n_moments + k) * lanes + lane % lanes];
  }
};

}  // namespace anisoap::kokkos
