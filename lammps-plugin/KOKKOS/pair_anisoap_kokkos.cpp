/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "pair_anisoap_kokkos.h"

#include "anisoap_kokkos.h"

#include "atom_kokkos.h"
#include "error.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

PairAniSOAPKokkos::PairAniSOAPKokkos(LAMMPS *lmp) : PairAniSOAP(lmp)
{
  kokkosable = 1;
  atomKK = dynamic_cast<AtomKokkos *>(atom);
  execution_space = Host;
  datamask_read = AniSOAPKokkos::PARTICLES | AniSOAPKokkos::FORCES;
  datamask_modify = AniSOAPKokkos::FORCES;
}

/* ---------------------------------------------------------------------- */

void PairAniSOAPKokkos::init_style()
{
  std::string problem = AniSOAPKokkos::wrong_newton(lmp);
  if (problem.empty()) problem = AniSOAPKokkos::wrong_communication(lmp);
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Pair anisoap/kk: " + problem);
  PairAniSOAP::init_style();
}

/* ----------------------------------------------------------------------
   not every caller of compute() reads the masks
------------------------------------------------------------------------- */

std::string PairAniSOAPKokkos::gather()
{
  atomKK->sync(execution_space, datamask_read);
  return PairAniSOAP::gather();
}

/* ---------------------------------------------------------------------- */

void PairAniSOAPKokkos::spread()
{
  PairAniSOAP::spread();
  atomKK->modified(execution_space, datamask_modify);
}
