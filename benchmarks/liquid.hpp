// SPDX-License-Identifier: MIT
// Random liquids of uniaxial ellipsoids that the benchmarks run on, and the counter ns_per_pair. "pairs" counts the self pair
// too.
#pragma once

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "anisoap/anisoap.hpp"
#include "anisoap/simd/dispatch.hpp"

namespace bench {

constexpr double kPi = 3.14159265358979323846;

struct Liquid {
  std::vector<double> positions, quaternions, diameters;
  std::vector<int> species;
  std::vector<double> cell;

  // n particles in a cube where each has `neighbors` others within the cutoff on average.
  Liquid(std::size_t n, double neighbors, double cutoff, int n_species) : cell(9, 0.0) {
    std::mt19937 generator(7);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    const double density = neighbors / (4.0 / 3.0 * kPi * cutoff * cutoff * cutoff);
    const double length = std::cbrt(static_cast<double>(n) / density);
    for (std::size_t k = 0; k < 3; ++k) cell[4 * k] = length;
    for (std::size_t i = 0; i < n; ++i) {
      for (int k = 0; k < 3; ++k) positions.push_back(length * uniform(generator));
      for (int k = 0; k < 4; ++k) quaternions.push_back(normal(generator));
      diameters.insert(diameters.end(), {1.0, 1.0, 3.0});
      species.push_back(static_cast<int>(generator() % static_cast<unsigned>(n_species)));
    }
  }

  anisoap::FrameView view() const {
    anisoap::FrameView frame;
    frame.n = species.size();
    frame.positions = positions.data();
    frame.quaternions = quaternions.data();
    for (int k = 0; k < 3; ++k) frame.diameters[k] = diameters.data() + k;
    frame.diameter_stride = 3;
    frame.species = species.data();
    frame.cell = cell.data();
    for (bool& p : frame.periodic) p = true;
    return frame;
  }
};

inline anisoap::Hypers hypers(int max_angular, int max_radial, int n_species) {
  anisoap::Hypers h;
  h.max_angular = max_angular;
  if (max_radial >= 0) h.max_radial = {max_radial};
  h.cutoff_radius = 5.0;
  h.radial_gaussian_width = 1.5;
  h.basis_rcond = 1e-8;
  h.basis_tol = 1e-3;
  for (int s = 0; s < n_species; ++s) h.species.push_back(std::to_string(s));
  return h;
}

inline double count_pairs(const anisoap::FrameBatch& batch, double cutoff) {
  anisoap::NeighborSink sink(batch.table(), cutoff, anisoap::find_backend());
  double pairs = 0;
  for (const auto& c : batch.centres()) {
    batch.collect(c.particle, sink);
    pairs += static_cast<double>(sink.size() + 1);
  }
  return pairs;
}

inline void report(benchmark::State& state, double pairs) {
  state.counters["ns_per_pair"] =
      benchmark::Counter(1e-9 * pairs, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["pairs"] = pairs;
}

}  // namespace bench
