/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Labels of atom types, as commands give them, and species.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_LABELS_H
#define LMP_ANISOAP_LABELS_H

#include <string>
#include <vector>

namespace LAMMPS_NS {
namespace AniSOAPLabels {

// a type of this label is neither centre nor neighbor
constexpr const char *NONE = "NULL";

// index in `species`; -1 for NONE and for a label that is unknown
int species_of(const std::string &label, const std::vector<std::string> &species);

// [labels + 1] of atom types 1, 2, ...
std::vector<int> species_of_types(const std::vector<std::string> &labels, const std::vector<std::string> &species);

// index of the first label that is neither NONE nor a species, -1 where none is
int first_unknown(const std::vector<std::string> &labels, const std::vector<std::string> &species);

// whether a type has a species
bool has_any(const std::vector<int> &species_of_type);

// "A, B, NULL"
std::string joined(const std::vector<std::string> &words);

}    // namespace AniSOAPLabels
}    // namespace LAMMPS_NS

#endif
