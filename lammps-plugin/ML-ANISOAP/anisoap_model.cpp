/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_model.h"

#include "anisoap_labels.h"
#include "anisoap_ranks.h"

#include "update.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <exception>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

AniSOAPModel::AniSOAPModel(LAMMPS *lmp, const std::string &_file, const std::vector<std::string> &_labels) :
    Pointers(lmp), file(_file), labels(_labels)
{
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPModel::load(anisoap::Model &model)
{
  const std::string style = update->unit_style;
  if (style != "metal" && style != "real" && style != "lj")
    return "units " + style + "; expected units metal, real or lj for a model";
  std::string problem = read(model);
  if (problem.empty()) problem = assign_species(model.hypers.species);
  return problem;
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPModel::read(anisoap::Model &model)
{
  std::string content;
  if (!AniSOAPRanks::read_file(utils::get_potential_file_path(file), content, world))
    return "cannot read model file '" + file + "'";
  try {
    model = anisoap::Model::from_json(content);
    checksum = model.checksum();
    model = anisoap::converted(model, anisoap::units_from_name(update->unit_style));
  } catch (const std::exception &e) {
    return anisoap::text_of(e) + " (" + file + ")";
  }
  return "";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPModel::assign_species(const std::vector<std::string> &known)
{
  const std::string names = AniSOAPLabels::joined(known);
  const int unknown = AniSOAPLabels::first_unknown(labels, known);
  if (unknown >= 0) {
    const std::string &label = labels[static_cast<std::size_t>(unknown)];
    return "label '" + label + "'" + anisoap::did_you_mean(label, known) + "; expected NULL or a species of " + file + ": " +
        names;
  }
  species_of_type = AniSOAPLabels::species_of_types(labels, known);
  if (!AniSOAPLabels::has_any(species_of_type))
    return "NULL for each atom type; expected a species of " + file + " for one of them at least: " + names;
  return "";
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPModel::species_map() const
{
  std::string text;
  for (std::size_t k = 0; k < labels.size(); k++) text += (k ? ", " : "") + std::to_string(k + 1) + " = " + labels[k];
  return text;
}

std::string AniSOAPModel::trained_diameters(const anisoap::Model &content, std::vector<double> &of_type) const
{
  std::vector<double> known;
  try {
    known = content.trained_diameters();
  } catch (const std::exception &e) {
    return anisoap::text_of(e) + " (" + file + ")";
  }
  of_type.assign(3 * species_of_type.size(), 0.0);
  for (std::size_t type = 1; type < species_of_type.size(); type++) {
    if (species_of_type[type] < 0) continue;
    const auto from = 3 * static_cast<std::size_t>(species_of_type[type]);
    if (from >= known.size() || !(known[from] > 0.0))
      return "keyword 'shapes model' with a model that has no diameters of " + labels[type - 1] +
          "; expected one that was trained on particles of one set of diameters a species (" + file + ")";
    std::copy_n(&known[from], 3, &of_type[3 * type]);
  }
  return "";
}

std::string AniSOAPModel::elements() const
{
  std::string text;
  for (const auto &label : labels) text += (text.empty() ? "" : " ") + (label == AniSOAPLabels::NONE ? "X" : label);
  return text;
}
