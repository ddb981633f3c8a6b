/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Shapes and contacts of the simulation beside those that a model was
   trained on.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_RANGE_H
#define LMP_ANISOAP_RANGE_H

#include "pointers.h"

#include "anisoap/training_range.hpp"

namespace LAMMPS_NS {

class AniSOAPRange : protected Pointers {
 public:
  // file: of the model, for texts; warns of a model that does not know its range
  AniSOAPRange(class LAMMPS *, const anisoap::Model &, const std::string &file);

  // Diameters that are out of range, alike on all ranks, empty when none are or any_shape. Warns, once, of contacts closer than
  // those of the training. Collective.
  std::string check(class AniSOAPParticles &, const std::vector<int> &species_of_type, bool any_shape);

 private:
  std::string file;
  anisoap::TrainingRange range;
  bool warned = false;

  std::string wrong_shape(class AniSOAPParticles &, const anisoap::FrameView &) const;
  std::vector<double> closest(const anisoap::FrameView &) const;
  void warn(const std::vector<double> &gaps, double rounding);
};

}    // namespace LAMMPS_NS

#endif
