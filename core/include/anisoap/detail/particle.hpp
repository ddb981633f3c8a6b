// SPDX-License-Identifier: MIT
// One particle's input checked and turned into what pairs read.
#pragma once

#include "anisoap/detail/shape.hpp"

namespace anisoap::detail {

// What is wrong with a particle's input; Ok when nothing is.
enum class ParticleFault { Ok, Position, Quaternion, ZeroQuaternion, Diameter, Proportion, Species };

// How particles become shapes and bodies.
struct TableRules {
  int n_species = 1;
  double length = 1.0;         // basis length
  double window = 1.0;         // 1 gto, 0 monomial (see Basis)
  double density_scale = 1.0;  // semi-axes of the density as a fraction of the particle's
  bool bodies = false;         // also keep what two-body terms read
  bool shapes = true;          // keep what densities read
};

ANISOAP_FUNCTION bool is_finite(double x) { return x - x == 0; }

// q: (w, x, y, z), of any norm but zero, to a unit quaternion; one whose square may overflow or underflow is scaled first.
ANISOAP_FUNCTION ParticleFault unit_quaternion(const double* q, double* unit) {
  double norm_squared = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
  for (int i = 0; i < 4; ++i) unit[i] = q[i];
  if (!(norm_squared > 1e-200 && norm_squared < 1e200)) {
    double largest = 0;
    for (int i = 0; i < 4; ++i) {
      if (!is_finite(q[i])) return ParticleFault::Quaternion;
      largest = abs(q[i]) > largest ? abs(q[i]) : largest;
    }
    if (largest == 0) return ParticleFault::ZeroQuaternion;
    norm_squared = 0;
    for (int i = 0; i < 4; ++i) {
      unit[i] = q[i] / largest;
      norm_squared += unit[i] * unit[i];
    }
  }
  const double inverse = 1 / sqrt(norm_squared);
  for (int i = 0; i < 4; ++i) unit[i] *= inverse;
  return ParticleFault::Ok;
}

// position, diameter: [3]. body and shape are left alone unless the rules ask for them.
ANISOAP_FUNCTION ParticleFault make_particle(const double* position, const double* q, const double* diameter, int species,
                                             const TableRules& rules, Shape<double>& shape, Body<double>& body) {
  if (!is_finite(position[0] + position[1] + position[2])) return ParticleFault::Position;
  double unit[4];
  const ParticleFault turned = unit_quaternion(q, unit);
  if (turned != ParticleFault::Ok) return turned;
  for (int i = 0; i < 3; ++i)
    if (!(diameter[i] > 0 && is_finite(diameter[i]))) return ParticleFault::Diameter;
  if (species < 0 || species >= rules.n_species) return ParticleFault::Species;
  if (rules.shapes) {
    double a[3];
    for (int i = 0; i < 3; ++i) a[i] = 0.5 * diameter[i] * rules.density_scale / rules.length;
    shape = make_shape(unit, a, rules.window);
    for (double c : shape.c)
      if (!is_finite(c)) return ParticleFault::Proportion;
    if (!(shape.weight > 0)) return ParticleFault::Proportion;
  }
  if (!rules.bodies) return ParticleFault::Ok;
  body = make_body(unit, diameter);
  for (double s : body.half_squared)
    if (!is_finite(s)) return ParticleFault::Proportion;
  return ParticleFault::Ok;
}

}  // namespace anisoap::detail
