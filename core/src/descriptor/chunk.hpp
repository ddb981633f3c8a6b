// SPDX-License-Identifier: MIT
// Neighbours of a few centres, ordered by species, and the centres sorted so that the lanes of one group are alike.
#pragma once

#include <cstddef>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/frames.hpp"
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

struct Chunk {
  AlignedVector<Neighbor> neighbors;
  std::vector<std::size_t> species_start;
  std::vector<Entry> entries;

  // Neighbours of species s of an entry: first and one past the last.
  const std::size_t* range(const Entry& entry, int s) const { return &species_start[entry.offset + static_cast<std::size_t>(s)]; }
};

// Fills one chunk after another, on one thread.
class ChunkSearch {
 public:
  ChunkSearch(const ParticleTable& table, const Hypers& hypers, const Kernels& kernels);

  // Replaces the chunk by centres from `first` on until it is full; returns the first that is left out.
  std::size_t fill(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                   Chunk& chunk);

  // How many neighbours a centre has, the self pair counted where it belongs to the chunk.
  std::size_t count(const NeighborSource& source, std::size_t particle);

 private:
  void collect(const NeighborSource& source, const Centre& centre, Chunk& chunk);
  void sort(Chunk& chunk) const;

  const ParticleTable& table_;
  std::size_t n_species_;
  bool self_;
  NeighborSink sink_;
  std::vector<std::size_t> next_;
};

}  // namespace anisoap
