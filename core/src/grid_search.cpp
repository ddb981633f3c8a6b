// SPDX-License-Identifier: MIT
// Many particles: sorted into cells along the lattice axes, the first axis fastest, so that a row of cells is one run of the
// table. Cells may be smaller or larger than the box, rows wrap around any number of times.
#include <algorithm>
#include <cmath>

#include "search.hpp"

namespace anisoap {
namespace {

// Cells across one cutoff. 1 gives the longest runs, 2 the fewest candidates.
constexpr double kCellsPerCutoff = 1.0;

struct Grid {
  std::array<double, 3> low{};     // fractional coordinate where cell 0 begins
  std::array<double, 3> extent{};  // fractional extent of all cells
  std::array<int, 3> n{};          // cells along each axis
  std::array<double, 3> height{};  // distance between the faces of a cell

  int coordinate(double fractional, std::size_t k) const {
    const int c = static_cast<int>((fractional - low[k]) / extent[k] * n[k]);
    return std::min(std::max(c, 0), n[k] - 1);
  }
  std::size_t index(int a, int b, int c) const {
    return static_cast<std::size_t>(a) + static_cast<std::size_t>(n[0]) *
           (static_cast<std::size_t>(b) + static_cast<std::size_t>(n[1]) * static_cast<std::size_t>(c));
  }
  std::size_t size() const { return index(0, 0, n[2]); }
};

Grid make_grid(const Lattice& lattice, const std::vector<double>& positions, double cutoff) {
  Grid grid;
  std::array<double, 3> high{1, 1, 1};
  for (std::size_t k = 0; k < 3; ++k) {
    if (lattice.periodic[k]) continue;
    grid.low[k] = HUGE_VAL;
    high[k] = -HUGE_VAL;
  }
  for (std::size_t i = 0; i < positions.size(); i += 3) {
    const Vector3 f = lattice.fractional(&positions[i]);
    for (std::size_t k = 0; k < 3; ++k) {
      if (lattice.periodic[k]) continue;
      grid.low[k] = std::min(grid.low[k], f[k]);
      high[k] = std::max(high[k], f[k]);
    }
  }
  const double most = 4.0 * static_cast<double>(positions.size() / 3) + 64;
  double target = cutoff / kCellsPerCutoff, total = 2 * most;
  for (; total > most; target *= 1.3) {
    total = 1;
    for (std::size_t k = 0; k < 3; ++k) {
      grid.extent[k] = std::max(high[k] - grid.low[k], 1e-9);
      const double cells = std::max(1.0, std::floor(std::min(grid.extent[k] * lattice.height[k] / target, 1e9)));
      grid.n[k] = static_cast<int>(cells);
      grid.height[k] = grid.extent[k] * lattice.height[k] / cells;
      total *= cells;
    }
  }
  return grid;
}

class GridSearch final : public NeighborSource {
 public:
  GridSearch(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first)
      : lattice_(lattice), grid_(make_grid(lattice, positions, cutoff)), first_(first), start_(grid_.size() + 1) {
    build_rows(cutoff);
    const std::size_t n = positions.size() / 3;
    std::vector<std::size_t> cell(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Vector3 f = lattice.fractional(&positions[3 * i]);
      cell[i] = grid_.index(grid_.coordinate(f[0], 0), grid_.coordinate(f[1], 1), grid_.coordinate(f[2], 2));
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

  std::vector<std::size_t> take_order() { return std::move(order_); }

  void collect(std::size_t centre, NeighborSink& sink) const override {
    sink.start(centre);
    const std::size_t cell = cell_[centre - first_];
    const auto n0 = static_cast<std::size_t>(grid_.n[0]), n1 = static_cast<std::size_t>(grid_.n[1]);
    const int a = static_cast<int>(cell % n0), b = static_cast<int>(cell / n0 % n1), c = static_cast<int>(cell / n0 / n1);
    for (const Row& row : rows_) {
      int image_b, image_c;
      const int cell_b = wrapped(b + row.b, 1, image_b), cell_c = wrapped(c + row.c, 2, image_c);
      if (cell_b >= 0 && cell_c >= 0) collect_row(a - row.reach, a + row.reach, cell_b, cell_c, image_b, image_c, sink);
    }
  }

 private:
  // Cells -reach..reach along the first axis, b and c cells away along the others.
  struct Row {
    int b, c, reach;
  };

  int reach(std::size_t k, double distance) const {
    const int cells = static_cast<int>(distance / grid_.height[k]) + 1;
    return lattice_.periodic[k] ? cells : std::min(cells, grid_.n[k]);
  }

  void build_rows(double cutoff) {
    const int reach_b = reach(1, cutoff), reach_c = reach(2, cutoff);
    for (int c = -reach_c; c <= reach_c; ++c)
      for (int b = -reach_b; b <= reach_b; ++b) {
        const double gap_b = std::max(0, std::abs(b) - 1) * grid_.height[1];
        const double gap_c = std::max(0, std::abs(c) - 1) * grid_.height[2];
        const double left = cutoff * cutoff - gap_b * gap_b - gap_c * gap_c;
        if (!lattice_.orthogonal) rows_.push_back({b, c, reach(0, cutoff)});
        else if (left > 0) rows_.push_back({b, c, reach(0, std::sqrt(left))});
      }
  }

  // Cell inside the box and the image that it was found in; -1 outside an open box.
  int wrapped(int coordinate, std::size_t k, int& image) const {
    const int n = grid_.n[k];
    image = coordinate >= 0 ? coordinate / n : -((n - 1 - coordinate) / n);
    return image != 0 && !lattice_.periodic[k] ? -1 : coordinate - image * n;
  }

  void collect_row(int low, int high, int b, int c, int image_b, int image_c, NeighborSink& sink) const {
    const int n = grid_.n[0];
    if (!lattice_.periodic[0]) {
      low = std::max(low, 0);
      high = std::min(high, n - 1);
    }
    while (low <= high) {
      int image_a;
      const int begin = wrapped(low, 0, image_a), end = std::min(begin + high - low, n - 1);
      sink.add_range(first_ + start_[grid_.index(begin, b, c)], first_ + start_[grid_.index(end, b, c) + 1],
                     lattice_.translation(image_a, image_b, image_c), image_a == 0 && image_b == 0 && image_c == 0);
      low += end - begin + 1;
    }
  }

  Lattice lattice_;
  Grid grid_;
  std::size_t first_;
  std::vector<std::size_t> start_;  // [cells + 1] first particle of each cell
  std::vector<std::size_t> cell_;   // [n] cell of each particle, in table order
  std::vector<std::size_t> order_;
  std::vector<Row> rows_;
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
