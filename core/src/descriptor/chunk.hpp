// SPDX-License-Identifier: MIT
// Neighbours of a few centres, ordered by species, and the centres sorted so that the lanes of one group are alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/hypers.hpp"
#include "anisoap/neighbors.hpp"

namespace anisoap {

constexpr std::size_t kBlockCentres = 128;        // centres of a work item
constexpr std::size_t kChunkNeighbors = 1 << 14;  // a chunk ends early when it holds more

// Neighbours of one centre inside a Chunk, sorted by species.
struct Entry {
  Centre centre;
  int species;         // of the centre
  std::size_t offset;  // species s starts at neighbors[species_start[offset + s]]
  std::size_t count;
};

// The neighbours of one centre.
struct Neighbors {
  const Neighbor* first;
  std::size_t count;
  const Neighbor* begin() const { return first; }
  const Neighbor* end() const { return first + count; }
};

struct Chunk {
  UnsetVector<Neighbor> neighbors;
  std::vector<std::size_t> species_start;
  std::vector<Entry> entries;

  // Neighbours of species s of an entry: first and one past the last.
  const std::size_t* range(const Entry& entry, int s) const { return &species_start[entry.offset + static_cast<std::size_t>(s)]; }
};

// Fills one chunk after another, on one thread.
class ChunkSearch {
 public:
  // cutoff: of the search, where others than the chunk read the neighbours too; 0 = that of the hyperparameters, which chunks
  // need.
  ChunkSearch(const ParticleTable& table, const Hypers& hypers, const Backend& backend, double cutoff = 0);

  // Replaces the chunk by centres from `first` on until it is full; returns the first that is left out.
  std::size_t fill(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                   Chunk& chunk) {
    return fill(source, centres, first, last, chunk, [](const Centre&, const Neighbors&) {});
  }

  // The same; calls visit(centre, neighbors) with what find() gives for each of them.
  template <class Visit>
  std::size_t fill(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                   Chunk& chunk, const Visit& visit) {
    clear(chunk);
    for (; first < last && chunk.neighbors.size() < kChunkNeighbors; ++first) {
      const Neighbors found = find(source, centres[first].particle);
      visit(centres[first], found);
      append(centres[first], found, chunk);
    }
    sort(chunk);
    return first;
  }

  // The neighbours of one centre within the cutoff of the search, until the next are found; the centre is none of them.
  Neighbors find(const NeighborSource& source, std::size_t particle) {
    source.collect(particle, sink_);
    return {sink_.begin(), sink_.size()};
  }

  // How many neighbours a centre has, the self pair counted where it belongs to the chunk.
  std::size_t count(const NeighborSource& source, std::size_t particle) { return find(source, particle).count + (self_ ? 1 : 0); }

 private:
  static void clear(Chunk& chunk);
  void append(const Centre& centre, Neighbors found, Chunk& chunk);
  Neighbors near(const Neighbors& found);
  void order_by_species(const Neighbors& found, int of_centre, std::size_t* start);
  void sort(Chunk& chunk) const;

  const ParticleTable& table_;
  std::size_t n_species_;
  bool self_, all_near_;
  double near_squared_;
  NeighborSink sink_;
  AlignedVector<Neighbor> near_;
  std::vector<int> species_;
  std::vector<std::uint32_t> order_;
};

}  // namespace anisoap
