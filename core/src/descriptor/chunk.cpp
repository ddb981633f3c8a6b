// SPDX-License-Identifier: MIT
#include "descriptor/chunk.hpp"

#include <algorithm>

#include "anisoap/detail/math.hpp"

namespace anisoap {

ChunkSearch::ChunkSearch(const ParticleTable& table, const Hypers& hypers, const Backend& backend, double cutoff)
    : table_(table),
      n_species_(hypers.species.size()),
      self_(!hypers.subtract_center_contribution),
      all_near_(!(cutoff > hypers.cutoff_radius)),
      near_squared_(hypers.cutoff_radius * hypers.cutoff_radius),
      sink_(table, cutoff > 0 ? cutoff : hypers.cutoff_radius, backend) {}

void ChunkSearch::clear(Chunk& chunk) {
  chunk.neighbors.clear();
  chunk.species_start.clear();
  chunk.entries.clear();
}

Neighbors ChunkSearch::near(const Neighbors& found) {
  near_.resize(found.count + 1);
  Neighbor* out = near_.data();
  for (const Neighbor& e : found) {
    *out = e;
    if (detail::dot3(e.r, e.r) < near_squared_) ++out;
  }
  return {near_.data(), static_cast<std::size_t>(out - near_.data())};
}

// Appends the neighbours of a centre, itself first, ordered by species.
void ChunkSearch::append(const Centre& centre, Neighbors found, Chunk& chunk) {
  if (!all_near_) found = near(found);
  const std::size_t n = found.count + (self_ ? 1 : 0), first = chunk.neighbors.size(), offset = chunk.species_start.size();
  chunk.entries.push_back({centre, table_.species[centre.particle], offset, n});
  chunk.neighbors.resize(first + n);
  chunk.species_start.resize(offset + n_species_ + 1, first);
  std::size_t* start = &chunk.species_start[offset];
  const auto species_of = [&](std::int64_t j) { return static_cast<std::size_t>(table_.species[static_cast<std::size_t>(j)]); };
  const Neighbor itself{{0, 0, 0}, static_cast<std::int64_t>(centre.particle)};
  if (n_species_ == 1) {
    Neighbor* out = chunk.neighbors.data() + first;
    if (self_) *out++ = itself;
    std::copy(found.begin(), found.end(), out);
    start[1] = chunk.neighbors.size();
    return;
  }
  next_.assign(n_species_ + 1, 0);
  const auto each = [&](auto&& visit) {
    if (self_) visit(itself);
    std::for_each(found.begin(), found.end(), visit);
  };
  each([&](const Neighbor& e) { ++next_[species_of(e.index) + 1]; });
  for (std::size_t s = 0; s < n_species_; ++s) start[s + 1] = start[s] + next_[s + 1];
  std::copy(start, start + n_species_, next_.begin());
  each([&](const Neighbor& e) { chunk.neighbors[next_[species_of(e.index)]++] = e; });
}

// Lanes of one group then hold centres of one species, with about as many neighbours of each species.
void ChunkSearch::sort(Chunk& chunk) const {
  const auto count_of = [&](const Entry& e, std::size_t s) {
    const std::size_t* range = chunk.range(e, static_cast<int>(s));
    return range[1] - range[0];
  };
  const auto less = [&](const Entry& a, const Entry& b) {
    if (a.species != b.species) return a.species < b.species;
    for (std::size_t s = 0; s < n_species_; ++s)
      if (count_of(a, s) != count_of(b, s)) return count_of(a, s) < count_of(b, s);
    return false;
  };
  std::stable_sort(chunk.entries.begin(), chunk.entries.end(), less);
}

}  // namespace anisoap
