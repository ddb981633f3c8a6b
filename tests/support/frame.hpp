// SPDX-License-Identifier: MIT
// A frame that owns its arrays, random ones, and rows of the descriptor for a list of frames.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "anisoap/anisoap.hpp"

namespace anisoap::test {

struct Frame {
  std::vector<double> positions;    // [n*3]
  std::vector<double> quaternions;  // [n*4] (w, x, y, z)
  std::vector<double> diameters;    // [n*3]
  std::vector<int> species;         // [n]
  std::array<double, 9> cell{};
  std::array<bool, 3> periodic{};

  std::size_t size() const { return species.size(); }
  FrameView view() const {
    FrameView v;
    v.n = size();
    v.positions = positions.data();
    v.quaternions = quaternions.data();
    for (std::size_t k = 0; k < 3; ++k) v.diameters[k] = diameters.data() + k;
    v.diameter_stride = 3;
    v.species = species.data();
    v.cell = cell.data();
    for (std::size_t k = 0; k < 3; ++k) v.periodic[k] = periodic[k];
    return v;
  }
};

// Random positions in the box that `cell` spans (directions that are not periodic too), some of them outside along the periodic
// directions; random orientations and diameters from 0.8 to 3.
inline Frame random_frame(unsigned seed, std::size_t n, const std::array<double, 9>& cell, const std::array<bool, 3>& periodic,
                          int n_species) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> normal;
  Frame f;
  f.cell = cell;
  f.periodic = periodic;
  for (std::size_t i = 0; i < n; ++i) {
    std::array<double, 3> u;
    for (std::size_t k = 0; k < 3; ++k) u[k] = periodic[k] ? 4 * uniform(generator) - 2 : uniform(generator);
    for (std::size_t d = 0; d < 3; ++d) f.positions.push_back(u[0] * cell[d] + u[1] * cell[3 + d] + u[2] * cell[6 + d]);
    for (int k = 0; k < 4; ++k) f.quaternions.push_back(normal(generator));
    for (int k = 0; k < 3; ++k) f.diameters.push_back(0.8 + 2.2 * uniform(generator));
    f.species.push_back(static_cast<int>(i) % n_species);
  }
  return f;
}

inline Hypers gto(int max_angular, double cutoff, double width, int n_species = 1) {
  Hypers h;
  h.max_angular = max_angular;
  h.cutoff_radius = cutoff;
  h.radial_gaussian_width = width;
  for (int s = 0; s < n_species; ++s) h.species.push_back(std::to_string(s));
  return h;
}

inline Hypers monomial(int max_angular, double cutoff, int n_species = 1) {
  Hypers h = gto(max_angular, cutoff, 0.0, n_species);
  h.radial_basis = RadialBasis::Monomial;
  return h;
}

// Rows of all centres of the frames, one after the other.
inline std::vector<double> rows_of(const Descriptor& descriptor, const std::vector<Frame>& frames, Quantity quantity,
                                   const Options& options = {}) {
  FrameBatch batch(descriptor.basis(), 1);
  for (const Frame& f : frames) batch.add(f.view());
  const std::size_t length = descriptor.row_length(quantity);
  // NaN shows rows that are not written.
  std::vector<double> out(batch.n_particles() * length, std::nan(""));
  descriptor.compute(batch, quantity, {out.data(), nullptr, length}, options);
  return out;
}

inline std::vector<double> rows_of(const Descriptor& descriptor, const Frame& frame, Quantity quantity) {
  return rows_of(descriptor, std::vector<Frame>{frame}, quantity);
}

}  // namespace anisoap::test
