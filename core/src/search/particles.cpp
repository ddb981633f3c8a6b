// SPDX-License-Identifier: MIT
#include "anisoap/particles.hpp"

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

void ParticleTable::resize(std::size_t n, bool with_bodies, bool with_shapes) {
  x.resize(n + kPadding);
  y.resize(n + kPadding);
  z.resize(n + kPadding);
  species.resize(n);
  shapes.resize(with_shapes ? n : 0);
  bodies.resize(with_bodies ? n : 0);
}

ParticleFault ParticleTable::set(std::size_t k, const double* position, const double* q, const double* diameter,
                                 int species_index, const TableRules& rules) {
  detail::Shape<double> no_shape;
  detail::Body<double> no_body;
  const ParticleFault fault = detail::make_particle(position, q, diameter, species_index, rules,
                                                    rules.shapes ? shapes[k] : no_shape, rules.bodies ? bodies[k] : no_body);
  if (fault != ParticleFault::Ok) return fault;
  x[k] = position[0];
  y[k] = position[1];
  z[k] = position[2];
  species[k] = species_index;
  return ParticleFault::Ok;
}

std::size_t ParticleTable::memory_bytes() const {
  return 3 * x.capacity() * sizeof(double) + species.capacity() * sizeof(int) + shapes.capacity() * sizeof(shapes[0]) +
         bodies.capacity() * sizeof(bodies[0]);
}

}  // namespace anisoap
