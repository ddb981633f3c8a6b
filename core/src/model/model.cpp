// SPDX-License-Identifier: MIT
#include "anisoap/model.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "anisoap/error.hpp"
#include "anisoap/monomials.hpp"
#include "model/two_body_rules.hpp"
#include "support/text.hpp"

namespace anisoap {

const detail::LocalFormFacts& detail::facts_of(LocalForm form) {
  const auto number = static_cast<std::size_t>(form);
  if (number >= std::size(kLocalForms))
    bad_argument("kind of a local energy", std::to_string(number), "a number below " + std::to_string(std::size(kLocalForms)));
  return kLocalForms[number];
}

namespace {

std::string at(const std::string& list, std::size_t k) { return list + "[" + std::to_string(k) + "]"; }

void require_finite(const std::string& what, const std::vector<double>& values) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!std::isfinite(values[k])) bad_argument("entry '" + at(what, k) + "' of the model", text(values[k]), "a finite number");
}

void require_finite(const std::string& what, double value) { require_finite(what, std::vector<double>{value}); }

void require_size(const std::string& what, std::size_t got, std::size_t expected) {
  if (got != expected)
    bad_argument("entry '" + what + "' of the model", std::to_string(got) + " values", std::to_string(expected) + " of them");
}

void require_numbers(const std::string& what, const std::vector<double>& values, std::size_t expected) {
  require_size(what, values.size(), expected);
  require_finite(what, values);
}

void check_networks(const std::string& where, const std::vector<Network>& networks, std::size_t n_inputs) {
  if (networks.empty()) bad_argument("entry '" + where + "' of the model", "no network", "one or more");
  for (std::size_t k = 0; k < networks.size(); ++k) {
    const Network& net = networks[k];
    const std::string what = at(where, k);
    if (net.widths.size() < 2 || net.widths.front() != static_cast<int>(n_inputs) || net.widths.back() != 1)
      bad_argument("entry '" + what + ".widths' of the model", "other widths",
                   "from the " + std::to_string(n_inputs) + " inputs to 1");
    for (int w : net.widths)
      if (w < 1 || w > 65536) bad_argument("entry '" + what + ".widths' of the model", std::to_string(w), "1 to 65536");
    require_numbers(what + ".parameters", net.parameters, Network::n_parameters(net.widths));
  }
}

void check_rows(const std::string& what, const std::vector<double>& rows, std::size_t columns) {
  require_finite(what, rows);
  if (columns > 0 && rows.size() % columns != 0)
    bad_argument("entry '" + what + "' of the model", std::to_string(rows.size()) + " values",
                 "rows of " + std::to_string(columns));
}

// What a kind does not have must be empty.
void check_entries(const LocalEnergy& e, const std::string& where) {
  const detail::LocalFormFacts& facts = detail::facts_of(e.kind);
  const auto refuse = [&](const char* name, bool empty, bool has) {
    if (!empty && !has)
      bad_argument("entry '" + where + "." + name + "' of the model", "values", "none for this kind of local energy");
  };
  refuse("shift", e.shift.empty(), facts.scaled);
  refuse("scale", e.scale.empty(), facts.scaled);
  refuse("weights", e.weights.empty(), facts.weights);
  refuse("points", e.points.empty(), facts.points);
  refuse("networks", e.networks.empty(), facts.networks);
  refuse("variance_rows", e.variance_rows.empty(), facts.variance_rows);
  refuse("grade_rows", e.grade_rows.empty(), facts.grade_rows);
  refuse("pair_grade_rows", e.pair_grade_rows.empty(), facts.pair_grade_rows);
}

// Rows for the terms of pairs; those of a linear kind belong to its own, row by row.
void check_pair_rows(const std::string& what, const std::vector<double>& rows, std::size_t n_terms,
                     const std::vector<double>& own, std::size_t n_features) {
  if (rows.empty()) return;
  if (n_terms == 0)
    bad_argument("entry '" + what + "' of the model", "values", "none without a polynomial of this species' pairs");
  check_rows(what, rows, n_terms);
  if (!own.empty()) require_size(what, rows.size(), own.size() / n_features * n_terms);
}

void check_local(const LocalEnergy& e, const std::string& where, std::size_t n_features) {
  check_entries(e, where);
  require_finite(where + ".offset", e.offset);
  const detail::LocalFormFacts& facts = detail::facts_of(e.kind);
  if (facts.scaled) {
    require_numbers(where + ".shift", e.shift, n_features);
    require_numbers(where + ".scale", e.scale, n_features);
  }
  if (facts.networks) check_networks(where + ".networks", e.networks, n_features);
  if (facts.points) {
    if (e.weights.empty()) bad_argument("entry '" + where + ".weights' of the model", "no values", "one for each point");
    require_finite(where + ".weights", e.weights);
    require_numbers(where + ".points", e.points, e.weights.size() * n_features);
    if (e.exponent < 1 || e.exponent > 64)
      bad_argument("entry '" + where + ".exponent' of the model", std::to_string(e.exponent), "1 to 64");
    if (!(e.prior_variance >= 0 && std::isfinite(e.prior_variance)))
      bad_argument("entry '" + where + ".prior_variance' of the model", text(e.prior_variance), "a finite number >= 0");
  } else if (facts.weights) {
    require_numbers(where + ".weights", e.weights, n_features);
  }
  check_rows(where + ".variance_rows", e.variance_rows, facts.points ? e.weights.size() : n_features);
  check_rows(where + ".grade_rows", e.grade_rows, n_features);
}

void check_two_body(const TwoBody& t, std::size_t n_species) {
  require_size("two_body.species", t.species.size(), n_species);
  check_species_pairs(t);
  for (std::size_t k = 0; k < t.pairs.size(); ++k) {
    const TwoBodyPair& p = t.pairs[k];
    const std::string where = at("two_body.pairs", k);
    const bool networks = !(p.networks.empty() && p.shift.empty() && p.scale.empty());
    if (!p.polynomial.empty() + !p.symmetric.empty() + networks > 1)
      bad_argument("entry '" + where + "' of the model",
                   p.symmetric.empty() ? "a polynomial and networks" : "an expansion beside another energy", "one of them");
    require_numbers(where + ".polynomial.weights", p.polynomial.weights, n_pair_terms(t, p));
    require_numbers(where + ".symmetric.weights", p.symmetric.weights, p.symmetric.terms.size());
    if (!p.polynomial.empty() || !p.symmetric.empty()) continue;
    const std::size_t n_inputs = n_pair_inputs(t, p);
    require_numbers(where + ".shift", p.shift, n_inputs);
    require_numbers(where + ".scale", p.scale, n_inputs);
    check_networks(where + ".networks", p.networks, n_inputs);
  }
}

// Joint committees have a member of each term for every k.
void check_joint_committees(const Model& model) {
  std::size_t n_members = 0;
  for (const TwoBodyPair& p : model.two_body.pairs) n_members = std::max(n_members, p.networks.size());
  for (const LocalEnergy& e : model.local)
    if (n_members == 0 || (e.kind == LocalKind::Networks && e.networks.size() != n_members))
      bad_argument(
          "entry 'joint_committees' of the model",
          "true with " + std::to_string(n_members) + " two-body and " + std::to_string(e.networks.size()) + " many-body networks",
          "as many of either");
}

void multiply(std::vector<double>& values, double factor) {
  for (double& v : values) v *= factor;
}

// The output layer carries the energy.
void multiply_output(Network& net, double factor) {
  const auto last = static_cast<std::ptrdiff_t>(net.widths[net.widths.size() - 2]) + 1;
  for (auto v = net.parameters.end() - last; v != net.parameters.end(); ++v) *v *= factor;
}

}  // namespace

std::size_t Network::n_parameters(const std::vector<int>& widths) {
  std::size_t n = 0;
  for (std::size_t k = 1; k < widths.size(); ++k)
    n += static_cast<std::size_t>(widths[k]) * static_cast<std::size_t>(widths[k - 1] + 1);
  return n;
}

std::size_t n_pair_inputs(const TwoBody& two_body, const TwoBodyPair& pair) {
  check_species(two_body, pair, "two_body.pairs");
  return static_cast<std::size_t>(detail::pair_inputs(pair_form(two_body, pair)));
}

std::size_t n_pair_terms(const TwoBody& two_body, const TwoBodyPair& pair) {
  if (pair.polynomial.empty()) return 0;
  check_species(two_body, pair, "two_body.pairs");
  return pair.polynomial.powers.size() * Monomials(pair_form(two_body, pair), pair.polynomial.degree).size();
}

std::size_t n_species_terms(const TwoBody& two_body, int s) {
  std::size_t n = 0;
  for (const TwoBodyPair& p : two_body.pairs)
    if (p.species[0] == s || p.species[1] == s) n += n_pair_terms(two_body, p);
  return n;
}

void Model::validate() const {
  hypers.validate();
  if (!(density_scale > 0 && std::isfinite(density_scale)))
    bad_argument("entry 'density_scale' of the model", text(density_scale), "a finite number > 0");
  require_size("local", local.size(), hypers.species.size());
  const std::size_t n = n_features();
  if (!two_body.empty()) check_two_body(two_body, hypers.species.size());
  if (joint_committees) check_joint_committees(*this);
  for (std::size_t s = 0; s < local.size(); ++s) {
    const LocalEnergy& e = local[s];
    const std::string where = at("local", s);
    const std::size_t n_terms = n_species_terms(two_body, static_cast<int>(s));
    check_local(e, where, n);
    const std::vector<double> none;
    check_pair_rows(where + ".pair_variance_rows", e.pair_variance_rows, n_terms,
                    e.kind == LocalKind::Linear ? e.variance_rows : none, n);
    check_pair_rows(where + ".pair_grade_rows", e.pair_grade_rows, n_terms, e.grade_rows, n);
  }
}

bool Model::has_many_body() const {
  return std::any_of(local.begin(), local.end(), [](const LocalEnergy& e) { return e.kind != LocalKind::None; });
}

bool Model::has_uncertainty() const {
  // expansions keep no variance: that of the other terms alone would be too small
  const auto silent = [](const TwoBodyPair& p) { return !p.symmetric.empty(); };
  if (std::any_of(two_body.pairs.begin(), two_body.pairs.end(), silent)) return false;
  const auto known = [](const LocalEnergy& e) {
    return !e.variance_rows.empty() || !e.pair_variance_rows.empty() || e.networks.size() > 1;
  };
  return std::any_of(local.begin(), local.end(), known) ||
         std::any_of(two_body.pairs.begin(), two_body.pairs.end(), [](const TwoBodyPair& p) { return p.networks.size() > 1; });
}

bool Model::has_grade() const {
  const auto known = [](const LocalEnergy& e) { return !e.grade_rows.empty() || !e.pair_grade_rows.empty(); };
  return std::any_of(local.begin(), local.end(), known);
}

double Model::cutoff() const {
  if (two_body.empty()) return hypers.cutoff_radius;
  return has_many_body() ? std::max(hypers.cutoff_radius, two_body.cutoff) : two_body.cutoff;
}

std::size_t Model::n_features() const {
  std::size_t n = 0;
  for (int n_l : hypers.num_radial()) {
    const std::size_t k = static_cast<std::size_t>(n_l) * hypers.species.size();
    n += k * (k + 1) / 2;
  }
  return n;
}

Units units_from_name(const std::string& name) {
  for (Units u : {Units::Metal, Units::Real, Units::Lj})
    if (name == name_of(u)) return u;
  bad_argument("units", "'" + name + "'", "'metal', 'real' or 'lj'");
}

const char* name_of(Units units) { return units == Units::Metal ? "metal" : (units == Units::Real ? "real" : "lj"); }

UnitFactors convert(Units from, Units to) {
  constexpr double kcal_per_mol = 23.060549;  // per eV, as LAMMPS converts between metal and real
  if (from == to) return {};
  if (from == Units::Lj || to == Units::Lj)
    bad_argument("units of the model", std::string("'") + name_of(from) + "' where '" + name_of(to) + "' is used",
                 "the same units, or 'metal' and 'real'");
  return {from == Units::Metal ? kcal_per_mol : 1 / kcal_per_mol, 1.0};
}

// Lengths of the unit systems that convert into each other are alike.
Model converted(const Model& model, Units to) {
  const double factor = convert(model.units, to).energy;
  Model out = model;
  out.units = to;
  for (LocalEnergy& e : out.local) {
    e.offset *= factor;
    multiply(e.weights, factor);
    e.prior_variance *= factor * factor;
    multiply(e.variance_rows, factor);
    multiply(e.pair_variance_rows, factor);
    for (Network& net : e.networks) multiply_output(net, factor);
  }
  for (TwoBodyPair& p : out.two_body.pairs) {
    multiply(p.polynomial.weights, factor);
    multiply(p.symmetric.weights, factor);
    for (Network& net : p.networks) multiply_output(net, factor);
  }
  return out;
}

}  // namespace anisoap
