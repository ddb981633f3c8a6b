// SPDX-License-Identifier: MIT
#include "model/two_body_rules.hpp"

#include <cmath>

#include "anisoap/error.hpp"
#include "anisoap/monomials.hpp"
#include "anisoap/point_group.hpp"
#include "anisoap/symmetric_tables.hpp"
#include "support/text.hpp"

namespace anisoap {

detail::PairForm pair_form(const TwoBody& two_body, const TwoBodyPair& pair) {
  detail::PairForm form{};
  for (int p = 0; p < 2 && pair.symmetric.empty(); ++p) {
    const TwoBodySpecies& s = two_body.species[static_cast<std::size_t>(pair.species[p])];
    form.n_axes[p] = s.symmetry == BodySymmetry::Sphere ? 0 : (s.symmetry == BodySymmetry::Uniaxial ? 1 : 3);
    form.first_axis[p] = s.symmetry == BodySymmetry::Uniaxial ? s.axis : 0;
  }
  form.alike = pair.species[0] == pair.species[1];
  form.unit = pair.length;
  return form;
}

GroupNames group_names(const TwoBody& two_body, const TwoBodyPair& pair) {
  const auto of = [&](int p) { return two_body.species[static_cast<std::size_t>(pair.species[p])].group; };
  return {of(0), of(1)};
}

void check_species(const TwoBody& two_body, const TwoBodyPair& pair, const std::string& where) {
  const int n = static_cast<int>(two_body.species.size());
  if (pair.species[0] < 0 || pair.species[1] >= n || pair.species[0] > pair.species[1])
    bad_argument("entry '" + where + ".species' of the model",
                 std::to_string(pair.species[0]) + " and " + std::to_string(pair.species[1]), "two numbers of species in order");
  for (const TwoBodySpecies& s : two_body.species) {
    if (s.axis < 0 || s.axis > 2) bad_argument("entry 'two_body.species.axis' of the model", std::to_string(s.axis), "0, 1 or 2");
    if (!s.group.empty()) point_group(s.group, "entry 'two_body.species.group' of the model");
  }
}

void check_species_pairs(const TwoBody& t) {
  if (!(t.cutoff > 0 && std::isfinite(t.cutoff)))
    bad_argument("entry 'two_body.cutoff' of the model", text(t.cutoff), "a finite length > 0");
  if (!(t.width > 0 && t.width <= t.cutoff))
    bad_argument("entry 'two_body.width' of the model", text(t.width), "a length > 0 and <= the cutoff " + text(t.cutoff));
  const std::size_t n = t.species.size();
  std::vector<char> seen(n * n);
  for (std::size_t k = 0; k < t.pairs.size(); ++k) {
    const TwoBodyPair& p = t.pairs[k];
    const std::string where = "two_body.pairs[" + std::to_string(k) + "]";
    check_species(t, p, where);
    char& twice = seen[static_cast<std::size_t>(p.species[0]) * n + static_cast<std::size_t>(p.species[1])];
    if (twice) bad_argument("entry '" + where + ".species' of the model", "a pair given before", "each pair once");
    twice = 1;
    if (!(p.length > 0 && std::isfinite(p.length)))
      bad_argument("entry '" + where + ".length' of the model", text(p.length), "a finite length > 0");
    if (!p.polynomial.empty()) check_polynomial(p.polynomial, pair_form(t, p), where + ".polynomial");
    if (!p.symmetric.empty()) check_expansion(p.symmetric, group_names(t, p), pair_form(t, p).alike, where + ".symmetric");
  }
}

}  // namespace anisoap
