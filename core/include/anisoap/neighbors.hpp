// SPDX-License-Identifier: MIT
// Neighbours within the cutoff, found centre by centre and handed straight to the density step: no list of all pairs is kept.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "anisoap/particles.hpp"

namespace anisoap {

struct Backend;

struct Neighbor {
  double r[3];         // x_j - x_i, caller's unit
  std::int64_t index;  // j, in the ParticleTable
};

// Receives the neighbours of one centre after another, on one thread. Keeps what lies strictly inside the cutoff; the centre
// itself is never kept, its periodic images are.
class NeighborSink {
 public:
  NeighborSink(const ParticleTable& table, double cutoff, const Backend& backend);

  void start(std::size_t centre);  // forgets the neighbours of the last centre

  // One neighbour; kept when it is inside the cutoff.
  void add(const Neighbor& neighbor) {
    const double* r = neighbor.r;
    *room_for(1) = neighbor;
    if (r[0] * r[0] + r[1] * r[1] + r[2] * r[2] < cutoff_squared_) ++size_;
  }

  // Candidates that several centres in a row share, such as all of one cell. False when those of (owner, key) are held
  // already; else the caller adds them anew.
  bool renew_candidates(const void* owner, std::size_t key);
  // Particles first..last-1 of the table, moved by `shift`; home: where the centres themselves are, with a zero shift.
  void add_candidates(std::size_t first, std::size_t last, const std::array<double, 3>& shift, bool home);
  // Keeps those that some place in the box of particles first..last-1 has as a neighbour: all centres that share the candidates,
  // which stand at home.
  void keep_candidates_near(std::size_t first, std::size_t last);
  // Keeps the candidates that are neighbours of the centre.
  void filter_candidates();

  const Neighbor* begin() const { return found_.data(); }
  std::size_t size() const { return size_; }

 private:
  // Room for n more and one that may be written beyond.
  Neighbor* room_for(std::size_t n) {
    if (size_ + n >= found_.size()) found_.resize(2 * (size_ + n) + 16);
    return found_.data() + size_;
  }

  const ParticleTable& table_;
  const Backend& backend_;
  double cutoff_squared_;
  std::size_t centre_ = 0, size_ = 0;
  std::array<double, 3> origin_{};
  AlignedVector<Neighbor> found_;  // the first size_ entries count

  const void* owner_ = nullptr;
  std::size_t key_ = 0, n_candidates_ = 0;
  std::size_t home_first_ = 0, home_last_ = 0, home_at_ = 0;  // table range of the centres, and where it starts here
  std::vector<double> x_, y_, z_;                             // [n_candidates + kPadding]
  std::vector<std::int64_t> index_;
  std::vector<int> hits_;
};

// Finds the neighbours of a centre: collect starts the sink and fills it. Called by many threads at once.
class NeighborSource {
 public:
  virtual ~NeighborSource() = default;
  virtual void collect(std::size_t centre, NeighborSink& sink) const = 0;
};

}  // namespace anisoap
