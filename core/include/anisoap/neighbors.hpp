// SPDX-License-Identifier: MIT
// Neighbours within the cutoff, found centre by centre and handed straight to the density step: no list of all pairs is kept.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "anisoap/particles.hpp"

namespace anisoap {

struct Kernels;

struct Neighbor {
  double r[3];         // x_j - x_i, caller's unit
  std::int64_t index;  // j, in the ParticleTable
};

// Receives the neighbours of one centre. The add functions keep what lies strictly inside the cutoff; the centre itself is never
// added, its periodic images are.
class NeighborSink {
 public:
  NeighborSink(const ParticleTable& table, double cutoff, const Kernels& kernels);

  void start(std::size_t centre);  // forgets the last centre
  // Particles first..last-1 of the table, moved by `shift`; home: the shift is zero.
  void add_range(std::size_t first, std::size_t last, const std::array<double, 3>& shift, bool home);
  // Particles j[0..n-1] & mask where they stand (LAMMPS lists, ghosts included).
  void add_indices(const int* j, int n, int mask);
  // Images of one particle at x_j + (sx, sy, sz)[k]; the zero shift comes first.
  void add_images(std::size_t particle, const double* sx, const double* sy, const double* sz, std::size_t n);

  const Neighbor* begin() const { return found_.data(); }
  std::size_t size() const { return size_; }

 private:
  Neighbor* room_for(std::size_t n);
  std::size_t filter(const double* x, const double* y, const double* z, std::size_t first, std::size_t last,
                     const std::array<double, 3>& origin);

  const ParticleTable& table_;
  const Kernels& kernels_;
  double cutoff_squared_;
  std::size_t centre_ = 0, size_ = 0;
  std::array<double, 3> origin_{};
  std::vector<Neighbor> found_;  // the first size_ entries count
};

// Finds the neighbours of a centre. Called by many threads at once.
class NeighborSource {
 public:
  virtual ~NeighborSource() = default;
  virtual void collect(std::size_t centre, NeighborSink& sink) const = 0;
};

}  // namespace anisoap
