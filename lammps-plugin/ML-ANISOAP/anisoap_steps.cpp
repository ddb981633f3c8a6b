/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_steps.h"

#include "anisoap_ranks.h"

#include "error.h"
#include "lammps.h"
#include "update.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

void AniSOAPSteps::take_steps(LAMMPS *lmp, const std::string &style)
{
  std::string problem = gather();
  if (problem.empty()) problem = evaluate();
  problem = AniSOAPRanks::first_problem(problem, lmp->world);
  if (!problem.empty())
    lmp->error->all(FLERR, Error::NOLASTLINE,
                    style + ": " + problem + " (timestep " + std::to_string(lmp->update->ntimestep) + ")");
  spread();
}
