/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_arguments.h"
#include "anisoap_device.h"
#include "anisoap_labels.h"
#include "anisoap_ranks.h"

#include "atom.h"
#include "error.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <sstream>

using namespace LAMMPS_NS;
using AniSOAPLabels::joined;

namespace {

const std::vector<std::string> KEYWORDS = {"basis",    "lmax",     "nmax",   "self",      "species", "cutoff/function",
                                           "features", "quantity", "hypers", "precision", "device",  "sort"};

// what a hypers file sets
const std::vector<std::string> BASIS_KEYWORDS = {"basis", "lmax", "nmax", "self", "cutoff/function"};

// what the command calls hyperparameters, but the width of the basis, and the keyword of each; CUTOFF has none
const anisoap::HypersNames NAMES = {"lmax", "nmax", "CUTOFF", "", "cutoff/function", "cutoff/function cosine W"};
const std::map<std::string, std::string> KEYWORD_OF = {
    {"cutoff/function cosine W", "cutoff/function"}, {"lmax", "lmax"}, {"lmax and nmax", "lmax"}, {"nmax", "nmax"}};

std::string quoted(const std::string &word) { return "'" + word + "'"; }

bool contains(const std::vector<std::string> &words, const std::string &word)
{
  return std::find(words.begin(), words.end(), word) != words.end();
}

// neither a keyword nor close to one
bool is_label(const std::string &word) { return anisoap::did_you_mean(word, KEYWORDS).empty(); }

std::string shortest(double value)
{
  std::ostringstream text;
  text.precision(15);
  text << value;
  return text.str();
}

}    // namespace

/* ---------------------------------------------------------------------- */

AniSOAPArguments::AniSOAPArguments(LAMMPS *lmp, int _first, int _narg, char **_arg) :
    Pointers(lmp), narg(_narg), iarg(_first), arg(_arg), first(_first)
{
  if (narg <= first) error->all(FLERR, "Compute anisoap: CUTOFF is missing; expected anisoap CUTOFF keyword values ...");
  iarg = first - 1;
  cutoff = number("CUTOFF");
  ++iarg;
  while (iarg < narg) keyword();

  if (seen.count("hypers")) {
    for (const auto &word : BASIS_KEYWORDS)
      if (seen.count(word)) wrong(seen.at(word), "keyword " + quoted(word) + " next to 'hypers'; expected it in the file alone");
    read_file();
  } else {
    if (!seen.count("basis")) wrong(first, "keyword 'basis' is missing; expected basis gto SIGMA, basis monomial or hypers FILE");
    use_keywords();
  }
  if (coefficients && symmetric)
    wrong(seen.at("features"), "features symmetric with quantity coefficients; expected it with quantity power");
  if (coefficients) quantity = anisoap::Quantity::Coefficients;
  if (symmetric) quantity = anisoap::Quantity::SymmetricPowerSpectrum;
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::wrong(int word, const std::string &text) const { error->all(FLERR, word, "Compute anisoap: " + text); }

/* ---------------------------------------------------------------------- */

std::string AniSOAPArguments::width_name() const
{
  return std::string("basis ") + anisoap::name_of(hypers.radial_basis) + " SIGMA";
}

/* ---------------------------------------------------------------------- */

anisoap::HypersNames AniSOAPArguments::names() const
{
  if (!file.empty()) return anisoap::HypersNames();
  anisoap::HypersNames names = NAMES;
  names.radial_gaussian_width = width_name();
  return names;
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::fail(const std::exception &error) const
{
  const std::string text = anisoap::text_of(error);
  if (!file.empty()) wrong(seen.at("hypers"), text + " (hypers " + file + ")");
  const auto *of_argument = dynamic_cast<const anisoap::ArgumentError *>(&error);
  if (!of_argument) wrong(Error::NOPOINTER, text);
  const std::string &argument = of_argument->argument();
  if (argument == NAMES.cutoff_radius) wrong(first, text);
  if (argument == width_name()) wrong(word_of("basis"), text);
  if (KEYWORD_OF.count(argument)) wrong(word_of(KEYWORD_OF.at(argument)), text);
  // what concerns no word is the overlap of radial functions
  wrong(word_of("nmax"), text + " (basis_tol and basis_rcond are entries of a hypers file)");
}

/* ---------------------------------------------------------------------- */

int AniSOAPArguments::word_of(const std::string &keyword) const
{
  return seen.count(keyword) ? seen.at(keyword) : Error::NOPOINTER;
}

/* ----------------------------------------------------------------------
   one keyword and its values; iarg moves to the word behind them
------------------------------------------------------------------------- */

void AniSOAPArguments::keyword()
{
  const std::string word = arg[iarg];
  if (!contains(KEYWORDS, word))
    wrong(iarg, "unknown keyword " + quoted(word) + anisoap::did_you_mean(word, KEYWORDS) + "; expected " + joined(KEYWORDS));
  if (!seen.emplace(word, iarg).second) wrong(iarg, "keyword " + quoted(word) + " is given twice; expected it once");
  if (word == "basis")
    basis();
  else if (word == "lmax")
    hypers.max_angular = integer("lmax");
  else if (word == "nmax")
    radial();
  else if (word == "self")
    hypers.subtract_center_contribution = !choice("self", "yes", "no");
  else if (word == "species")
    species();
  else if (word == "cutoff/function")
    cutoff_function();
  else if (word == "features")
    symmetric = choice("features", "symmetric", "full");
  else if (word == "quantity")
    coefficients = choice("quantity", "coefficients", "power");
  else if (word == "hypers")
    file = value("hypers FILE");
  else if (word == "device")
    device_name();
  else if (word == "sort")
    sorts = choice("sort", "yes", "no");
  else
    single_precision = choice("precision", "single", "double");
  ++iarg;
}

/* ---------------------------------------------------------------------- */

// the word behind iarg
std::string AniSOAPArguments::value(const std::string &expected)
{
  if (iarg + 1 >= narg) wrong(iarg, "a value is missing behind " + quoted(arg[iarg]) + "; expected " + expected);
  return arg[++iarg];
}

double AniSOAPArguments::number(const std::string &what)
{
  const std::string word = value(what + " as a number");
  if (!utils::is_double(word)) wrong(iarg, what + ", got " + quoted(word) + "; expected a number");
  const double number = std::strtod(word.c_str(), nullptr);
  if (!std::isfinite(number)) wrong(iarg, what + ", got " + quoted(word) + "; expected a finite number");
  return number;
}

int AniSOAPArguments::integer(const std::string &what)
{
  const std::string word = value(what + " as an integer");
  if (!utils::is_integer(word)) wrong(iarg, what + ", got " + quoted(word) + "; expected an integer");
  const long long number = std::strtoll(word.c_str(), nullptr, 10);
  if (number < INT_MIN || number > INT_MAX) wrong(iarg, what + ", got " + quoted(word) + "; expected an integer of 32 bits");
  return static_cast<int>(number);
}

std::string AniSOAPArguments::one_of(const std::string &what, const std::vector<std::string> &allowed)
{
  const std::string expected = anisoap::quoted_choices(allowed);
  const std::string word = value(expected);
  if (!contains(allowed, word))
    wrong(iarg, what + ", got " + quoted(word) + anisoap::did_you_mean(word, allowed) + "; expected " + expected);
  return word;
}

bool AniSOAPArguments::choice(const std::string &what, const std::string &yes, const std::string &no)
{
  return one_of(what, {yes, no}) == yes;
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::basis()
{
  const std::string name = one_of("basis", anisoap::radial_basis_names());
  hypers.radial_basis = anisoap::radial_basis_from_name(name);
  hypers.radial_gaussian_width = 0.0;
  if (anisoap::form_of(hypers.radial_basis).gaussian) {
    hypers.radial_gaussian_width = number(width_name());
    if (hypers.radial_gaussian_width <= 0.0) wrong(iarg, width_name() + ", got " + arg[iarg] + "; expected a length > 0");
  } else if (iarg + 1 < narg && utils::is_double(arg[iarg + 1])) {
    wrong(iarg + 1, "basis " + name + ", got width " + arg[iarg + 1] + "; expected no width");
  }
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::device_name()
{
  device = value("cpu, auto or a device");
  if (const std::string problem = AniSOAPDevice::wrong(device); !problem.empty()) wrong(iarg, problem);
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::radial()
{
  hypers.max_radial.clear();
  const std::string expected = "'none', one integer or lmax + 1 integers";
  const std::string word = value(expected);
  if (word == "none") return;
  if (!utils::is_integer(word)) wrong(iarg, "nmax, got " + quoted(word) + "; expected " + expected);
  --iarg;
  while (iarg + 1 < narg && utils::is_integer(arg[iarg + 1])) hypers.max_radial.push_back(integer("nmax"));
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::species()
{
  const auto n = static_cast<std::size_t>(atom->ntypes);
  labels.clear();
  while (labels.size() < n && iarg + 1 < narg && !contains(KEYWORDS, arg[iarg + 1])) labels.push_back(arg[++iarg]);
  std::size_t given = labels.size();
  for (int next = iarg + 1; next < narg && is_label(arg[next]); ++next) ++given;
  if (given != n)
    wrong(seen.at("species"),
          "species, got " + std::to_string(given) + " labels; expected one for each of the " + std::to_string(n) + " atom types");
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::cutoff_function()
{
  hypers.cutoff_width = 0.0;
  hypers.cutoff_function = anisoap::CutoffFunction::None;
  if (!choice("cutoff/function", "cosine", "none")) return;
  hypers.cutoff_function = anisoap::CutoffFunction::Cosine;
  hypers.cutoff_width = number("cutoff/function cosine W");
}

/* ----------------------------------------------------------------------
   species in order of first appearance over the atom types
------------------------------------------------------------------------- */

void AniSOAPArguments::use_keywords()
{
  hypers.cutoff_radius = cutoff;
  if (labels.empty())
    for (int type = 1; type <= atom->ntypes; ++type) labels.push_back(std::to_string(type));
  for (const auto &label : labels)
    if (label != AniSOAPLabels::NONE && !contains(hypers.species, label)) hypers.species.push_back(label);
  species_of_type = AniSOAPLabels::species_of_types(labels, hypers.species);
  require_species();
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::read_file()
{
  std::string content;
  if (!AniSOAPRanks::read_file(file, content, world))
    wrong(seen.at("hypers") + 1, "cannot read hyperparameter file " + quoted(file));
  try {
    hypers = anisoap::Hypers::from_json(content);
  } catch (const std::exception &e) {
    fail(e);
  }
  if (hypers.cutoff_radius != cutoff)
    wrong(first,
          "CUTOFF, got " + shortest(cutoff) + "; expected cutoff_radius = " + shortest(hypers.cutoff_radius) + " of " + file);
  assign_species_of_file();
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::assign_species_of_file()
{
  const auto &known = hypers.species;
  if (labels.empty()) {
    if (static_cast<int>(known.size()) != atom->ntypes)
      wrong(seen.at("hypers") + 1,
            std::to_string(atom->ntypes) + " atom types for the " + std::to_string(known.size()) + " species of " + file + " (" +
                joined(known) + "); expected keyword 'species' to map them");
    species_of_type.assign(1, -1);
    for (int type = 1; type <= atom->ntypes; ++type) species_of_type.push_back(type - 1);
    return;
  }
  const int unknown = AniSOAPLabels::first_unknown(labels, known);
  if (unknown >= 0) {
    const std::string &label = labels[static_cast<std::size_t>(unknown)];
    wrong(seen.at("species") + 1 + unknown,
          "species, got " + quoted(label) + anisoap::did_you_mean(label, known) + "; expected the labels of " + file + ": " +
              joined(known) + ", or NULL");
  }
  species_of_type = AniSOAPLabels::species_of_types(labels, known);
  require_species();
}

/* ---------------------------------------------------------------------- */

void AniSOAPArguments::require_species() const
{
  if (!AniSOAPLabels::has_any(species_of_type))
    wrong(seen.at("species"), "species, got NULL for each atom type; expected a label for one of them at least");
}
