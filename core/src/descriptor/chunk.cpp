// SPDX-License-Identifier: MIT
#include "descriptor/chunk.hpp"

namespace anisoap {

void Chunk::collect(const NeighborSource& source, NeighborSink& sink, const Centre& centre) {
  source.collect(centre.particle, sink);
  const std::size_t self = self_ ? 1 : 0;
  const std::size_t first = neighbors_.size(), offset = species_start_.size();
  entries_.push_back({centre, offset, sink.size() + self});
  neighbors_.resize(first + sink.size() + self);
  species_start_.resize(offset + n_species_ + 1, first);
  std::size_t* start = &species_start_[offset];
  const auto species_of = [&](std::int64_t j) { return static_cast<std::size_t>(table_.species[static_cast<std::size_t>(j)]); };
  const Neighbor itself{{0, 0, 0}, static_cast<std::int64_t>(centre.particle)};
  if (n_species_ == 1) {
    Neighbor* out = neighbors_.data() + first;
    if (self_) *out++ = itself;
    std::copy(sink.begin(), sink.begin() + sink.size(), out);
    start[1] = neighbors_.size();
    return;
  }
  next_.assign(n_species_ + 1, 0);
  const auto each = [&](auto&& visit) {
    if (self_) visit(itself);
    std::for_each(sink.begin(), sink.begin() + sink.size(), visit);
  };
  each([&](const Neighbor& e) { ++next_[species_of(e.index) + 1]; });
  for (std::size_t s = 0; s < n_species_; ++s) start[s + 1] = start[s] + next_[s + 1];
  std::copy(start, start + n_species_, next_.begin());
  each([&](const Neighbor& e) { neighbors_[next_[species_of(e.index)]++] = e; });
}

// Lanes of one group then hold centres of one species, with about as many neighbours of each species.
void Chunk::sort() {
  const auto less = [this](const Entry& a, const Entry& b) {
    if (n_species_ > 1) {
      const int of_a = table_.species[a.centre.particle], of_b = table_.species[b.centre.particle];
      if (of_a != of_b) return of_a < of_b;
    }
    for (std::size_t s = 0; s + 1 < n_species_; ++s) {
      const auto in_a = species_start_[a.offset + s + 1] - species_start_[a.offset + s];
      const auto in_b = species_start_[b.offset + s + 1] - species_start_[b.offset + s];
      if (in_a != in_b) return in_a < in_b;
    }
    return a.count < b.count;
  };
  std::stable_sort(entries_.begin(), entries_.end(), less);
}

}  // namespace anisoap
