// SPDX-License-Identifier: MIT
// The way back: from local energies to forces and torques. Compiled once per instruction set, like density.cpp.
#include "anisoap/detail/grade.hpp"
#include "anisoap/detail/jacobian.hpp"
#include "anisoap/detail/pack.hpp"
#include "anisoap/detail/pair_tangent.hpp"
#include "anisoap/detail/with_degree.hpp"
#include "anisoap/simd/tasks.hpp"
#include "simd/degree.hpp"
#include "simd/names.hpp"
#include "simd/transpose.hpp"

namespace anisoap {
namespace {

#include "simd/group.hpp"

// Degree known at compile time; D = -1 takes it from the task.
template <int D>
ANISOAP_FUNCTION MeanDerivatives<PackD> integrate(const ForceTask& task, const PairGaussian<PackD>& g) {
  const PackD* b = reinterpret_cast<const PackD*>(task.polynomial);
  if constexpr (D >= 0) {
    return mean_derivatives<D>(g, b);
  } else {
    const DensityTask& p = *task.pairs;
    return mean_derivatives(g, p.steps, task.raised, p.degree, p.n_moments, b, static_cast<PackD*>(p.scratch));
  }
}

// Gradient and torque with the cutoff function, the gradient per caller's length.
template <int D>
ANISOAP_FUNCTION PairForce<PackD> force_of(const ForceTask& task, const Pair<PackD>& p) {
  const DensityTask& pairs = *task.pairs;
  const PackD window(pairs.window);
  const PairGaussian<PackD> g = pair_gaussian(p.r, p.shape, window);
  const MeanDerivatives<PackD> phi = integrate<D>(task, g);
  const PairForce<PackD> f = pair_force(g, p.r, window, phi);
  if (!(pairs.inverse_width > 0)) return f;
  return tapered_force(f, p.r, phi.value, taper_at(dot3(p.r, p.r), pairs.cutoff, pairs.inverse_width));
}

// What slots get, lane by lane, of eight packs.
ANISOAP_FUNCTION void put_rows(PackD (&low)[4], PackD (&high)[4], double (&rows)[kLanes][kSlot]) {
  double *first[kLanes], *second[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    first[lane] = rows[lane];
    second[lane] = rows[lane] + 4;
  }
  store_four(low, first);
  store_four(high, second);
}

ANISOAP_FUNCTION void add_row(const double* row, double* slot) {
  for (std::size_t k = 0; k < kSlot; k += kLanes) (PackD::load(slot + k) + PackD::load(row + k)).store(slot + k);
}

// Adds the rows of neighbour t to the neighbours' slots.
ANISOAP_FUNCTION void scatter(const ForceTask& task, int t, const PairForce<PackD>& f) {
  const PackD unit(task.pairs->inverse_length), zero(0.0);
  PackD low[4] = {zero - f.gradient[0] * unit, zero - f.gradient[1] * unit, zero - f.gradient[2] * unit, f.torque[0]};
  PackD high[4] = {f.torque[1], f.torque[2], zero, zero};
  alignas(64) double rows[kLanes][kSlot];
  put_rows(low, high, rows);
  for (int lane = 0; lane < kLanes; ++lane) {
    if (t >= task.pairs->count[lane]) continue;
    add_row(rows[lane], task.slots + static_cast<std::size_t>(task.slot[lane][t]) * kSlot);
  }
  if (!task.pair_rows) return;
  double* out = task.pair_rows + static_cast<std::size_t>(t) * kLanes * kSlot;
  for (int lane = 0; lane < kLanes; ++lane)
    for (std::size_t k = 0; k < kSlot; ++k) *out++ = rows[lane][k];
}

template <int D>
void forces_of_degree(const ForceTask& task) {
  PackD sum[12];
  PackD* centres = reinterpret_cast<PackD*>(task.centres);
  for (int k = 0; k < 12; ++k) sum[k] = centres[k];
  const PackD unit(task.pairs->inverse_length);
  const int n = longest(*task.pairs, kLanes);
  for (int t = 0; t < n; ++t) {
    const Pair<PackD> p = gather<PackD>(*task.pairs, t);
    const PairForce<PackD> f = force_of<D>(task, p);
    for (int k = 0; k < 3; ++k) sum[k] = sum[k] + f.gradient[k] * unit;
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) sum[3 + 3 * a + b] = sum[3 + 3 * a + b] + p.r[a] * f.gradient[b];
    scatter(task, t, f);
  }
  for (int k = 0; k < 12; ++k) centres[k] = sum[k];
}

void forces(const ForceTask& task) {
  with_degree<kCompiledDegree>(task.pairs->degree, !task.pairs->steps,
                               [&](auto degree) { forces_of_degree<decltype(degree)::value>(task); });
}

void contract_adjoint_packs(const BasisView& basis, const double* adjoint, int species, double* polynomial) {
  contract_adjoint(basis, reinterpret_cast<const PackD*>(adjoint), species, reinterpret_cast<PackD*>(polynomial));
}

void power_spectrum_adjoint_packs(const BasisView& basis, const double* scale, const double* gradient, const double* coefficients,
                                  double* adjoint) {
  power_spectrum_adjoint(basis, scale, reinterpret_cast<const PackD*>(gradient), reinterpret_cast<const PackD*>(coefficients),
                         reinterpret_cast<PackD*>(adjoint));
}

void local_energy_packs(const EnergyTask& task) {
  const PackD* features = reinterpret_cast<const PackD*>(task.features);
  PackD* work = reinterpret_cast<PackD*>(task.work);
  if (task.grade) extrapolation_grade(*task.local, features, work).store(task.grade);
  const LocalResult<PackD> e = local_energy(*task.local, features, reinterpret_cast<PackD*>(task.gradient), work);
  e.energy.store(task.energy);
  e.variance.store(task.variance);
  if (!task.members) return;
  const LocalEnergyView& local = *task.local;
  for (int c = 0; c < local.n_networks; ++c) work[c].store(task.members + c * kLanes);
  pair_variance(local, features).store(task.variance);
}

ANISOAP_FUNCTION Body<PackD> load_body(const Body<double>* const* bodies) {
  const double* rows[kLanes];
  PackD field[16];
  for (int part = 0; part < 4; ++part) {
    for (int lane = 0; lane < kLanes; ++lane) rows[lane] = &bodies[lane]->axis[0][0] + 4 * part;
    load_four(rows, field + 4 * part);
  }
  Body<PackD> body;
  for (int k = 0; k < 3; ++k) {
    for (int d = 0; d < 3; ++d) body.axis[k][d] = field[3 * k + d];
    body.half_squared[k] = field[9 + k];
  }
  for (int k = 0; k < 4; ++k) body.quaternion[k] = field[12 + k];
  return body;
}

void jacobian_packs(const JacobianTask& task) {
  const DensityTask& pairs = *task.pairs;
  PackD* m = reinterpret_cast<PackD*>(task.work);
  PackD *derivatives = m + pairs.n_moments + 1, *tangent = derivatives + 6 * pairs.n_moments;
  const Pair<PackD> p = gather<PackD>(pairs, 0);
  const PackD window(pairs.window);
  moment_jacobian({pairs.n_moments, pairs.steps, task.lowered}, pair_gaussian(p.r, p.shape, window), p.r, window,
                  taper_at(dot3(p.r, p.r), pairs.cutoff, pairs.inverse_width), PackD(pairs.inverse_length), m, derivatives);
  feature_jacobian({task.basis, task.scale, task.coefficients, task.n_coefficients, task.n_features}, task.species, derivatives,
                   tangent, reinterpret_cast<PackD*>(task.rows));
}

// Motion of neighbour t of each lane; lanes that have no more get none.
ANISOAP_FUNCTION void gather_motion(const TangentTask& task, int t, PackD dr[4], PackD turn[4]) {
  alignas(64) static const double none[kMotion] = {};
  const double* rows[kLanes];
  for (int lane = 0; lane < kLanes; ++lane)
    rows[lane] = t < task.pairs->count[lane] ? task.motion[lane] + static_cast<std::size_t>(t) * kMotion : none;
  load_four(rows, dr);
  for (int lane = 0; lane < kLanes; ++lane) rows[lane] += 4;
  load_four(rows, turn);
  for (int k = 0; k < 3; ++k) dr[k] = dr[k] * PackD(task.pairs->inverse_length);
}

void tangent_packs(const TangentTask& task) {
  const DensityTask& pairs = *task.pairs;
  PackD *sums = reinterpret_cast<PackD*>(pairs.sums), *m = reinterpret_cast<PackD*>(task.work);
  for (int i = 0; i < pairs.n_moments; ++i) sums[i] = PackD(0.0);
  const PackD window(pairs.window);
  const int n = longest(pairs, kLanes);
  for (int t = 0; t < n; ++t) {
    const Pair<PackD> p = gather<PackD>(pairs, t);
    PackD dr[4], turn[4];
    gather_motion(task, t, dr, turn);
    const PairGaussian<PackD> g = pair_gaussian(p.r, p.shape, window);
    const Taper<PackD> taper = taper_at(dot3(p.r, p.r), pairs.cutoff, pairs.inverse_width);
    add_moment_tangent(g, pair_tangent(g, p.r, window, taper, dr, turn), task.steps, task.lowered, pairs.n_moments, m, sums);
  }
}

void power_spectrum_tangent_packs(const BasisView& basis, const double* scale, const double* coefficients, const double* tangent,
                                  double* features) {
  power_spectrum_tangent(basis, scale, reinterpret_cast<const PackD*>(coefficients), reinterpret_cast<const PackD*>(tangent),
                         reinterpret_cast<PackD*>(features));
}

void two_body_packs(const TwoBodyTask& task) {
  PackD r[4];
  load_four(task.r, r);
  PackD *rows = reinterpret_cast<PackD*>(task.rows), *sums = reinterpret_cast<PackD*>(task.sums);
  const PairEnergy<PackD> e = pair_energy(*task.pair, task.cutoff, task.inverse_width, r, load_body(task.bodies[0]),
                                          load_body(task.bodies[1]), reinterpret_cast<PackD*>(task.work), rows + 4);
  rows[0] = e.energy;
  for (int d = 0; d < 3; ++d) rows[1 + d] = e.motion.r[d];
  const PackD weight = PackD::load(task.weight), zero(0.0), energy = weight * e.energy;
  PackD force[3];
  for (int d = 0; d < 3; ++d) force[d] = weight * e.motion.r[d];
  sums[0] = sums[0] + energy;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b) sums[1 + 3 * a + b] = sums[1 + 3 * a + b] - r[a] * force[b];
  for (int p = 0; p < 2; ++p) {
    const PackD* turn = e.motion.turn[p];
    PackD low[4] = {force[0], force[1], force[2], zero - weight * turn[0]};
    PackD high[4] = {zero - weight * turn[1], zero - weight * turn[2], PackD::load(task.share[p]) * energy, zero};
    for (int d = 0; p == 1 && d < 3; ++d) low[d] = zero - force[d];
    alignas(64) double rows_of_slots[kLanes][kSlot];
    put_rows(low, high, rows_of_slots);
    for (std::size_t lane = 0; lane < task.count; ++lane)
      add_row(rows_of_slots[lane], task.slots[2 * lane + static_cast<std::size_t>(p)]);
  }
}

void pair_monomials_packs(const PairMonomialsTask& task) {
  PackD r[4];
  load_four(task.r, r);
  add_pair_monomials(*task.pair, task.cutoff, task.inverse_width, r, load_body(task.bodies[0]), load_body(task.bodies[1]),
                     PackD::load(task.weight), reinterpret_cast<PackD*>(task.work), reinterpret_cast<PackD*>(task.sums));
}

}  // namespace

extern const BackendForces ANISOAP_JOIN(backend_forces_, ANISOAP_ISA);
const BackendForces ANISOAP_JOIN(backend_forces_, ANISOAP_ISA){forces,
                                                               contract_adjoint_packs,
                                                               power_spectrum_adjoint_packs,
                                                               local_energy_packs,
                                                               two_body_packs,
                                                               pair_monomials_packs,
                                                               jacobian_packs,
                                                               tangent_packs,
                                                               power_spectrum_tangent_packs};

}  // namespace anisoap
