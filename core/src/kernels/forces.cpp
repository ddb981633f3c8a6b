// SPDX-License-Identifier: MIT
// The way back: from local energies to forces and torques. Compiled once per instruction set, like kernels.cpp.
#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pack.hpp"
#include "gather.hpp"
#include "kernels.hpp"
#include "names.hpp"

namespace anisoap {
namespace {

#include "pairs.hpp"

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

// Cutoff function and its slope f_c' / r at a squared distance.
struct Taper {
  PackD value, slope;
};

ANISOAP_FUNCTION Taper taper_at(PackD r_squared, double cutoff, double inverse_width) {
  if (!(inverse_width > 0)) return {PackD(1.0), PackD(0.0)};
  return {cosine_cutoff(r_squared, PackD(cutoff), PackD(inverse_width)),
          cosine_cutoff_slope(r_squared, PackD(cutoff), PackD(inverse_width))};
}

// Gradient and torque with the cutoff function, the gradient per caller's length.
template <int D>
ANISOAP_FUNCTION PairForce<PackD> force_of(const ForceTask& task, const Pair<PackD>& p) {
  const DensityTask& pairs = *task.pairs;
  const PackD window(pairs.window);
  const PairGaussian<PackD> g = pair_gaussian(p.r, p.shape, window);
  const MeanDerivatives<PackD> phi = integrate<D>(task, g);
  PairForce<PackD> f = pair_force(g, p.r, window, phi);
  if (pairs.inverse_width > 0) {
    const Taper taper = taper_at(squared_distance(p), pairs.cutoff, pairs.inverse_width);
    const PackD radial = phi.value * taper.slope;
    for (int k = 0; k < 3; ++k) {
      f.gradient[k] = taper.value * f.gradient[k] + radial * p.r[k];
      f.torque[k] = taper.value * f.torque[k];
    }
  }
  return f;
}

// Adds the rows of neighbour t to the neighbours' slots.
ANISOAP_FUNCTION void scatter(const ForceTask& task, int t, const PairForce<PackD>& f) {
  const PackD unit(task.pairs->inverse_length), zero(0.0);
  PackD low[4] = {zero - f.gradient[0] * unit, zero - f.gradient[1] * unit, zero - f.gradient[2] * unit, f.torque[0]};
  PackD high[4] = {f.torque[1], f.torque[2], zero, zero};
  alignas(64) double rows[kLanes][kSlot];
  double *first[kLanes], *second[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    first[lane] = rows[lane];
    second[lane] = rows[lane] + 4;
  }
  store_four(low, first);
  store_four(high, second);
  for (int lane = 0; lane < kLanes; ++lane) {
    if (t >= task.pairs->count[lane]) continue;
    double* slot = task.slots + static_cast<std::size_t>(task.slot[lane][t]) * kSlot;
    for (std::size_t k = 0; k < kSlot; k += kLanes) (PackD::load(slot + k) + PackD::load(rows[lane] + k)).store(slot + k);
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

// Picks the compiled code for the task's degree.
template <int D = kCompiledDegree>
void forces(const ForceTask& task) {
  if constexpr (D < 0) {
    forces_of_degree<-1>(task);
  } else if (task.pairs->degree == D && !task.pairs->steps) {
    forces_of_degree<D>(task);
  } else {
    forces<D - 1>(task);
  }
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
  const LocalResult<PackD> e = local_energy(*task.local, reinterpret_cast<const PackD*>(task.features),
                                            reinterpret_cast<PackD*>(task.gradient), reinterpret_cast<PackD*>(task.work));
  e.energy.store(task.energy);
  e.variance.store(task.variance);
  if (!task.members) return;
  const LocalEnergyView& local = *task.local;
  const PackD* members = committee_members(local, reinterpret_cast<PackD*>(task.work));
  for (int c = 0; c < local.n_networks; ++c) members[c].store(task.members + c * kLanes);
  pair_variance(local, reinterpret_cast<const PackD*>(task.features)).store(task.variance);
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
  return body;
}

// Derivatives of the moments: out[(axis) * n_moments + moment], with the cutoff function, translations per caller's length.
void moment_jacobian(const JacobianTask& task, PackD* m, PackD* out) {
  const DensityTask& pairs = *task.pairs;
  const Pair<PackD> p = gather<PackD>(pairs, 0);
  const PackD window(pairs.window), unit(pairs.inverse_length);
  const PairGaussian<PackD> g = pair_gaussian(p.r, p.shape, window);
  moments(g, pairs.steps, pairs.n_moments, m);
  const Taper taper = taper_at(squared_distance(p), pairs.cutoff, pairs.inverse_width);
  for (int i = 0; i < pairs.n_moments; ++i) {
    const PairForce<PackD> f = pair_force(g, p.r, window, moment_derivatives(m, task.lowered[i], i));
    for (int k = 0; k < 3; ++k) {
      out[k * pairs.n_moments + i] = unit * (taper.value * f.gradient[k] + taper.slope * p.r[k] * m[i]);
      out[(3 + k) * pairs.n_moments + i] = PackD(0.0) - taper.value * f.torque[k];
    }
  }
}

void jacobian_packs(const JacobianTask& task) {
  const int n_moments = task.pairs->n_moments;
  PackD* m = reinterpret_cast<PackD*>(task.work);
  PackD *derivatives = m + n_moments + 1, *tangent = derivatives + 6 * n_moments;
  PackD* rows = reinterpret_cast<PackD*>(task.rows);
  moment_jacobian(task, m, derivatives);
  for (int k = 0; k < task.n_coefficients; ++k) tangent[k] = PackD(0.0);
  for (int axis = 0; axis < 6; ++axis) {
    contract(*task.basis, derivatives + axis * n_moments, 1, task.species, tangent);
    power_spectrum_tangent(*task.basis, task.scale, task.coefficients, tangent, rows + axis * task.n_features);
  }
}

// Mean of the networks and its slopes by the invariants; rows 10 and on: the members.
PackD pair_networks(const TwoBodyPairView& pair, const PairInvariants<PackD>& v, PackD* slope, PackD* work, PackD* rows) {
  const int n_inputs = pair_inputs(pair.form);
  PackD *x = work, *gradient = x + n_inputs, *rest = gradient + n_inputs;
  for (int k = 0; k < n_inputs; ++k) {
    x[k] = (v.inputs[k] - PackD(pair.shift[k])) * PackD(pair.scale[k]);
    slope[k] = PackD(0.0);
  }
  PackD energy(0.0);
  for (int c = 0; c < pair.n_networks; ++c) {
    const PackD member = network(pair.networks[c], x, gradient, rest);
    energy = energy + member;
    rows[10 + c] = member;
    for (int k = 0; k < n_inputs; ++k) slope[k] = slope[k] + gradient[k];
  }
  const PackD share(1.0 / pair.n_networks);
  for (int k = 0; k < n_inputs; ++k) slope[k] = slope[k] * share * PackD(pair.scale[k]);
  return share * energy;
}

void two_body_packs(const TwoBodyTask& task) {
  const TwoBodyPairView& pair = *task.pair;
  PackD r[4];
  load_four(task.r, r);
  PairInvariants<PackD> v;
  pair_invariants(pair.form, r, load_body(task.bodies[0]), load_body(task.bodies[1]), v);
  PackD *work = reinterpret_cast<PackD*>(task.work), *rows = reinterpret_cast<PackD*>(task.rows);
  PackD slope[kMostPairInputs];
  const PackD energy = pair.n_networks > 0 ? pair_networks(pair, v, slope, work, rows)
                                           : pair_polynomial(pair.polynomial, pair.form, v, slope, work);
  const Taper taper = taper_at(v.r * v.r, task.cutoff, task.inverse_width);
  for (int k = 0; k < pair_inputs(pair.form); ++k) slope[k] = slope[k] * taper.value;
  const PairMotion<PackD> motion = pair_motion(pair.form, v, slope);
  const PackD radial = energy * taper.slope;
  rows[0] = energy * taper.value;
  for (int d = 0; d < 3; ++d) {
    rows[1 + d] = motion.r[d] + radial * r[d];
    rows[4 + d] = motion.turn[0][d];
    rows[7 + d] = motion.turn[1][d];
  }
  for (int c = 0; c < pair.n_networks; ++c) rows[10 + c] = rows[10 + c] * taper.value;
}

void pair_terms_packs(const PairTermsTask& task) {
  const TwoBodyPairView& pair = *task.pair;
  const PairPolynomialView& poly = pair.polynomial;
  PackD r[4];
  load_four(task.r, r);
  PairInvariants<PackD> v;
  pair_invariants(pair.form, r, load_body(task.bodies[0]), load_body(task.bodies[1]), v);
  PackD *mono = reinterpret_cast<PackD*>(task.work), *sum = reinterpret_cast<PackD*>(task.sums);
  monomials(poly, v.inputs + kRadialInputs, mono);
  Powers<PackD> p = powers_of(poly, v.u);
  const PackD factor = PackD::load(task.weight) * taper_at(v.r * v.r, task.cutoff, task.inverse_width).value;
  for (int k = 0; k < poly.n_powers; ++k) p.value[k] = p.value[k] * factor;
  for (int m = 0; m < poly.n_monomials; ++m)
    for (int k = 0; k < poly.n_powers; ++k, ++sum) *sum = *sum + p.value[k] * mono[m];
}

}  // namespace

extern const ForceKernels ANISOAP_JOIN(force_kernels_, ANISOAP_ISA);
const ForceKernels ANISOAP_JOIN(force_kernels_, ANISOAP_ISA){
    forces<>,         contract_adjoint_packs, power_spectrum_adjoint_packs, local_energy_packs, two_body_packs,
    pair_terms_packs, jacobian_packs};

}  // namespace anisoap
