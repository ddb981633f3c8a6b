// SPDX-License-Identifier: MIT
// Neighbour lists of whole frames: images, cells one cutoff wide, rows. Orders depend on the frames alone.
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "anisoap/kokkos/frames/images.hpp"

namespace anisoap::kokkos {

// Rows of neighbours within a cutoff; the list that set_neighbors of a descriptor or a potential takes. Neighbour k of particle c
// is index(start(c) + k * stride).
template <class Space>
struct NeighborRows {
  Array<Space, int> count{"anisoap row counts", 0};  // [n_particles] that have rows
  Array<Space, int> index{"anisoap row neighbours", 0};
  Array<Space, Offset> first{"anisoap row start", 0};  // [n_particles + 1] of rows one behind the other
  int n_particles = 0, room = 0;                       // room > 0: rows side by side, so many neighbours each

  KOKKOS_FUNCTION int particle(int c) const { return c; }
  KOKKOS_FUNCTION int size(int c) const { return count(c); }
  KOKKOS_FUNCTION int neighbor(int c, int k) const { return index(place(c, k)); }
  KOKKOS_FUNCTION std::size_t place(int c, int k) const {
    return room > 0 ? static_cast<std::size_t>(k) * static_cast<std::size_t>(n_particles) + static_cast<std::size_t>(c)
                    : static_cast<std::size_t>(first(c) + k);
  }
};

// Cell of a particle or an image.
template <class Space>
struct CellOf {
  Images<Space> images;

  KOKKOS_FUNCTION int operator()(Offset p) const {
    const FrameBox& box = images.box_of(static_cast<int>(p));
    double f[3];
    detail::to_fractional(box.reciprocal, images.points(p).x, f);
    return static_cast<int>(box.cell_index(box.cell(0, f[0]), box.cell(1, f[1]), box.cell(2, f[2])));
  }
};

// Lists the neighbours of each particle as far as there is room, and counts them all. The value is the longest row.
template <class Space>
struct WalkCells {
  Images<Space> images;
  Transposed<Space> of_cell;
  NeighborRows<Space> rows;
  Array<Space, Point> sorted;  // points in the order of of_cell

  KOKKOS_FUNCTION void operator()(int i, int& longest) const {
    const FrameBox& box = images.boxes(images.frame(i));
    const Point x = images.points(i);
    double f[3];
    detail::to_fractional(box.reciprocal, x.x, f);
    int low[3], high[3], n = 0;
    for (int k = 0; k < 3; ++k) {
      const int c = box.cell(k, f[k]);
      low[k] = c > 0 ? c - 1 : 0;
      high[k] = c < box.n_cells[k] - 1 ? c + 1 : c;
    }
    for (int c = low[2]; c <= high[2]; ++c)
      for (int b = low[1]; b <= high[1]; ++b)
        add_row(i, x, of_cell.start(box.cell_index(low[0], b, c)), of_cell.start(box.cell_index(high[0], b, c) + 1), n);
    rows.count(i) = n;
    if (n > longest) longest = n;
  }

  KOKKOS_FUNCTION void add_row(int i, const Point& x, Offset begin, Offset end, int& n) const {
    const double squared = images.cutoff * images.cutoff * (1 + 1e-9);  // whoever reads the rows looks again
    for (Offset e = begin; e < end; ++e) {
      const Point y = sorted(e);
      double distance = 0;
      for (int d = 0; d < 3; ++d) distance += (y.x[d] - x.x[d]) * (y.x[d] - x.x[d]);
      if (!(distance <= squared)) continue;
      const int j = static_cast<int>(of_cell.entry(e));
      if (j == i) continue;
      if (rows.room == 0 || n < rows.room) rows.index(rows.place(i, n)) = j;
      ++n;
    }
  }
};

template <class Space>
class FrameSearch {
 public:
  explicit FrameSearch(double cutoff) { images_.cutoff = cutoff; }

  const Images<Space>& images() const { return images_; }
  const NeighborRows<Space>& neighbors() const { return rows_; }
  const std::vector<FrameBox>& boxes() const { return boxes_; }

  // boxes: their grids are made here. positions: [n_particles * 3] in the space. n_rows: how many particles, from the first one
  // on, get rows; -1: all. Returns the lowest particle whose position is not finite or too far, or -1; with one, there are no
  // rows.
  int run(std::vector<FrameBox> boxes, const double* positions, int n_rows = -1) {
    boxes_ = std::move(boxes);
    const int n = boxes_.empty() ? 0 : boxes_.back().first + boxes_.back().n;
    rows_.n_particles = n_rows < 0 ? n : std::min(n, n_rows);
    images_.n_particles = images_.n_all = n;
    place(n, positions);
    if (lowest_ < n) return lowest_;
    if (rows_.n_particles == 0) return -1;
    make_images();
    make_grids();
    sort_into_cells();
    list();
    return -1;
  }

  void place(int n, const double* positions) {
    const auto room = static_cast<std::size_t>(n);
    put_boxes();
    reserve(images_.frame, room);
    reserve(images_.points, room);
    reserve(images_.owner, room);
    reserve(images_.first_image, room + 1);
    const auto frame = images_.frame;
    const auto boxes = images_.boxes;
    const auto n_frames = static_cast<int>(boxes_.size());
    Kokkos::parallel_for(
        "anisoap frames", Range(0, n), KOKKOS_LAMBDA(int i) {
          int low = 0, high = n_frames;  // the last box that starts at i or before it and has particles
          while (high - low > 1) {
            const int middle = (low + high) / 2;
            (boxes(middle).first <= i ? low : high) = middle;
          }
          frame(i) = low;
        });
    lowest_ = n;
    Kokkos::parallel_reduce("anisoap places", Range(0, n), PlaceParticles<Space>{images_, positions}, Kokkos::Min<int>(lowest_));
    if (lowest_ > n) lowest_ = n;
  }

  void make_images() {
    const int n = images_.n_particles;
    const Offset n_all = n + to_offsets<Space>(images_.first_image, static_cast<std::size_t>(n));
    if (n_all > static_cast<Offset>(kMostPairs))
      throw std::length_error("anisoap: " + std::to_string(n_all) +
                              " particles and periodic images on one device; expected fewer than 2^31");
    images_.n_all = static_cast<int>(n_all);
    grow(images_.points, static_cast<std::size_t>(n), static_cast<std::size_t>(n_all));
    grow(images_.owner, static_cast<std::size_t>(n), static_cast<std::size_t>(n_all));
    Kokkos::parallel_for("anisoap images", Range(0, n), PlaceImages<Space>{images_});
  }

  void make_grids() {
    const std::vector<double> ends = find_ends();
    Offset n_cells = 0;
    for (std::size_t b = 0; b < boxes_.size(); ++b) {
      FrameBox& box = boxes_[b];
      double extent[3], most = 4.0 * box.n;
      std::array<double, 3> length{};
      for (int k = 0; k < 3; ++k) {
        const double margin = box.margin(k, images_.cutoff), *end = ends.data() + 6 * b + 2 * static_cast<std::size_t>(k);
        const double least = 1e-6 * images_.cutoff / box.height[k];
        box.low[k] = box.periodic[k] ? -margin : end[0];
        extent[k] = box.periodic[k] ? 1 + 2 * margin : box.n > 0 && end[1] - end[0] > least ? end[1] - end[0] : least;
        length[static_cast<std::size_t>(k)] = extent[k] * box.height[k];
        most *= 1 + 2 * margin;
      }
      const auto n = detail::cells_of(length, images_.cutoff * (1 + 1e-9), most + 64);
      box.first_cell = n_cells;
      for (int k = 0; k < 3; ++k) {
        box.n_cells[k] = n[static_cast<std::size_t>(k)];
        box.per_unit[k] = box.n_cells[k] / extent[k];
      }
      n_cells = box.cell_index(box.n_cells[0] - 1, box.n_cells[1] - 1, box.n_cells[2] - 1) + 1;
    }
    n_cells_ = n_cells;
    put_boxes();
  }

  // Zeros where every direction of every frame is periodic.
  std::vector<double> find_ends() {
    std::vector<double> ends(6 * boxes_.size());
    bool open = false;
    for (std::size_t k = 0; k < ends.size(); ++k) ends[k] = k % 2 == 0 ? 1e300 : -1e300;
    for (const FrameBox& box : boxes_) open = open || !(box.periodic[0] && box.periodic[1] && box.periodic[2]);
    if (!open) return ends;
    const auto found = copy_of<Space>(ends.data(), ends.size(), "anisoap ends");
    Kokkos::parallel_for("anisoap ends", Range(0, images_.n_particles), FindEnds<Space>{images_, found.data()});
    Kokkos::deep_copy(Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(ends.data(), ends.size()), found);
    return ends;
  }

  void sort_into_cells() {
    of_cell_.build(static_cast<std::size_t>(n_cells_), images_.n_all, CellOf<Space>{images_});
    reserve(sorted_, static_cast<std::size_t>(images_.n_all));
    const auto sorted = sorted_, points = images_.points;
    const auto entry = of_cell_.entry;
    Kokkos::parallel_for(
        "anisoap sorted points", Range(0, images_.n_all), KOKKOS_LAMBDA(int e) { sorted(e) = points(entry(e)); });
  }

  // Once over the cells where rows of about the same length fit side by side; else once more, rows one behind the other.
  void list() {
    const int n = rows_.n_particles;
    const auto most = static_cast<int>(std::min<std::size_t>(kSideBySide / (sizeof(int) * static_cast<std::size_t>(n)), 1 << 20));
    rows_.room = std::max(1, std::min(longest_, most));
    reserve(rows_.count, static_cast<std::size_t>(n));
    reserve(rows_.index, static_cast<std::size_t>(n) * static_cast<std::size_t>(rows_.room));
    walk();
    if (longest_ <= rows_.room) return;
    if (longest_ <= most) return list();
    reserve(rows_.first, static_cast<std::size_t>(n) + 1);
    const auto first = rows_.first;
    const auto count = rows_.count;
    Kokkos::parallel_for(
        "anisoap row lengths", Range(0, n), KOKKOS_LAMBDA(int i) { first(i) = count(i); });
    const Offset n_pairs = to_offsets<Space>(first, static_cast<std::size_t>(n));
    reserve(rows_.index, static_cast<std::size_t>(n_pairs));
    rows_.room = 0;
    walk();
  }

  void walk() {
    longest_ = 0;
    Kokkos::parallel_reduce("anisoap neighbours", Range(0, rows_.n_particles),
                            WalkCells<Space>{images_, of_cell_, rows_, sorted_}, Kokkos::Max<int>(longest_));
  }

 private:
  using Range = Kokkos::RangePolicy<Space>;
  static constexpr std::size_t kSideBySide = std::size_t{1} << 30;  // bytes

  void put_boxes() {
    const std::size_t n = boxes_.size();
    reserve(images_.boxes, n);
    Kokkos::deep_copy(Kokkos::subview(images_.boxes, std::make_pair(std::size_t{0}, n)),
                      Kokkos::View<const FrameBox*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(boxes_.data(), n));
  }

  // reserve that keeps the first n entries.
  template <class T>
  static void grow(Array<Space, T>& array, std::size_t n, std::size_t room) {
    if (array.extent(0) >= room) return;
    const auto larger = allocated<Array<Space, T>>(array.label(), room + room / 16);
    const auto kept = std::make_pair(std::size_t{0}, n);
    Kokkos::deep_copy(Kokkos::subview(larger, kept), Kokkos::subview(array, kept));
    array = larger;
  }

  std::vector<FrameBox> boxes_;
  Images<Space> images_;
  Transposed<Space> of_cell_;
  NeighborRows<Space> rows_;
  Array<Space, Point> sorted_{"anisoap sorted points", 0};
  Offset n_cells_ = 0;
  int lowest_ = 0, longest_ = 48;  // the first faulty particle; the longest row that was found, at first a guess
};

}  // namespace anisoap::kokkos
