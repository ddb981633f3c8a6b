/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Tells a compute anisoap that a run has ended, since the next command may
   change atoms or box. Not a style of its own; the compute makes it.
------------------------------------------------------------------------- */

#ifndef LMP_FIX_ANISOAP_END_H
#define LMP_FIX_ANISOAP_END_H

#include "fix.h"

namespace LAMMPS_NS {

class FixAniSOAPEnd : public Fix {
 public:
  FixAniSOAPEnd(class LAMMPS *, int, char **);    // ID all ANISOAP/END COMPUTE-ID
  static void attach(class LAMMPS *, const std::string &id, const std::string &id_compute);
  int setmask() override { return 0; }
  void post_run() override;

 private:
  std::string id_compute;
};

}    // namespace LAMMPS_NS

#endif
