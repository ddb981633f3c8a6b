/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_evaluation.h"

#include "anisoap_particles.h"

#include <algorithm>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

AniSOAPEvaluation::AniSOAPEvaluation(const anisoap::Model &model, int nthreads) :
    potential(model), batch(potential.make_batch(nthreads))
{
}

/* ---------------------------------------------------------------------- */

void AniSOAPEvaluation::run(AniSOAPParticles &particles, const std::vector<int> &species_of_type, Wanted wanted, int nthreads)
{
  options.num_threads = nthreads;
  if (on_device) return run_on_device(particles, species_of_type, wanted);
  particles.place(species_of_type, batch, potential.cutoff());
  const std::size_t rows = particles.atoms().size();
  clear(rows, wanted);
  stride = 3;
  torques = 3 * rows;
  motion.assign(6 * rows, 0.0);
  results.forces = motion.data();
  results.torques = motion.data() + torques;
  centres.clear();
  for (const auto &centre : batch.centres())
    if (centre.row < particles.n_owned()) centres.push_back(centre);
  if (centres.empty()) return;
  const anisoap::PotentialInput input{&batch.table(), &batch, &centres, &batch.centres(), particles.ids()};
  potential.compute(input, results, options);
}

/* ---------------------------------------------------------------------- */

void AniSOAPEvaluation::use_device()
{
  if (!on_device) on_device = anisoap::device::make_potential(potential.model());
}

/* ----------------------------------------------------------------------
   Ghosts are no centres. Uncertainties are of whole pairs, without numbers.
------------------------------------------------------------------------- */

void AniSOAPEvaluation::run_on_device(AniSOAPParticles &particles, const std::vector<int> &species_of_type, Wanted wanted)
{
  anisoap::device::FrameSet set;
  set.frames = {particles.frame(species_of_type, potential.cutoff())};
  set.n_centres = particles.n_owned();
  set.numbers = particles.ids();
  set.num_threads = options.num_threads;
  clear(set.frames[0].n, wanted);
  stride = 6;
  torques = 3;
  motion.resize(6 * set.frames[0].n);
  if (set.n_centres == 0) {
    std::fill(motion.begin(), motion.end(), 0.0);
    return;
  }
  on_device->compute(set,
                     {&results.energy, results.virial, results.energies, nullptr, nullptr, results.virials, results.uncertainties,
                      results.grades, motion.data(), results.centroid_virials});
}

/* ---------------------------------------------------------------------- */

void AniSOAPEvaluation::clear(std::size_t rows, Wanted wanted)
{
  const auto zeros = [rows](std::vector<double> &values, std::size_t columns) {
    values.assign(rows * columns, 0.0);
    return values.data();
  };
  results = anisoap::PotentialResults();
  if (wanted.energies) results.energies = zeros(energies, 1);
  if (wanted.virials) results.virials = zeros(virials, 9);
  if (wanted.centroid_virials) results.centroid_virials = zeros(centroid_virials, 9);
  if (wanted.uncertainties) results.uncertainties = zeros(uncertainties, 1);
  if (wanted.grades) results.grades = zeros(grades, 1);
}

/* ---------------------------------------------------------------------- */

double AniSOAPEvaluation::memory_usage() const
{
  const std::size_t doubles = energies.capacity() + motion.capacity() + virials.capacity() + centroid_virials.capacity() +
      uncertainties.capacity() + grades.capacity();
  return static_cast<double>(batch.memory_bytes() + centres.capacity() * sizeof(anisoap::Centre) + doubles * sizeof(double));
}
