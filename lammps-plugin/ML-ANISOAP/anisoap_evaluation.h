/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   A potential of the AniSOAP core on owned and ghost atoms.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_EVALUATION_H
#define LMP_ANISOAP_EVALUATION_H

#include "anisoap/device.hpp"
#include "anisoap/potential.hpp"

#include <memory>

namespace LAMMPS_NS {

class AniSOAPEvaluation {
 public:
  AniSOAPEvaluation(const anisoap::Model &model, int nthreads);

  // what is computed beside energy, forces, torques and virial
  struct Wanted {
    bool energies, virials, centroid_virials, uncertainties, grades;
  };

  // Owned atoms are the centres. Fills results, with a row for each row of the particles; throws as the core does.
  void run(class AniSOAPParticles &particles, const std::vector<int> &species_of_type, Wanted wanted, int nthreads);

  // from now on on the device that was started
  void use_device();

  const anisoap::Potential potential;
  anisoap::PotentialResults results;    // but for forces and torques
  const double *force(std::size_t row) const { return motion.data() + stride * row; }
  const double *torque(std::size_t row) const { return motion.data() + torques + stride * row; }
  double memory_usage() const;

 private:
  anisoap::FrameBatch batch;    // one open frame: owned atoms, then ghosts
  anisoap::Options options;
  std::vector<anisoap::Centre> centres;                     // owned atoms
  std::unique_ptr<anisoap::device::Potential> on_device;    // nullptr: on the processor
  std::vector<double> motion;                               // forces, then torques; on a device both row by row
  std::size_t stride = 3, torques = 0;                      // of a row; where torques start
  std::vector<double> energies, virials, centroid_virials, uncertainties, grades;

  void run_on_device(class AniSOAPParticles &particles, const std::vector<int> &species_of_type, Wanted wanted);
  void clear(std::size_t rows, Wanted wanted);    // but for forces and torques
};

}    // namespace LAMMPS_NS

#endif
