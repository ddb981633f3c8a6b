// SPDX-License-Identifier: MIT
#include "anisoap/hypers.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "anisoap/error.hpp"
#include "basis/radial/forms.hpp"
#include "support/text.hpp"

namespace anisoap {
namespace {

void require_positive(const std::string& name, double value) {
  if (!(std::isfinite(value) && value > 0)) bad_argument(name, text(value), "a finite length > 0");
}

void require_not_negative(const char* name, double value) {
  if (!(std::isfinite(value) && value >= 0)) bad_argument(name, text(value), "a finite number >= 0");
}

void validate_angular_and_radial(const Hypers& h, const HypersNames& names) {
  if (h.max_angular < 0 || h.max_angular > kMaxAngular)
    bad_argument(names.max_angular, std::to_string(h.max_angular), "an integer from 0 to " + std::to_string(kMaxAngular));
  const auto n_l = static_cast<std::size_t>(h.max_angular) + 1;
  if (h.max_radial.size() > 1 && h.max_radial.size() != n_l)
    bad_argument(names.max_radial, std::to_string(h.max_radial.size()) + " entries",
                 "one number, or " + names.max_angular + " + 1 = " + std::to_string(n_l) + " of them");
  for (int n : h.max_radial)
    if (n < 0) bad_argument(names.max_radial, std::to_string(n), "integers >= 0");
  const auto largest = h.max_radial.empty() ? 0 : *std::max_element(h.max_radial.begin(), h.max_radial.end());
  if (largest > kMaxDegree || h.degree() > kMaxDegree)
    bad_argument(
        names.max_angular + " and " + names.max_radial,
        names.max_radial + " " + std::to_string(largest) + " at " + names.max_angular + " " + std::to_string(h.max_angular),
        "l + 2 " + names.max_radial + " <= " + std::to_string(kMaxDegree) + " for each l");
}

void validate_basis(const Hypers& h, const HypersNames& names) {
  require_positive(names.cutoff_radius, h.cutoff_radius);
  const std::string with = std::string("with the ") + form_of(h.radial_basis).name + " basis";
  if (form_of(h.radial_basis).gaussian) {
    if (h.radial_gaussian_width == 0) bad_argument(names.radial_gaussian_width, "none", "a width > 0 " + with);
    require_positive(names.radial_gaussian_width, h.radial_gaussian_width);
  } else if (h.radial_gaussian_width != 0) {
    bad_argument(names.radial_gaussian_width, text(h.radial_gaussian_width), "none " + with);
  }
  require_not_negative("basis_rcond", h.basis_rcond);
  require_not_negative("basis_tol", h.basis_tol);
}

void validate_cutoff_function(const Hypers& h, const HypersNames& names) {
  if (h.cutoff_function == CutoffFunction::None) {
    if (h.cutoff_width != 0) bad_argument(names.cutoff_width, text(h.cutoff_width), "none without a " + names.cutoff_function);
  } else if (!(h.cutoff_width > 0 && h.cutoff_width <= h.cutoff_radius)) {
    bad_argument(names.cutoff_width, h.cutoff_width == 0 ? "none" : text(h.cutoff_width),
                 "a width > 0 and <= " + names.cutoff_radius + " = " + text(h.cutoff_radius) + " with " + names.cutoff_function +
                     " cosine");
  }
}

void validate_species(const Hypers& h) {
  if (h.species.empty()) bad_argument("species", "none", "at least one label");
  for (const auto& s : h.species)
    if (s.empty()) bad_argument("species", "an empty label", "labels of one character or more");
  if (std::set<std::string>(h.species.begin(), h.species.end()).size() != h.species.size())
    bad_argument("species", "a repeated label", "each label once");
}

}  // namespace

void Hypers::validate(const HypersNames& names) const {
  validate_angular_and_radial(*this, names);
  validate_basis(*this, names);
  validate_cutoff_function(*this, names);
  validate_species(*this);
}

std::vector<int> Hypers::num_radial() const {
  std::vector<int> n;
  for (int l = 0; l <= max_angular; ++l) {
    if (max_radial.empty()) n.push_back((max_angular - l) / 2 + 1);
    else n.push_back(max_radial[max_radial.size() == 1 ? 0 : static_cast<std::size_t>(l)] + 1);
  }
  return n;
}

int Hypers::degree() const {
  int d = 0, l = 0;
  for (int n : num_radial()) d = std::max(d, l++ + 2 * (n - 1));
  return d;
}

std::vector<std::string> radial_basis_names() {
  std::vector<std::string> names;
  for (const RadialForm& form : kRadialForms) names.emplace_back(form.name);
  return names;
}

RadialBasis radial_basis_from_name(const std::string& name) {
  const std::vector<std::string> names = radial_basis_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) bad_argument("radial_basis_name", "'" + name + "'", quoted_choices(names), suggestion(name, names));
  return static_cast<RadialBasis>(found - names.begin());
}

CutoffFunction cutoff_function_from_name(const std::string& name) {
  if (name == "none") return CutoffFunction::None;
  if (name == "cosine") return CutoffFunction::Cosine;
  bad_argument("cutoff_function", "'" + name + "'", "'none' or 'cosine'", suggestion(name, {"none", "cosine"}));
}

const RadialForm& form_of(RadialBasis basis) {
  const auto number = static_cast<std::size_t>(basis);
  if (number >= std::size(kRadialForms))
    bad_argument("radial_basis", std::to_string(number), "a number below " + std::to_string(std::size(kRadialForms)));
  return kRadialForms[number];
}

const char* name_of(RadialBasis basis) { return form_of(basis).name; }
const char* name_of(CutoffFunction function) { return function == CutoffFunction::None ? "none" : "cosine"; }

}  // namespace anisoap
