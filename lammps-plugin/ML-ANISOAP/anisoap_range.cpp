/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Images of owned atoms take the place of ghosts: the check comes before
   the first step, whatever the style keeps of ghosts.
------------------------------------------------------------------------- */

#include "anisoap_range.h"

#include "anisoap_particles.h"
#include "anisoap_ranks.h"

#include "comm.h"
#include "error.h"

#include <algorithm>
#include <exception>
#include <limits>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

AniSOAPRange::AniSOAPRange(LAMMPS *lmp, const anisoap::Model &model, const std::string &_file) :
    Pointers(lmp), file(_file), range(anisoap::training_range(model))
{
  if (range.trained && !range.known() && !model.two_body.empty() && comm->me == 0)
    error->warning(FLERR, "Pair anisoap: {} does not say which contacts and diameters it was trained on; they are not checked",
                   file);
}

/* ----------------------------------------------------------------------
   what is wrong beside shapes is told by the step that follows
------------------------------------------------------------------------- */

std::string AniSOAPRange::check(AniSOAPParticles &particles, const std::vector<int> &species_of_type, bool any_shape)
{
  if (!range.known()) return "";
  std::string problem = particles.missing_shape(species_of_type);
  if (!AniSOAPRanks::first_problem(problem, world).empty() || !particles.gather_images(0.0).empty()) return "";
  const anisoap::FrameView own = particles.frame(species_of_type);
  problem = any_shape ? "" : wrong_shape(particles, own);
  problem = AniSOAPRanks::first_problem(problem, world);
  if (!problem.empty() || warned) return problem;
  const double largest = AniSOAPRanks::largest(anisoap::largest_diameter(own), world);
  const double reach = anisoap::reach(range, largest);
  if (reach <= 0.0 || !particles.gather_images(reach).empty()) return "";
  auto gaps = closest(particles.frame(species_of_type));
  for (double &gap : gaps) gap = -AniSOAPRanks::largest(-gap, world);
  warn(gaps, anisoap::TrainingRange::kRounding * largest);
  return "";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPRange::wrong_shape(AniSOAPParticles &particles, const anisoap::FrameView &frame) const
{
  try {
    anisoap::require_trained_diameters(range, frame);
  } catch (const std::exception &e) {
    return particles.problem_of(e) + " (" + file + ")";
  }
  return "";
}

/* ----------------------------------------------------------------------
   a frame that cannot be read is refused by the step that follows
------------------------------------------------------------------------- */

std::vector<double> AniSOAPRange::closest(const anisoap::FrameView &frame) const
{
  std::vector<double> none(range.contacts.size(), std::numeric_limits<double>::infinity());
  try {
    return frame.n ? anisoap::closest_gaps(range, frame, comm->nthreads) : none;
  } catch (const std::exception &) {
    return none;
  }
}

/* ---------------------------------------------------------------------- */

void AniSOAPRange::warn(const std::vector<double> &gaps, double rounding)
{
  for (std::size_t k = 0; k < gaps.size(); k++) {
    const auto &contact = range.contacts[k];
    if (gaps[k] >= contact.gap - rounding) continue;
    warned = true;
    if (comm->me == 0)
      error->warning(FLERR,
                     "Pair anisoap: {} and {} are closer than in the training of {}: gap {} between their surfaces, there {} or "
                     "more",
                     range.species[static_cast<std::size_t>(contact.species[0])],
                     range.species[static_cast<std::size_t>(contact.species[1])], file, AniSOAPParticles::text(gaps[k]),
                     AniSOAPParticles::text(contact.gap));
  }
}
