// SPDX-License-Identifier: MIT
#include "descriptor/chunk.hpp"

#include <algorithm>

#include "anisoap/detail/math.hpp"

namespace anisoap {

ChunkSearch::ChunkSearch(const ParticleTable& table, const ChunkRules& rules, const Kernels& kernels)
    : table_(table), rules_(rules), sink_(table, rules.cutoff, kernels) {}

std::size_t ChunkSearch::fill(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first,
                              std::size_t last, Chunk& chunk) {
  chunk.neighbors.clear();
  chunk.species_start.clear();
  chunk.entries.clear();
  for (; first < last && chunk.neighbors.size() < kChunkNeighbors; ++first) collect(source, centres[first], chunk);
  sort(chunk);
  return first;
}

Neighbors ChunkSearch::find(const NeighborSource& source, std::size_t particle) {
  source.collect(particle, sink_);
  return {sink_.begin(), sink_.size()};
}

// Appends the neighbours of a centre, itself first.
void ChunkSearch::collect(const NeighborSource& source, const Centre& centre, Chunk& chunk) {
  const Neighbors found = find(source, centre.particle);
  const std::size_t n = found.count + (rules_.self ? 1 : 0);
  const std::size_t first = chunk.neighbors.size(), offset = chunk.species_start.size();
  const std::size_t n_classes = 2 * rules_.n_species;  // near and far of each species
  chunk.entries.push_back({centre, table_.species[centre.particle], offset, n});
  chunk.neighbors.resize(first + n);
  chunk.species_start.resize(offset + n_classes + 1, first);
  std::size_t* start = &chunk.species_start[offset];
  const Neighbor itself{{0, 0, 0}, static_cast<std::int64_t>(centre.particle)};
  const bool all_near = rules_.density_cutoff >= rules_.cutoff;
  if (rules_.n_species == 1 && (all_near || rules_.density_cutoff == 0)) {
    Neighbor* out = chunk.neighbors.data() + first;
    if (rules_.self) *out++ = itself;
    std::copy(found.begin(), found.end(), out);
    start[1] = all_near ? first + n : first;
    start[2] = first + n;
    return;
  }
  const double near_squared = rules_.density_cutoff * rules_.density_cutoff;
  const auto class_of = [&](const Neighbor& e) {
    const auto species = static_cast<std::size_t>(table_.species[static_cast<std::size_t>(e.index)]);
    const bool far = !all_near && !(detail::dot3(e.r, e.r) < near_squared);
    return 2 * species + (far ? 1 : 0);
  };
  next_.assign(n_classes + 1, 0);
  const auto each = [&](auto&& visit) {
    if (rules_.self) visit(itself);
    std::for_each(found.begin(), found.end(), visit);
  };
  each([&](const Neighbor& e) { ++next_[class_of(e) + 1]; });
  for (std::size_t c = 0; c < n_classes; ++c) start[c + 1] = start[c] + next_[c + 1];
  std::copy(start, start + n_classes, next_.begin());
  each([&](const Neighbor& e) { chunk.neighbors[next_[class_of(e)]++] = e; });
}

// Lanes of one group then hold centres of one species, with about as many neighbours of each species.
void ChunkSearch::sort(Chunk& chunk) const {
  const auto count_of = [&](const Entry& e, std::size_t s) {
    const std::size_t* range = chunk.range(e, static_cast<int>(s));
    return range[1] - range[0];
  };
  const auto less = [&](const Entry& a, const Entry& b) {
    if (a.species != b.species) return a.species < b.species;
    for (std::size_t s = 0; s < rules_.n_species; ++s)
      if (count_of(a, s) != count_of(b, s)) return count_of(a, s) < count_of(b, s);
    return false;
  };
  std::stable_sort(chunk.entries.begin(), chunk.entries.end(), less);
}

}  // namespace anisoap
