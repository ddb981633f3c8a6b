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
  const int species = table_.species[centre.particle];
  chunk.entries.push_back({centre, species, offset, n});
  chunk.neighbors.resize(first + n);
  chunk.species_start.resize(offset + n_species_ + 1, first);
  std::size_t* start = &chunk.species_start[offset];
  Neighbor* out = chunk.neighbors.data() + first;
  const Neighbor itself{{0, 0, 0}, static_cast<std::int64_t>(centre.particle)};
  if (n_species_ == 1) {
    if (self_) *out++ = itself;
    std::copy(found.begin(), found.end(), out);
    start[1] = chunk.neighbors.size();
    return;
  }
  order_by_species(found, species, start);
  for (std::size_t k = 0; k < n; ++k) out[k] = order_[k] < found.count ? found.first[order_[k]] : itself;
}

// Numbers of the neighbours, the centre being the last, species by species; start: [n_species + 1] where these begin. One pass a
// species, in which no step waits for the one before it.
void ChunkSearch::order_by_species(const Neighbors& found, int of_centre, std::size_t* start) {
  species_.resize(found.count);
  order_.resize(found.count + 2);
  for (std::size_t k = 0; k < found.count; ++k) species_[k] = table_.species[static_cast<std::size_t>(found.first[k].index)];
  std::size_t n = 0;
  for (std::size_t s = 0; s < n_species_; ++s) {
    const int wanted = static_cast<int>(s);
    order_[n] = static_cast<std::uint32_t>(found.count);
    n += static_cast<std::size_t>(self_ && of_centre == wanted);
    for (std::size_t k = 0; k < found.count; ++k) {
      order_[n] = static_cast<std::uint32_t>(k);
      n += static_cast<std::size_t>(species_[k] == wanted);
    }
    start[s + 1] = start[0] + n;
  }
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
