// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "search/frame_search.hpp"

namespace anisoap {
namespace {

constexpr std::size_t kManyCentres = 16;  // of a cell, for which it pays to look at the candidates once more

}  // namespace

GridSearch::GridSearch(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first)
    : lattice_(lattice), cutoff_(cutoff), first_(first) {
  std::vector<Vector3> fractional(positions.size() / 3);
  for (std::size_t i = 0; i < fractional.size(); ++i) fractional[i] = lattice.fractional(&positions[3 * i]);
  make_cells(fractional);
  sort_into_cells(fractional);
}

// No more than about four cells a particle, so that dilute boxes stay small.
void GridSearch::make_cells(const std::vector<Vector3>& fractional) {
  for (std::size_t k = 0; k < 3; ++k) {
    const auto less = [k](const Vector3& a, const Vector3& b) { return a[k] < b[k]; };
    const auto ends = std::minmax_element(fractional.begin(), fractional.end(), less);
    low_[k] = lattice_.periodic[k] ? 0.0 : (*ends.first)[k];
    extent_[k] = lattice_.periodic[k] ? 1.0 : std::max((*ends.second)[k] - low_[k], 1e-6 * cutoff_);
  }
  const std::array<double, 3> length{extent_[0] * lattice_.height[0], extent_[1] * lattice_.height[1],
                                     extent_[2] * lattice_.height[2]};
  n_ = cells_of(length, cutoff_, 4.0 * static_cast<double>(fractional.size()) + 64);
  for (std::size_t k = 0; k < 3; ++k) height_[k] = length[k] / n_[k];
  for (std::size_t k = 0; k < 3; ++k) {
    reach_[k] = static_cast<int>(cutoff_ / height_[k]) + 1;
    if (!lattice_.periodic[k]) reach_[k] = std::min(reach_[k], n_[k]);
  }
}

int GridSearch::cell(double fractional, std::size_t k) const {
  const int c = static_cast<int>((fractional - low_[k]) / extent_[k] * n_[k]);
  return std::min(std::max(c, 0), n_[k] - 1);
}

std::size_t GridSearch::index(int a, int b, int c) const {
  const auto n0 = static_cast<std::size_t>(n_[0]), n1 = static_cast<std::size_t>(n_[1]);
  return static_cast<std::size_t>(a) + n0 * (static_cast<std::size_t>(b) + n1 * static_cast<std::size_t>(c));
}

void GridSearch::sort_into_cells(const std::vector<Vector3>& fractional) {
  const std::size_t n = fractional.size(), n_cells = index(0, 0, n_[2]);
  std::vector<std::size_t> cell_of(n);
  start_.assign(n_cells + 1, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const Vector3& f = fractional[i];
    cell_of[i] = index(cell(f[0], 0), cell(f[1], 1), cell(f[2], 2));
    ++start_[cell_of[i] + 1];
  }
  for (std::size_t c = 0; c < n_cells; ++c) start_[c + 1] += start_[c];
  order_.resize(n);
  cell_.resize(n);
  std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t k = next[cell_of[i]]++;
    order_[k] = i;
    cell_[k] = cell_of[i];
  }
}

void GridSearch::collect(std::size_t centre, NeighborSink& sink) const {
  const std::size_t cell = cell_[centre - first_];
  if (sink.renew_candidates(this, cell)) add_surroundings(cell, sink);
  sink.filter_candidates();
}

void GridSearch::add_surroundings(std::size_t cell, NeighborSink& sink) const {
  const auto n0 = static_cast<std::size_t>(n_[0]), n1 = static_cast<std::size_t>(n_[1]);
  const int a = static_cast<int>(cell % n0), b = static_cast<int>(cell / n0 % n1), c = static_cast<int>(cell / n0 / n1);
  for (int dc = -reach_[2]; dc <= reach_[2]; ++dc)
    for (int db = -reach_[1]; db <= reach_[1]; ++db) {
      int image_b, image_c;
      const int cell_b = wrapped(b + db, 1, image_b), cell_c = wrapped(c + dc, 2, image_c);
      if (cell_b >= 0 && cell_c >= 0 && touches(db, dc))
        add_row(a - reach_[0], a + reach_[0], cell_b, cell_c, image_b, image_c, db == 0 && dc == 0, sink);
    }
  const std::size_t first = first_ + start_[cell], last = first_ + start_[cell + 1];
  if (last - first >= kManyCentres) sink.keep_candidates_near(first, last);
}

// Whether some sphere centred in a cell reaches the row db, dc cells away. Axes at an angle do not add distances.
bool GridSearch::touches(int db, int dc) const {
  const double gap_b = std::max(0, std::abs(db) - 1) * height_[1], gap_c = std::max(0, std::abs(dc) - 1) * height_[2];
  return !lattice_.orthogonal || gap_b * gap_b + gap_c * gap_c < cutoff_ * cutoff_;
}

// Cell inside the box and the image that it was found in; -1 outside an open box.
int GridSearch::wrapped(int cell, std::size_t k, int& image) const {
  const int n = n_[k];
  image = cell >= 0 ? cell / n : -((n - 1 - cell) / n);
  return image != 0 && !lattice_.periodic[k] ? -1 : cell - image * n;
}

// Cells low..high of a row, which may wrap around the box any number of times; home: the row of the centres.
void GridSearch::add_row(int low, int high, int b, int c, int image_b, int image_c, bool home, NeighborSink& sink) const {
  const int n = n_[0];
  if (!lattice_.periodic[0]) {
    low = std::max(low, 0);
    high = std::min(high, n - 1);
  }
  while (low <= high) {
    int image_a;
    const int begin = wrapped(low, 0, image_a), end = std::min(begin + high - low, n - 1);
    sink.add_candidates(first_ + start_[index(begin, b, c)], first_ + start_[index(end, b, c) + 1],
                        lattice_.translation(image_a, image_b, image_c), home && image_a == 0);
    low += end - begin + 1;
  }
}

}  // namespace anisoap
