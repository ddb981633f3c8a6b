/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "compute_anisoap_kokkos.h"

#include "anisoap_kokkos.h"

#include "atom_kokkos.h"
#include "error.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

ComputeAniSOAPKokkos::ComputeAniSOAPKokkos(LAMMPS *lmp, int narg, char **arg) : ComputeAniSOAP(lmp, narg, arg)
{
  kokkosable = 1;
  atomKK = dynamic_cast<AtomKokkos *>(atom);
  execution_space = Host;
  datamask_read = AniSOAPKokkos::PARTICLES;
  datamask_modify = EMPTY_MASK;
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAPKokkos::init()
{
  const std::string problem = AniSOAPKokkos::wrong_communication(lmp);
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Compute anisoap/kk: " + problem);
  ComputeAniSOAP::init();
}

/* ----------------------------------------------------------------------
   LAMMPS calls a compute without reading its masks
------------------------------------------------------------------------- */

std::string ComputeAniSOAPKokkos::gather()
{
  atomKK->sync(execution_space, datamask_read);
  return ComputeAniSOAP::gather();
}
