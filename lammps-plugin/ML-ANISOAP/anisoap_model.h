/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   The words of a `pair_coeff * * MODEL.json S1 S2 ...` command as a model
   of the AniSOAP core in the units of the simulation.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_MODEL_H
#define LMP_ANISOAP_MODEL_H

#include "pointers.h"

#include "anisoap/model.hpp"

namespace LAMMPS_NS {

class AniSOAPModel : protected Pointers {
 public:
  // labels: one for each atom type
  AniSOAPModel(class LAMMPS *, const std::string &file, const std::vector<std::string> &labels);

  // reads the file; what is wrong, alike on all ranks, empty when nothing is
  std::string load(anisoap::Model &model);

  const std::string file;
  const std::vector<std::string> labels;    // [ntypes]
  std::string checksum;
  std::vector<int> species_of_type;    // [ntypes + 1], -1 for NULL

  // "1 = A, 2 = NULL"
  std::string species_map() const;
  // diameters [3 * (ntypes + 1)] of the model's training, zeros for NULL; what is wrong, empty when nothing is
  std::string trained_diameters(const anisoap::Model &model, std::vector<double> &of_type) const;
  // labels as element names of a dump, X for NULL
  std::string elements() const;

 private:
  std::string read(anisoap::Model &model);
  std::string assign_species(const std::vector<std::string> &known);
};

}    // namespace LAMMPS_NS

#endif
