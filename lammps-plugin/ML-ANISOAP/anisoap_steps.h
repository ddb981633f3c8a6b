/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   The order of steps of compute anisoap and pair_style anisoap. A style on
   another execution space replaces steps and keeps the order.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_STEPS_H
#define LMP_ANISOAP_STEPS_H

#include <string>

namespace LAMMPS_NS {

class AniSOAPSteps {
 protected:
  ~AniSOAPSteps() = default;    // never deleted as this class

  // gathers, evaluates and spreads; an error of all ranks, headed by `style`, where one of them has a problem
  void take_steps(class LAMMPS *lmp, const std::string &style);

  // an error of all ranks where the problem of one of them is not empty
  static void refuse(class LAMMPS *lmp, const std::string &style, const std::string &problem);

  // Owned atoms and their surroundings, with communication; the core on them. Both say what is wrong, empty when nothing is.
  virtual std::string gather() = 0;
  virtual std::string evaluate() = 0;
  virtual void spread() = 0;    // results to LAMMPS's arrays
};

}    // namespace LAMMPS_NS

#endif
