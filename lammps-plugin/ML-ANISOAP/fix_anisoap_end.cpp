/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "fix_anisoap_end.h"

#include "compute_anisoap.h"
#include "modify.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

FixAniSOAPEnd::FixAniSOAPEnd(LAMMPS *lmp, int narg, char **arg) : Fix(lmp, narg, arg), id_compute(arg[3]) {}

/* ----------------------------------------------------------------------
   the style is known to LAMMPS for this one command only
------------------------------------------------------------------------- */

void FixAniSOAPEnd::attach(LAMMPS *lmp, const std::string &id, const std::string &id_compute)
{
  static const std::string name = "ANISOAP/END";
  auto &styles = *lmp->modify->fix_map;
  styles[name] = [](LAMMPS *made_for, int narg, char **arg) -> Fix * { return new FixAniSOAPEnd(made_for, narg, arg); };
  lmp->modify->add_fix(id + " all " + name + " " + id_compute);
  styles.erase(name);
}

/* ----------------------------------------------------------------------
   variables may still read what the last step gave, as LAMMPS has it
------------------------------------------------------------------------- */

void FixAniSOAPEnd::post_run()
{
  auto *compute = dynamic_cast<ComputeAniSOAP *>(modify->get_compute_by_id(id_compute));
  if (compute) compute->end_run();
}
