// SPDX-License-Identifier: MIT
#include "anisoap/model_views.hpp"

#include <algorithm>

#include "model/two_body_rules.hpp"

namespace anisoap {

const std::vector<detail::NetworkView>& ModelViews::views_of(const std::vector<Network>& networks) {
  networks_.emplace_back();
  for (const Network& net : networks)
    networks_.back().push_back({static_cast<int>(net.widths.size()) - 1, net.widths.data(), net.parameters.data()});
  return networks_.back();
}

ModelViews::ModelViews(const Model& model) {
  networks_.reserve(model.local.size() + model.two_body.pairs.size());  // views point into them
  polynomials_.reserve(model.two_body.pairs.size());
  expansions_.reserve(model.two_body.pairs.size());
  count_terms(model);
  view_local(model);
  view_two_body(model);
}

void ModelViews::count_terms(const Model& model) {
  for (int s = 0; s < static_cast<int>(model.local.size()); ++s) {
    std::size_t n = 0;
    for (const TwoBodyPair& p : model.two_body.pairs) {
      first_term_.push_back(n);
      if (p.species[0] == s || p.species[1] == s) n += n_pair_terms(model.two_body, p);
    }
    n_terms_.push_back(n);
  }
}

std::size_t ModelViews::most_terms() const { return *std::max_element(n_terms_.begin(), n_terms_.end()); }

std::size_t ModelViews::first_term(int species, int pair) const {
  return first_term_[static_cast<std::size_t>(species) * pairs_.size() + static_cast<std::size_t>(pair)];
}

bool ModelViews::has_pair_variance() const {
  return std::any_of(local_.begin(), local_.end(), [](const auto& e) { return e.pair_rows != nullptr; });
}

bool ModelViews::has_pair_grade() const {
  return std::any_of(local_.begin(), local_.end(), [](const auto& e) { return e.pair_grade_rows != nullptr; });
}

void ModelViews::view_local(const Model& model) {
  const int n_features = static_cast<int>(model.n_features());
  const auto rows = [](const std::vector<double>& values) { return values.empty() ? nullptr : values.data(); };
  for (std::size_t s = 0; s < model.local.size(); ++s) {
    const LocalEnergy& e = model.local[s];
    const auto& networks = views_of(e.networks);
    const bool has_points = detail::facts_of(e.kind).points;
    const int n_points = has_points ? static_cast<int>(e.weights.size()) : 0;
    const int columns = has_points ? n_points : n_features, n_terms = static_cast<int>(n_terms_[s]);
    const auto count = [](const std::vector<double>& values, int n) { return n > 0 ? static_cast<int>(values.size()) / n : 0; };
    local_.push_back({e.kind,
                      n_features,
                      e.offset,
                      e.shift.data(),
                      e.scale.data(),
                      e.weights.data(),
                      e.points.data(),
                      n_points,
                      e.exponent,
                      networks.data(),
                      static_cast<int>(networks.size()),
                      e.prior_variance,
                      rows(e.variance_rows),
                      count(e.variance_rows, columns),
                      rows(e.pair_variance_rows),
                      count(e.pair_variance_rows, n_terms),
                      n_terms,
                      rows(e.grade_rows),
                      rows(e.pair_grade_rows),
                      std::max(count(e.grade_rows, n_features), count(e.pair_grade_rows, n_terms))});
  }
  without_variance_ = local_;
  for (auto& e : without_variance_) e.variance_rows = e.pair_rows = nullptr;
}

void ModelViews::view_two_body(const Model& model) {
  const int n_species = static_cast<int>(model.hypers.species.size());
  pair_of_species_.assign(static_cast<std::size_t>(n_species * n_species), -1);
  for (const TwoBodyPair& p : model.two_body.pairs) {
    const int a = p.species[0], b = p.species[1];
    pair_of_species_[static_cast<std::size_t>(a * n_species + b)] = static_cast<int>(pairs_.size());
    pair_of_species_[static_cast<std::size_t>(b * n_species + a)] = static_cast<int>(pairs_.size());
    const auto& networks = views_of(p.networks);
    const detail::PairForm form = pair_form(model.two_body, p);
    polynomials_.emplace_back(form, p.polynomial);
    expansions_.emplace_back(p.symmetric, group_names(model.two_body, p), form.alike);
    pairs_.push_back({form, p.shift.data(), p.scale.data(), networks.data(), static_cast<int>(networks.size()),
                      polynomials_.back().view(), expansions_.back().view()});
    n_members_ = networks.size() > n_members_ ? networks.size() : n_members_;
  }
  if (n_members_ < 2) n_members_ = 0;
  two_body_ = {model.two_body.cutoff, 1 / model.two_body.width,       n_species, pair_of_species_.data(),
               pairs_.data(),         static_cast<int>(pairs_.size())};
}

}  // namespace anisoap
