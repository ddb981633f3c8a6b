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
  refuse(lmp, style, problem);
  spread();
}

/* ---------------------------------------------------------------------- */

void AniSOAPSteps::refuse(LAMMPS *lmp, const std::string &style, const std::string &problem)
{
  const std::string first = AniSOAPRanks::first_problem(problem, lmp->world);
  if (!first.empty())
    lmp->error->all(FLERR, Error::NOLASTLINE,
                    style + ": " + first + " (timestep " + std::to_string(lmp->update->ntimestep) + ")");
}
