// SPDX-License-Identifier: MIT
// The two ways to find neighbours in a frame: lattice translations of each of a few particles, or a grid of cells for many.
// Both look at particles that stand at `first`, `first` + 1, ... of a ParticleTable, inside the cell along periodic directions.
#pragma once

#include <vector>

#include "anisoap/neighbors.hpp"
#include "search/lattice.hpp"

namespace anisoap {

// Frames of up to this many particles are searched image by image.
constexpr std::size_t kImageSearchLimit = 16;

// Enumerates, for each particle, the translations that bring it inside the cutoff and no others (Fincke and Pohst, Math. Comp.
// 44, 463 (1985)).
class ImageSearch {
 public:
  ImageSearch(const Lattice& lattice, double cutoff);
  void collect(const ParticleTable& table, std::size_t first, std::size_t n, std::size_t centre, NeighborSink& sink) const;

 private:
  void enumerate(int level, const Vector3& r, double left, std::size_t j, bool skip_zero, NeighborSink& sink) const;

  double cutoff_squared_;
  int n_periodic_ = 0;
  std::array<Vector3, 3> axis_{};    // periodic cell vectors
  std::array<Vector3, 3> across_{};  // unit vector of the part of axis k that is orthogonal to axes 0..k-1
  std::array<double, 3> length_{};   // length of that part
  std::array<double, 3> inverse_{};  // 1 / length
};

// Cells one cutoff wide where the box allows, the first axis fastest, so that a row of cells is one run of the table. The centres
// of one cell share their candidates: the cells around it, images included.
class GridSearch {
 public:
  // positions: [n*3].
  GridSearch(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first);

  // Table entry first + k is to be the frame's particle order()[k].
  const std::vector<std::size_t>& order() const { return order_; }
  void collect(std::size_t centre, NeighborSink& sink) const;
  std::size_t memory_bytes() const { return (start_.capacity() + cell_.capacity() + order_.capacity()) * sizeof(std::size_t); }

 private:
  void make_cells(const std::vector<Vector3>& fractional);
  void sort_into_cells(const std::vector<Vector3>& fractional);
  int cell(double fractional, std::size_t k) const;
  std::size_t index(int a, int b, int c) const;
  int wrapped(int cell, std::size_t k, int& image) const;
  bool touches(int db, int dc) const;
  void add_surroundings(std::size_t cell, NeighborSink& sink) const;
  void add_row(int low, int high, int b, int c, int image_b, int image_c, bool home, NeighborSink& sink) const;

  Lattice lattice_;
  double cutoff_;
  std::size_t first_;
  std::array<double, 3> low_{}, extent_{};  // fractional coordinates where the cells begin, and their span
  std::array<int, 3> n_{};                  // cells along each axis
  std::array<double, 3> height_{};          // distance between the faces of a cell
  std::array<int, 3> reach_{};              // cells that the cutoff spans along each axis
  std::vector<std::size_t> start_;          // [cells + 1] first particle of each cell
  std::vector<std::size_t> cell_;           // [n] in table order
  std::vector<std::size_t> order_;
};

}  // namespace anisoap
