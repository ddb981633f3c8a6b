// SPDX-License-Identifier: MIT
// The loops that run on packs, compiled once per instruction set; the widest that the machine has is picked at run time.
// Lanes are centres, or one species around a centre: each sums its own neighbours in their own order, so grouping and threads do
// not change a bit, and pack widths only what fused multiply-adds round differently. Lanes of two-body terms are pairs, whose
// total energy and virial are sums of those of each lane.
#pragma once

#include <cstddef>

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/moments.hpp"
#include "anisoap/detail/pair_gradient.hpp"
#include "anisoap/detail/two_body.hpp"
#include "anisoap/neighbors.hpp"

namespace anisoap {

// One density step: the neighbours of one species around a centre in each lane. What else takes it reads the first pack.
struct DensityTask {
  const Neighbor* const* first;         // [n_packs * lanes]
  const int* count;                     // [n_packs * lanes]
  const detail::Shape<double>* shapes;  // of the ParticleTable
  double inverse_length;                // 1 / basis length
  double window;                        // 1 gto, 0 monomial
  double cutoff;                        // basis units
  double inverse_width;                 // of the taper, basis units; 0 = no taper
  int degree;
  int n_moments;
  const detail::MomentStep* steps;  // [n_moments], taken instead of compiled code; nullptr up to Backend::compiled_degree
  void* scratch;  // of the working type, aligned to 64 bytes: [(n_moments + 1) * lanes] where `steps` is set; in single precision
                  // [(2 * n_moments + 1) * lanes] always
  double* sums;   // [n_packs * n_moments * lanes] out, aligned to a pack
  int n_packs = 1;
};

// Coefficients of the lanes of several packs of summed moments, each lane a centre and a species of its own.
struct ContractTask {
  const detail::BasisView* basis;
  const double* const* sums;  // [n_packs] moment k of a pack at sums[pack] + k * stride, aligned to a pack
  int stride;
  int n_packs;
  double* const* out;  // [n_packs * lanes] coefficient f of a lane goes to out[lane][f * step]
  int step;
  bool side_by_side;  // out[lane] of a pack are consecutive, its first aligned to a pack
};

// Candidates 0..n-1 of coordinate arrays against one centre, or against a box of centres. The arrays are readable for kPadding
// entries past n.
struct FilterTask {
  const double *x, *y, *z;
  std::size_t n;
  double low[3], high[3];  // corners; a centre is a point
  double cutoff_squared;
};

// Numbers per slot: force, torque, energy, one unused; one pack of the widest set.
constexpr std::size_t kSlot = 8;

// Forces and torques of one density step: dE/dS of the centres' sums, back to the neighbours of one species.
struct ForceTask {
  const DensityTask* pairs;              // as in the density step; scratch is used where `steps` is set
  const detail::ShiftedIndices* raised;  // [n_moments], beside steps
  const double* polynomial;              // [n_moments * lanes] dE/dS
  const int* const* slot;                // [lanes] slot of each neighbour
  double* slots;                         // [n_slots * kSlot] added to: what the neighbours get
  double* centres;                       // [12 * lanes] added to: force on the centre (3), sum of r (dphi/dr) (9)
  double* pair_rows;                     // nullptr, or [longest * lanes * kSlot]: what slots got from each pair
};

// Local energies of a group of centres of one species.
struct EnergyTask {
  const detail::LocalEnergyView* local;
  const double* features;  // [n_features * lanes], then terms of pairs where the variance is asked for
  double* gradient;        // [n_features * lanes] out
  double* work;            // [local_energy_workspace * lanes]
  double* energy;          // [lanes] out
  double* variance;        // [lanes] out
  double* members;         // nullptr, or [n_networks * lanes] out: energies of a committee, whose variance is left out then
  double* grade;           // nullptr, or [lanes] out: extrapolation grades, which ask for terms of pairs too
};

// Derivatives of the power spectrum of one centre with respect to some of its neighbours of one species, one per lane.
struct JacobianTask {
  const DensityTask* pairs;  // lane k: one neighbour, or none (count 0); steps are set
  const detail::BasisView* basis;
  const double* scale;                    // [l_max + 1] of the power spectrum
  const detail::ShiftedIndices* lowered;  // [n_moments]
  int species;
  const double* coefficients;  // [n_coefficients] of the centre
  double* work;                // [jacobian_workspace * lanes]
  double* rows;                // [6 * n_features * lanes] out
  int n_coefficients, n_features;
};

inline std::size_t jacobian_workspace(int n_moments, int n_coefficients) {
  return static_cast<std::size_t>(7 * n_moments + 1 + n_coefficients);
}

// Change of one density step as the neighbours move and turn.
struct TangentTask {
  const DensityTask* pairs;               // as in the density step; sums [n_moments * lanes] out
  const detail::MomentStep* steps;        // [n_moments]
  const detail::ShiftedIndices* lowered;  // [n_moments]
  const double* const* motion;            // [lanes] rows of kMotion numbers, one for each neighbour
  double* work;                           // [(n_moments + 1) * lanes]
};

// Numbers per row: the change of x_j - x_i in the caller's length (3), one unused, the turn of j (3), one unused.
constexpr std::size_t kMotion = 8;

// A few pairs of the same two species, one per lane.
struct PairPack {
  const detail::TwoBodyPairView* pair;
  double cutoff, inverse_width;
  const double* const* r;                        // [lanes] x_j - x_i and one more number
  const detail::Body<double>* const* bodies[2];  // [lanes] of i and of j
};

// Their energies, forces and torques, and what both bodies of each of the first `count` get of them.
struct TwoBodyTask : PairPack {
  std::size_t count;
  const double* weight;    // [lanes] factors, 0 for lanes without a pair
  const double* share[2];  // [lanes] of the energy, that either body gets
  double* const* slots;    // [2 * count] of i and j of each pair, kSlot numbers added to
  double* sums;            // [10 * lanes] added to: energy, virial
  double* work;            // [two_body_workspace(pair) * lanes]
  double* rows;            // [(4 + n_networks) * lanes] out, without the weight: energy, d/dr, members
};

// Terms of their polynomial, f_c u^(n_k) z_m.
struct PairMonomialsTask : PairPack {
  const double* weight;  // [lanes] factors, 0 for lanes without a pair
  double* work;          // [n_monomials * lanes]
  double* sums;          // [n_monomials * n_powers * lanes] added to
};

// The way back of one instruction set.
struct BackendForces {
  void (*forces)(const ForceTask&);
  void (*contract_adjoint)(const detail::BasisView&, const double* adjoint, int species, double* polynomial);
  void (*power_spectrum_adjoint)(const detail::BasisView&, const double* scale, const double* gradient,
                                 const double* coefficients, double* adjoint);
  void (*local_energy)(const EnergyTask&);
  void (*two_body)(const TwoBodyTask&);
  void (*pair_monomials)(const PairMonomialsTask&);
  void (*jacobian)(const JacobianTask&);
  void (*tangent)(const TangentTask&);
  void (*power_spectrum_tangent)(const detail::BasisView&, const double* scale, const double* coefficients, const double* tangent,
                                 double* features);
};

// The loops of one instruction set.
struct Backend {
  const char* name;     // of the instruction set
  int lanes;            // centres per group in double, and the pack width of contraction and power spectrum
  int lanes_single;     // centres per group of the float density step; a multiple of lanes
  int compiled_degree;  // highest degree with unrolled code

  void (*density)(const DensityTask&);
  void (*density_single)(const DensityTask&);
  void (*contract)(const ContractTask&);
  void (*power_spectrum)(const detail::BasisView&, const double* scale, bool symmetric, const double* coefficients,
                         double* features);
  // Rows of single lanes: rows[lane][k] = packed[k * lanes + lane], k < n. False when a number is not finite.
  bool (*unpack)(const double* packed, std::size_t n, double* const* rows);
  // Writes the numbers of those strictly inside the cutoff and returns how many; out has room for n + kPadding.
  std::size_t (*filter)(const FilterTask&, int* out);      // of the centre `low`
  std::size_t (*filter_box)(const FilterTask&, int* out);  // of any place in the box

  const BackendForces* forces;
};

}  // namespace anisoap
