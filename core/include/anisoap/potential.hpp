// SPDX-License-Identifier: MIT
// Energy, forces, torques and virial of a model, all terms in one pass over the neighbours of each centre; uncertainties of
// two-body polynomials beside a many-body term take a second one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "anisoap/basis.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/model.hpp"
#include "anisoap/options.hpp"

namespace anisoap {

// Where results go; every array may be nullptr. Arrays of particles run over rows 0..n_rows-1 of the table's centres and are
// added to, not overwritten: the caller clears them.
struct PotentialResults {
  double energy = 0.0;                 // sum over the centres; overwritten
  double virial[9] = {};               // W_ab = -sum over pairs r_a (dphi/dr)_b, row major; overwritten
  double* energies = nullptr;          // [n_rows] local energies; half of each two-body energy goes to either centre
  double* forces = nullptr;            // [n_rows*3] energy / length
  double* torques = nullptr;           // [n_rows*3] energy, space frame, about each particle's centre
  double* virials = nullptr;           // [n_rows*9] half of each pair's W to either particle
  double* centroid_virials = nullptr;  // [n_rows*9] of j: sum over i of (x_j - x_i) (-dE_i/dx_j), for heat fluxes
  double* uncertainties = nullptr;     // [n_rows] standard deviation of the local energy; overwritten for centres
  double* grades = nullptr;            // [n_rows] extrapolation grade; overwritten for centres
};

// Particles, their neighbours and which of them are centres, as FrameBatch makes them. Rows of all particles of the table are
// given, ghosts included: forces on them are added to their rows.
struct PotentialInput {
  const ParticleTable* table = nullptr;
  const NeighborSource* source = nullptr;
  const std::vector<Centre>* centres = nullptr;    // whose energies count
  const std::vector<Centre>* particles = nullptr;  // all of the table: particle -> row, in table order
  // [n_rows] the same number for a particle and its ghosts, wherever they are, or nullptr. Given, a two-body pair of a centre and
  // a ghost is evaluated on one side only, and half of its energy goes to the ghost's row, to be sent back like forces. Not used
  // where uncertainties are asked for.
  const std::int64_t* ids = nullptr;
};

// The model itself. Throws std::invalid_argument as Model::validate does, and for a model without a cutoff function unless it
// allows that: its energies jump.
const Model& checked_potential(const Model& model);

class Potential {
 public:
  // Throws std::invalid_argument as Model::validate and Basis do, and for a model without a cutoff function unless it allows
  // that.
  explicit Potential(const Model& model, const std::string& instruction_set = "", bool compiled_degrees = true);
  ~Potential();
  Potential(Potential&&) noexcept;

  const Model& model() const;
  const Basis& basis() const;
  double cutoff() const;  // of the neighbour search

  // An empty batch that this potential can read: its cutoff, density_scale and bodies.
  FrameBatch make_batch(int num_threads = 0) const;

  // Results do not depend on the number of threads, to the bit.
  void compute(const PotentialInput& input, PotentialResults& results, const Options& options = {}) const;
  // All frames of a batch at once; energy and virial are their sums. Use one frame per batch to tell them apart.
  void compute(const FrameBatch& batch, PotentialResults& results, const Options& options = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace anisoap
