// SPDX-License-Identifier: MIT
// Derivatives by pairs summed over frames, where images count as their particles: whole Jacobians, and the sums over centres that
// linear models read. A thread has an entry to itself and adds in the order of the pairs.
#pragma once

#include "anisoap/kokkos/frames/images.hpp"
#include "anisoap/kokkos/kernels/jacobian.hpp"

namespace anisoap::kokkos {

// Rows of a run of pairs.
template <class Space>
struct JacobianRun {
  Images<Space> images;
  PairList<Space> pairs;
  PairRange range;
  const double* rows;  // [range.n * 6 * length]
  int length;

  KOKKOS_FUNCTION PairRange of_centre(Offset c) const {
    return range.among(pairs.first(static_cast<int>(c)), pairs.first(static_cast<int>(c) + 1));
  }
  // Six derivatives of one column, `length` apart.
  KOKKOS_FUNCTION const double* of_pair(Offset p, Offset column) const { return rows + (p - range.first) * 6 * length + column; }
  KOKKOS_FUNCTION Separation<double> r(Offset p) const {
    return separation<double>(images.points(pairs.centre(pairs.row(p))), images.points(pairs.neighbor(p)), 1.0);
  }
};

// Adds to rows of all centres of one frame, or of those chosen; e: row and column. positions, rotations: [n_centres * 3] an
// entry; strain: [9]; nullptr: not wanted.
template <class Space>
struct AddDense {
  JacobianRun<Space> run;
  double *positions, *rotations, *strain;
  const int* chosen;  // centres; nullptr: all

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset row = e / run.length, c = chosen ? chosen[row] : row, width = Offset{3} * run.pairs.n_centres;
    const PairRange range = run.of_centre(c);
    for (Offset p = range.first; p < range.first + range.n; ++p) {
      const double* d = run.of_pair(p, e % run.length);
      const int j = run.images.owner(run.pairs.neighbor(p));
      if (positions) {
        add(d, 1, positions + e * width + 3 * j);
        add(d, -1, positions + e * width + 3 * run.pairs.centre(static_cast<int>(c)));
      }
      if (rotations) add(d + 3 * run.length, 1, rotations + e * width + 3 * j);
      if (!strain) continue;
      const Separation<double> g = run.r(p);
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) strain[9 * e + 3 * a + b] += d[a * run.length] * g.r[b];
    }
  }

  KOKKOS_FUNCTION void add(const double* d, double sign, double* out) const {
    for (int k = 0; k < 3; ++k) out[k] += sign * d[k * run.length];
  }
};

// Adds to motion [n_particles * n_species * 6 * length]: of the features of the centres of each species together, by moving and
// turning each particle. e: particle and column.
template <class Space>
struct AddMotion {
  JacobianRun<Space> run;
  Array<Space, int> species;
  Transposed<Space> of_owner;  // pairs by the particle that is their neighbour, or whose image is
  double* motion;

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset particle = e / run.length, column = e % run.length;
    for (Offset at = of_owner.start(particle); at < of_owner.start(particle + 1); ++at) {
      const Offset p = of_owner.entry(at);
      if (!run.range.has(p)) continue;
      double* out = entry(particle, species(run.pairs.centre(run.pairs.row(p))), column);
      const double* d = run.of_pair(p, column);
      for (int k = 0; k < 6; ++k) out[k * run.length] += d[k * run.length];
    }
    double* out = entry(particle, species(particle), column);
    const PairRange range = run.of_centre(particle);
    for (Offset p = range.first; p < range.first + range.n; ++p) {
      const double* d = run.of_pair(p, column);
      for (int k = 0; k < 3; ++k) out[k * run.length] -= d[k * run.length];
    }
  }

  KOKKOS_FUNCTION double* entry(Offset particle, int s, Offset column) const {
    return motion + (particle * run.pairs.n_species + s) * 6 * run.length + column;
  }
};

// Particle whose image, or who itself, is the neighbour of a pair.
template <class Space>
struct OwnerOf {
  Images<Space> images;
  PairList<Space> pairs;

  KOKKOS_FUNCTION int operator()(Offset p) const { return images.owner(pairs.neighbor(p)); }
};

// Sums over the centres of each frame and species: out [n_frames * n_species * 9 * length] of r_a dp/dr_b, from strain
// [n_centres * length * 9] of dp/dr_a r_b.
template <class Space>
struct SumStrain {
  Images<Space> images;
  Array<Space, int> species;
  int n_species, length;
  const double* strain;
  double* out;

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset column = e % length, axis = e / length % 9, s = e / length / 9 % n_species;
    const FrameBox& box = images.boxes(e / length / 9 / n_species);
    double sum = 0;
    for (Offset i = box.first; i < box.first + box.n; ++i)
      if (species(i) == s) sum += strain[(i * length + column) * 9 + axis % 3 * 3 + axis / 3];
    out[e] = sum;
  }
};

// What the host reads of pairs: the particle that is the neighbour, -1 outside the cutoff, and x_j - x_i.
template <class Space>
struct PairEnds {
  Images<Space> images;
  PairList<Space> pairs;
  PairRules rules;
  Offset first;
  int* neighbor;  // [n]
  double* r;      // [n * 3]

  KOKKOS_FUNCTION void operator()(Offset k) const {
    const Offset p = first + k;
    const int j = pairs.neighbor(p);
    const Point x = images.points(pairs.centre(pairs.row(p))), y = images.points(j);
    neighbor[k] = is_inside(separation<double>(x, y, rules.inverse_length), rules) ? images.owner(j) : -1;
    for (int d = 0; d < 3; ++d) r[3 * k + d] = y.x[d] - x.x[d];
  }
};

}  // namespace anisoap::kokkos
