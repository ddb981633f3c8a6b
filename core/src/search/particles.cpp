// SPDX-License-Identifier: MIT
#include "anisoap/particles.hpp"

#include <cmath>

namespace anisoap {

const char* describe(ParticleFault fault) {
  switch (fault) {
    case ParticleFault::Ok:
      return "ok";
    case ParticleFault::Position:
      return "position is not finite";
    case ParticleFault::Quaternion:
      return "quaternion is not finite";
    case ParticleFault::ZeroQuaternion:
      return "quaternion is zero";
    case ParticleFault::Diameter:
      return "diameter is zero, negative or not finite";
    case ParticleFault::Proportion:
      return "diameter is out of all proportion to the basis length";
    case ParticleFault::Species:
      return "species is unknown";
  }
  return "";
}

void ParticleTable::resize(std::size_t n, bool with_bodies) {
  x.resize(n + kPadding);
  y.resize(n + kPadding);
  z.resize(n + kPadding);
  species.resize(n);
  shapes.resize(n);
  bodies.resize(with_bodies ? n : 0);
}

ParticleFault ParticleTable::set(std::size_t k, const double* position, const double* q, const double* diameter,
                                 int species_index, const TableRules& rules) {
  if (!std::isfinite(position[0] + position[1] + position[2])) return ParticleFault::Position;
  const double largest = std::fmax(std::fmax(std::fabs(q[0]), std::fabs(q[1])), std::fmax(std::fabs(q[2]), std::fabs(q[3])));
  if (!(std::isfinite(q[0]) && std::isfinite(q[1]) && std::isfinite(q[2]) && std::isfinite(q[3])))
    return ParticleFault::Quaternion;
  if (largest == 0) return ParticleFault::ZeroQuaternion;
  double unit[4], norm_squared = 0, a[3];
  for (int i = 0; i < 4; ++i) {
    unit[i] = q[i] / largest;  // no overflow or underflow in the norm
    norm_squared += unit[i] * unit[i];
  }
  for (int i = 0; i < 4; ++i) unit[i] /= std::sqrt(norm_squared);
  for (int i = 0; i < 3; ++i) {
    if (!(diameter[i] > 0 && std::isfinite(diameter[i]))) return ParticleFault::Diameter;
    a[i] = 0.5 * diameter[i] * rules.density_scale / rules.length;
  }
  if (species_index < 0 || species_index >= rules.n_species) return ParticleFault::Species;
  const detail::Shape<double> shape = detail::make_shape(unit, a, rules.window);
  for (double c : shape.c)
    if (!std::isfinite(c)) return ParticleFault::Proportion;
  if (!(shape.weight > 0)) return ParticleFault::Proportion;
  x[k] = position[0];
  y[k] = position[1];
  z[k] = position[2];
  species[k] = species_index;
  shapes[k] = shape;
  if (rules.bodies) bodies[k] = detail::make_body(unit, diameter);
  return ParticleFault::Ok;
}

std::size_t ParticleTable::memory_bytes() const {
  return 3 * x.capacity() * sizeof(double) + species.capacity() * sizeof(int) + shapes.capacity() * sizeof(shapes[0]) +
         bodies.capacity() * sizeof(bodies[0]);
}

}  // namespace anisoap
