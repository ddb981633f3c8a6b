// SPDX-License-Identifier: MIT
// The two ways to find neighbours in a frame: all images of a few particles, or a grid of cells for many.
#pragma once

#include <memory>
#include <vector>

#include "anisoap/neighbors.hpp"
#include "lattice.hpp"

namespace anisoap {

// How a frame's particles stand in the table, and the search over them.
struct FrameLayout {
  std::vector<std::size_t> order;  // table entry first + k is the frame's particle order[k]
  std::unique_ptr<NeighborSource> search;
};

// Frames of up to this many particles look at every image.
constexpr std::size_t kImageSearchLimit = 16;

// positions: [n*3], inside the cell along periodic directions. The particles will stand at first, first + 1, ... of the table.
FrameLayout image_search(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first);
FrameLayout grid_search(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first);

}  // namespace anisoap
