// SPDX-License-Identifier: MIT
// The loops that run on packs, compiled once per instruction set; the widest that the machine has is picked at run time.
// Lanes are centres: each lane sums its own neighbours in their own order, so grouping and threads do not change a bit, and pack
// widths only what fused multiply-adds round differently.
#pragma once

#include <cstddef>

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/moments.hpp"
#include "anisoap/neighbors.hpp"

namespace anisoap {

// One density step: the neighbours of one species around a group of centres, one centre per lane.
struct DensityTask {
  const Neighbor* const* first;         // [lanes]
  const int* count;                     // [lanes]
  const detail::Shape<double>* shapes;  // of the ParticleTable
  double inverse_length;                // 1 / basis length
  double window;                        // 1 gto, 0 monomial
  double cutoff;                        // basis units
  double inverse_width;                 // of the taper, basis units; 0 = no taper
  int degree;
  int n_moments;
  const detail::MomentStep* steps;  // [n_moments], taken instead of compiled code; nullptr up to kCompiledDegree
  void* scratch;                    // [(n_moments + 1) * lanes] of the working type, aligned to 64 bytes
  double* sums;                     // [n_moments * lanes] out, aligned to 64 bytes
};

// Candidates 0..n-1 of coordinate arrays against one centre. The arrays are readable for kPadding entries past n.
struct FilterTask {
  const double *x, *y, *z;
  std::size_t n;
  double origin[3];  // subtracted from the candidates
  double cutoff_squared;
};

struct Kernels {
  const char* name;  // of the instruction set
  int lanes;         // centres per group in double, and the pack width of contraction and power spectrum
  int lanes_single;  // centres per group of the float density step; a multiple of lanes

  void (*density)(const DensityTask&);
  void (*density_single)(const DensityTask&);
  // Coefficients of `lanes` centres from sums[k * stride + lane].
  void (*contract)(const detail::BasisView&, const double* sums, int stride, int species, double* coefficients);
  void (*power_spectrum)(const detail::BasisView&, const double* scale, bool symmetric, const double* coefficients,
                         double* features);
  // Writes the numbers of those strictly inside the cutoff and returns how many; out has room for n + kPadding.
  std::size_t (*filter)(const FilterTask&, int* out);
};

// Highest degree with compiled (unrolled) code; the target anisoap_internals sets it.
constexpr int kCompiledDegree = ANISOAP_COMPILED_DEGREE;

}  // namespace anisoap
