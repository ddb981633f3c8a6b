// SPDX-License-Identifier: MIT
// Neighbours of a few centres, ordered by species, and the centres sorted so that the lanes of one group are alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/neighbors.hpp"

namespace anisoap {

constexpr std::size_t kChunkCentres = 128;
constexpr std::size_t kChunkNeighbors = 1 << 14;  // a chunk ends early when it holds more

// Neighbours of one centre inside a Chunk, sorted by species.
struct Entry {
  Centre centre;
  std::size_t offset;  // species s starts at neighbors[species_start[offset + s]]
  std::size_t count;
};

class Chunk {
 public:
  Chunk(const ParticleTable& table, int n_species, bool self)
      : table_(table), n_species_(static_cast<std::size_t>(n_species)), self_(self) {}

  void clear() {
    neighbors_.clear();
    species_start_.clear();
    entries_.clear();
  }

  // Adds centres from `first` on until the chunk is full; returns the first that is left out.
  std::size_t fill(const NeighborSource& source, NeighborSink& sink, const std::vector<Centre>& centres, std::size_t first,
                   std::size_t last) {
    for (; first < last && neighbors_.size() < kChunkNeighbors; ++first) collect(source, sink, centres[first]);
    return first;
  }

  void sort();

  const std::vector<Entry>& entries() const { return entries_; }
  const AlignedVector<Neighbor>& neighbors() const { return neighbors_; }
  // Neighbours of species s of an entry: first and one past the last, indices into neighbors().
  const std::size_t* range(const Entry& entry, int s) const {
    return &species_start_[entry.offset + static_cast<std::size_t>(s)];
  }

 private:
  // Appends the neighbours of a centre, self included, ordered by species.
  void collect(const NeighborSource& source, NeighborSink& sink, const Centre& centre);

  const ParticleTable& table_;
  std::size_t n_species_;
  bool self_;
  AlignedVector<Neighbor> neighbors_;
  std::vector<std::size_t> species_start_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> next_;
};

}  // namespace anisoap
