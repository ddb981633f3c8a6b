// SPDX-License-Identifier: MIT
// Many particles: sorted into cells along the lattice axes, one cutoff wide where the box allows, the first axis fastest so that
// a row of cells is one run of the table. The centres of one cell share their candidates: the cells around it, images included.
#include <algorithm>
#include <cmath>

#include "search.hpp"

namespace anisoap {
namespace {

struct Grid {
  std::array<double, 3> low{};     // fractional coordinate where cell 0 begins
  std::array<double, 3> extent{};  // fractional extent of all cells
  std::array<int, 3> n{};          // cells along each axis
  std::array<double, 3> height{};  // distance between the faces of a cell

  int cell(double fractional, std::size_t k) const {
    const int c = static_cast<int>((fractional - low[k]) / extent[k] * n[k]);
    return std::min(std::max(c, 0), n[k] - 1);
  }
  std::size_t index(int a, int b, int c) const {
    return static_cast<std::size_t>(a) + static_cast<std::size_t>(n[0]) *
           (static_cast<std::size_t>(b) + static_cast<std::size_t>(n[1]) * static_cast<std::size_t>(c));
  }
  std::size_t size() const { return index(0, 0, n[2]); }
};

Grid make_grid(const Lattice& lattice, const std::vector<Vector3>& fractional, double cutoff) {
  Grid grid;
  std::array<double, 3> high{1, 1, 1};
  for (std::size_t k = 0; k < 3; ++k) {
    if (lattice.periodic[k]) continue;
    grid.low[k] = HUGE_VAL;
    high[k] = -HUGE_VAL;
    for (const Vector3& f : fractional) {
      grid.low[k] = std::min(grid.low[k], f[k]);
      high[k] = std::max(high[k], f[k]);
    }
  }
  const double most = 4.0 * static_cast<double>(fractional.size()) + 64;
  double scale = 1, total = 2 * most;
  for (; total > most; scale *= 1.3) {
    total = 1;
    for (std::size_t k = 0; k < 3; ++k) {
      grid.extent[k] = std::max(high[k] - grid.low[k], 1e-9);
      const double length = grid.extent[k] * lattice.height[k], target = scale * cutoff;
      const double cells = std::max(1.0, std::floor(std::min(length / target, 1e9)));
      grid.n[k] = static_cast<int>(cells);
      grid.height[k] = length / cells;
      total *= cells;
    }
  }
  return grid;
}

class GridSearch final : public NeighborSource {
 public:
  GridSearch(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first)
      : lattice_(lattice), cutoff_(cutoff), first_(first) {
    std::vector<Vector3> fractional(positions.size() / 3);
    for (std::size_t i = 0; i < fractional.size(); ++i) fractional[i] = lattice.fractional(&positions[3 * i]);
    grid_ = make_grid(lattice, fractional, cutoff);
    for (std::size_t k = 0; k < 3; ++k) {
      reach_[k] = static_cast<int>(cutoff / grid_.height[k]) + 1;
      if (!lattice.periodic[k]) reach_[k] = std::min(reach_[k], grid_.n[k]);
    }
    sort_into_cells(fractional);
  }

  std::vector<std::size_t> take_order() { return std::move(order_); }

  void collect(std::size_t centre, NeighborSink& sink) const override {
    sink.start(centre);
    const std::size_t cell = cell_[centre - first_];
    if (sink.renew_candidates(this, cell)) add_surroundings(cell, sink);
    sink.filter_candidates();
  }

 private:
  void sort_into_cells(const std::vector<Vector3>& fractional) {
    const std::size_t n = fractional.size();
    std::vector<std::size_t> cell(n);
    start_.assign(grid_.size() + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const Vector3& f = fractional[i];
      cell[i] = grid_.index(grid_.cell(f[0], 0), grid_.cell(f[1], 1), grid_.cell(f[2], 2));
      ++start_[cell[i] + 1];
    }
    for (std::size_t c = 0; c < grid_.size(); ++c) start_[c + 1] += start_[c];
    order_.resize(n);
    cell_.resize(n);
    std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t k = next[cell[i]]++;
      order_[k] = i;
      cell_[k] = cell[i];
    }
  }

  void add_surroundings(std::size_t cell, NeighborSink& sink) const {
    const auto n0 = static_cast<std::size_t>(grid_.n[0]), n1 = static_cast<std::size_t>(grid_.n[1]);
    const int a = static_cast<int>(cell % n0), b = static_cast<int>(cell / n0 % n1), c = static_cast<int>(cell / n0 / n1);
    for (int dc = -reach_[2]; dc <= reach_[2]; ++dc)
      for (int db = -reach_[1]; db <= reach_[1]; ++db) {
        int image_b, image_c;
        const int cell_b = wrapped(b + db, 1, image_b), cell_c = wrapped(c + dc, 2, image_c);
        if (cell_b >= 0 && cell_c >= 0 && touches(db, dc))
          add_row(a - reach_[0], a + reach_[0], cell_b, cell_c, image_b, image_c, db == 0 && dc == 0, sink);
      }
  }

  // Whether some sphere centred in a cell reaches the row db, dc cells away. Axes at an angle do not add distances.
  bool touches(int db, int dc) const {
    const double gap_b = std::max(0, std::abs(db) - 1) * grid_.height[1];
    const double gap_c = std::max(0, std::abs(dc) - 1) * grid_.height[2];
    return !lattice_.orthogonal || gap_b * gap_b + gap_c * gap_c < cutoff_ * cutoff_;
  }

  // Cell inside the box and the image that it was found in; -1 outside an open box.
  int wrapped(int cell, std::size_t k, int& image) const {
    const int n = grid_.n[k];
    image = cell >= 0 ? cell / n : -((n - 1 - cell) / n);
    return image != 0 && !lattice_.periodic[k] ? -1 : cell - image * n;
  }

  // Cells low..high of a row, which may wrap around the box; home: the row of the centres.
  void add_row(int low, int high, int b, int c, int image_b, int image_c, bool home, NeighborSink& sink) const {
    const int n = grid_.n[0];
    if (!lattice_.periodic[0]) {
      low = std::max(low, 0);
      high = std::min(high, n - 1);
    }
    while (low <= high) {
      int image_a;
      const int begin = wrapped(low, 0, image_a), end = std::min(begin + high - low, n - 1);
      sink.add_candidates(first_ + start_[grid_.index(begin, b, c)], first_ + start_[grid_.index(end, b, c) + 1],
                          lattice_.translation(image_a, image_b, image_c), home && image_a == 0);
      low += end - begin + 1;
    }
  }

  Lattice lattice_;
  double cutoff_;
  std::size_t first_;
  Grid grid_;
  std::array<int, 3> reach_{};      // cells that the cutoff spans along each axis
  std::vector<std::size_t> start_;  // [cells + 1] first particle of each cell
  std::vector<std::size_t> cell_;   // [n] in table order
  std::vector<std::size_t> order_;
};

}  // namespace

FrameLayout grid_search(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first) {
  auto search = std::make_unique<GridSearch>(lattice, positions, cutoff, first);
  FrameLayout layout;
  layout.order = search->take_order();
  layout.search = std::move(search);
  return layout;
}

}  // namespace anisoap
