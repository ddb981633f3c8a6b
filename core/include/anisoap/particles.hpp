// SPDX-License-Identifier: MIT
// Particles as the callers hold them, and the table that formulas read.
// Quaternions are (w, x, y, z) and rotate body axes into the space frame; diameters are full lengths (semi-axis = d / 2).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/detail/particle.hpp"

namespace anisoap {

// Entries past the end of coordinate arrays that packs may read.
constexpr std::size_t kPadding = 8;

using detail::ParticleFault;
using detail::TableRules;

// One sentence for error messages, such as "diameter is zero, negative or not finite".
const char* describe(ParticleFault fault);

// Particles in the order of a search. Positions stay in the caller's unit; shapes are in units of the basis length.
class ParticleTable {
 public:
  // Bodies and shapes of new entries are not set.
  void resize(std::size_t n, bool with_bodies = false, bool with_shapes = true);
  std::size_t size() const { return species.size(); }

  // Fills entry k and says what is wrong with it. q: (w, x, y, z), any non-zero norm; diameter: [3].
  ParticleFault set(std::size_t k, const double* position, const double* q, const double* diameter, int species_index,
                    const TableRules& rules);

  std::size_t memory_bytes() const;

  std::vector<double> x, y, z;                // [n + kPadding]
  std::vector<int> species;                   // [n]
  UnsetVector<detail::Shape<double>> shapes;  // [n], or empty
  UnsetVector<detail::Body<double>> bodies;   // [n], or empty
};

}  // namespace anisoap
