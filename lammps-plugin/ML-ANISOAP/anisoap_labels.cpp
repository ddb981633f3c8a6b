/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_labels.h"

#include <algorithm>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

int AniSOAPLabels::species_of(const std::string &label, const std::vector<std::string> &species)
{
  if (label == NONE) return -1;
  const auto found = std::find(species.begin(), species.end(), label);
  return found == species.end() ? -1 : static_cast<int>(found - species.begin());
}

/* ---------------------------------------------------------------------- */

std::vector<int> AniSOAPLabels::species_of_types(const std::vector<std::string> &labels, const std::vector<std::string> &species)
{
  std::vector<int> of_type(1, -1);
  for (const auto &label : labels) of_type.push_back(species_of(label, species));
  return of_type;
}

/* ---------------------------------------------------------------------- */

int AniSOAPLabels::first_unknown(const std::vector<std::string> &labels, const std::vector<std::string> &species)
{
  for (std::size_t k = 0; k < labels.size(); k++)
    if (labels[k] != NONE && species_of(labels[k], species) < 0) return static_cast<int>(k);
  return -1;
}

/* ---------------------------------------------------------------------- */

bool AniSOAPLabels::has_any(const std::vector<int> &species_of_type)
{
  return std::any_of(species_of_type.begin(), species_of_type.end(), [](int s) { return s >= 0; });
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPLabels::joined(const std::vector<std::string> &words)
{
  std::string text;
  for (const auto &word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}
