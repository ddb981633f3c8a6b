// SPDX-License-Identifier: MIT
#include "model_views.hpp"

namespace anisoap {
namespace {

detail::LocalForm form_of(LocalKind kind) {
  switch (kind) {
    case LocalKind::Linear:
      return detail::LocalForm::Linear;
    case LocalKind::Kernel:
      return detail::LocalForm::Kernel;
    case LocalKind::Networks:
      return detail::LocalForm::Networks;
    default:
      return detail::LocalForm::None;
  }
}

}  // namespace

const std::vector<detail::NetworkView>& ModelViews::views_of(const std::vector<Network>& networks) {
  networks_.emplace_back();
  for (const Network& net : networks)
    networks_.back().push_back({static_cast<int>(net.widths.size()) - 1, net.widths.data(), net.parameters.data()});
  return networks_.back();
}

ModelViews::ModelViews(const Model& model) {
  networks_.reserve(model.local.size() + model.two_body.pairs.size());  // views point into it
  const int n_features = static_cast<int>(model.n_features());
  for (const LocalEnergy& e : model.local) {
    const auto& networks = views_of(e.networks);
    const int n_points = e.kind == LocalKind::Kernel ? static_cast<int>(e.weights.size()) : 0;
    const int columns = e.kind == LocalKind::Kernel ? n_points : n_features;
    local_.push_back({form_of(e.kind), n_features, e.offset, e.shift.data(), e.scale.data(), e.weights.data(), e.points.data(),
                      n_points, e.exponent, networks.data(), static_cast<int>(networks.size()), e.prior_variance,
                      e.variance_rows.empty() ? nullptr : e.variance_rows.data(),
                      columns > 0 ? static_cast<int>(e.variance_rows.size()) / columns : 0});
  }
  without_variance_ = local_;
  for (auto& e : without_variance_) e.variance_rows = nullptr;

  const int n_species = static_cast<int>(model.hypers.species.size());
  pair_of_species_.assign(static_cast<std::size_t>(n_species * n_species), -1);
  for (const TwoBodyPair& p : model.two_body.pairs) {
    const int a = p.species[0], b = p.species[1];
    pair_of_species_[static_cast<std::size_t>(a * n_species + b)] = static_cast<int>(pairs_.size());
    pair_of_species_[static_cast<std::size_t>(b * n_species + a)] = static_cast<int>(pairs_.size());
    const auto& networks = views_of(p.networks);
    pairs_.push_back(
        {pair_form(model.two_body, p), p.shift.data(), p.scale.data(), networks.data(), static_cast<int>(networks.size())});
    n_members_ = networks.size() > n_members_ ? networks.size() : n_members_;
  }
  if (n_members_ < 2) n_members_ = 0;
  two_body_ = {model.two_body.cutoff, 1 / model.two_body.width,       n_species, pair_of_species_.data(),
               pairs_.data(),         static_cast<int>(pairs_.size())};
}

}  // namespace anisoap
