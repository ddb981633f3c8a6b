// SPDX-License-Identifier: MIT
// Local energies of a host, of any kind, with variances and grades or without: what LocalEnergies gives, lanes of centres.
#pragma once

#include "anisoap/kokkos/host/centres.hpp"
#include "anisoap/kokkos/kernels/local_energies.hpp"

namespace anisoap::kokkos {

template <class Space>
struct LocalEnergyPacks {
  LocalEnergies<Space> one;
  int n;                     // centres
  int n_features, n_inputs;  // rows of the gradient and of the features, which may have terms of pairs behind them
  std::size_t work;          // the largest local_energy_workspace
  const Backend* backend;

  static void run(const LocalEnergyPacks& packs) {
    Kokkos::parallel_for("anisoap local energies", Kokkos::RangePolicy<Space>(0, n_blocks(packs.n)), packs);
  }

  void operator()(int block) const {
    Work room(*this);
    const int begin = block * kTile, end = std::min(n, begin + kTile);
    for (int c = begin; c < end; c += backend->lanes) evaluate(room, c, std::min(backend->lanes, end - c));
  }

 private:
  static constexpr int kMostLanes = 16;

  struct Work {
    AlignedVector<double> features, gradient, work, members;
    alignas(64) double energy[kMostLanes], variance[kMostLanes], grade[kMostLanes];

    explicit Work(const LocalEnergyPacks& p)
        : features(of_lanes(p, p.n_inputs)),
          gradient(of_lanes(p, p.n_features)),
          work(p.work * static_cast<std::size_t>(p.backend->lanes)) {}
    static std::size_t of_lanes(const LocalEnergyPacks& p, int rows) { return static_cast<std::size_t>(rows * p.backend->lanes); }
  };

  int species(int c) const { return one.species(one.centre(one.first + c)); }

  // Centres c..c+here-1, a species at a time.
  void evaluate(Work& room, int c, int here) const {
    const int lanes = backend->lanes;
    for (int k = 0; k < n_inputs; ++k)
      for (int lane = 0; lane < lanes; ++lane)
        room.features[static_cast<std::size_t>(k * lanes + lane)] = lane < here ? one.p[k * one.stride + c + lane] : 0.0;
    bool done[kMostLanes] = {};
    for (int first = 0; first < here; ++first) {
      if (done[first]) continue;
      const int s = species(c + first);
      const detail::LocalEnergyView& local = one.local[s];
      const bool committee = one.members && local.form == detail::LocalForm::Networks;
      if (committee) room.members.resize(std::max(room.members.size(), Work::of_lanes(*this, local.n_networks)));
      backend->forces->local_energy({&local, room.features.data(), room.gradient.data(), room.work.data(), room.energy,
                                     room.variance, committee ? room.members.data() : nullptr,
                                     one.grades ? room.grade : nullptr});
      for (int lane = first; lane < here; ++lane) {
        if (species(c + lane) != s) continue;
        done[lane] = true;
        put(room, lane, c + lane, committee ? local.n_networks : 0);
      }
    }
  }

  void put(const Work& room, int lane, int c, int n_networks) const {
    const auto at = [&](int k) { return static_cast<std::size_t>(k * backend->lanes + lane); };
    one.energies[c] = room.energy[lane];
    for (int k = 0; k < n_features; ++k) one.gradient[k * one.stride + c] = room.gradient[at(k)];
    if (one.grades) one.grades[c] = room.grade[lane];
    if (!one.variances) return;
    one.variances[c] = room.variance[lane];
    for (int m = 0; m < one.n_members; ++m) one.members[m * one.stride + c] = m < n_networks ? room.members[at(m)] : 0.0;
  }
};

}  // namespace anisoap::kokkos
