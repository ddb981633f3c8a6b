// SPDX-License-Identifier: MIT
// Neighbours of a few centres, found once for all terms and ordered by species; the centres sorted so that the lanes of one group
// are alike.
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
  std::size_t offset;  // species s starts at neighbors[species_start[offset + 2 s]]
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
  AlignedVector<Neighbor> neighbors;
  std::vector<std::size_t> species_start;
  std::vector<Entry> entries;

  // All neighbours of an entry.
  Neighbors all(const Entry& entry) const { return {neighbors.data() + species_start[entry.offset], entry.count}; }
  // Neighbours of species s of an entry: first, one past the last within the density's cutoff, one past the last of all.
  const std::size_t* range(const Entry& entry, int s) const {
    return &species_start[entry.offset + 2 * static_cast<std::size_t>(s)];
  }
};

// What a chunk holds.
struct ChunkRules {
  std::size_t n_species;
  double density_cutoff;  // 0 where there is no density
  double cutoff;          // of the search; neighbours from density_cutoff on stand behind the others of their species
  bool self;              // centres are neighbours of their own

  static ChunkRules of(const Hypers& hypers) {
    return {hypers.species.size(), hypers.cutoff_radius, hypers.cutoff_radius, !hypers.subtract_center_contribution};
  }
};

// Fills one chunk after another, on one thread.
class ChunkSearch {
 public:
  ChunkSearch(const ParticleTable& table, const ChunkRules& rules, const Kernels& kernels);

  // Replaces the chunk by centres from `first` on until it is full; returns the first that is left out.
  std::size_t fill(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                   Chunk& chunk);

  // The neighbours of one centre without a chunk, until the next are found; the centre is none of them.
  Neighbors find(const NeighborSource& source, std::size_t particle);

  // How many neighbours a centre has, the self pair counted where it belongs to the chunk.
  std::size_t count(const NeighborSource& source, std::size_t particle) {
    return find(source, particle).count + (rules_.self ? 1 : 0);
  }

 private:
  void collect(const NeighborSource& source, const Centre& centre, Chunk& chunk);
  void sort(Chunk& chunk) const;

  const ParticleTable& table_;
  ChunkRules rules_;
  NeighborSink sink_;
  std::vector<std::size_t> next_;
};

}  // namespace anisoap
