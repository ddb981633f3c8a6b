/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_kokkos.h"

#include "atom.h"
#include "comm.h"
#include "error.h"
#include "force.h"
#include "kokkos.h"
#include "lammps.h"
#include "neighbor.h"

#include "anisoap/basis.hpp"
#include "anisoap/kokkos/launch/density_step.hpp"

#include <cstdlib>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

bool AniSOAPKokkos::wants_portable(LAMMPS *lmp)
{
  const char *given = std::getenv("ANISOAP_KOKKOS_KERNELS");
  const std::string word = given ? given : "vectorised";
  if (word != "portable" && word != "vectorised")
    lmp->error->all(FLERR, Error::NOLASTLINE,
                    "anisoap/kk: environment variable ANISOAP_KOKKOS_KERNELS is '" + word + "'; expected vectorised or portable");
  return word == "portable";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPKokkos::out_of_memory(LAMMPS *lmp)
{
  return "memory of the device is not enough for " + std::to_string(lmp->atom->nlocal) +
      " atoms; expected fewer atoms on each device, or a smaller cutoff or neighbor skin";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPKokkos::no_device()
{
  return "keyword 'device' of a style that runs where -k on of the command line says; expected the style without /kk";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPKokkos::no_ids(LAMMPS *lmp)
{
  return lmp->atom->tag_enable ? "" : "sort yes with atoms without IDs; expected atom_modify id yes, or sort no";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPKokkos::wrong_communication(LAMMPS *lmp)
{
  if (lmp->comm->style != Comm::TILED) return "";
  return "comm_style tiled, with which LAMMPS under KOKKOS loses data of ellipsoids; expected comm_style brick";
}

/* ----------------------------------------------------------------------
   neigh full is LAMMPS's default on GPUs, and forces newton off
------------------------------------------------------------------------- */

std::string AniSOAPKokkos::wrong_newton(LAMMPS *lmp)
{
  const bool full = lmp->kokkos->neighflag == FULL, newton = lmp->force->newton_pair != 0;
  if (!full && newton) return "";
  return std::string("got newton ") + (newton ? "on" : "off") + " neigh " + (full ? "full" : "half") +
      " of package kokkos; expected newton on neigh half (on the command line: -pk kokkos newton on neigh half)";
}

/* ---------------------------------------------------------------------- */

void AniSOAPKokkos::warn_of_slowness(LAMMPS *lmp, const std::string &style, const anisoap::Hypers &hypers,
                                     const std::string &space)
{
  const std::string slowness = anisoap::kokkos::slowness(anisoap::Basis(hypers).degree(), space);
  if (!slowness.empty() && lmp->comm->me == 0) lmp->error->warning(FLERR, "{}: {}", style, slowness);
}

/* ----------------------------------------------------------------------
   LAMMPS sets its flag of exclusions after it has asked the styles
------------------------------------------------------------------------- */

std::string AniSOAPKokkos::left_out(LAMMPS *lmp)
{
  const auto *neighbor = lmp->neighbor;
  if (neighbor->nex_type || neighbor->nex_group || neighbor->nex_mol)
    return "neigh_modify exclude leaves pairs out of its neighbor list; expected none";
  if (neighbor->includegroup) return "neigh_modify include leaves pairs out of its neighbor list; expected none";
  if (lmp->atom->molecular == Atom::ATOMIC) return "";
  for (int k = 1; k <= 3; k++)
    if (lmp->force->special_lj[k] == 0.0 && lmp->force->special_coul[k] == 0.0)
      return "special_bonds with a factor 0 leaves bonded pairs out of its neighbor list; expected factors above 0, such as "
             "special_bonds lj/coul 1e-20 1e-20 1e-20";
  return "";
}
