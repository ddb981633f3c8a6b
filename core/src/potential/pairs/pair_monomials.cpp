// SPDX-License-Identifier: MIT
#include "potential/pairs/pair_monomials.hpp"

#include <algorithm>

namespace anisoap {

PairMonomials::PairMonomials(const ModelViews& views, const Backend& backend, const ParticleTable& table)
    : views_(views),
      backend_(backend),
      table_(table),
      lanes_(static_cast<std::size_t>(backend.lanes)),
      packs_(views.two_body(), table, backend.lanes) {
  int most = 0;
  for (int k = 0; k < views.two_body().n_pairs; ++k) most = std::max(most, views.two_body().pairs[k].polynomial.n_monomials);
  weight_.resize(lanes_);
  work_.resize(static_cast<std::size_t>(most) * lanes_);
  sums_.resize(views.most_terms() * lanes_);
}

void PairMonomials::sum(std::size_t centre, const Neighbors& neighbors, std::size_t lane, double* out) {
  const int s = table_.species[centre];
  const auto add = [&](int k, const WeightedPairs& pairs, const PairPack& pack) {
    if (pack.pair->polynomial.n_powers == 0) return;
    for (std::size_t p = 0; p < lanes_; ++p) weight_[p] = p < pairs.count ? pairs[p].weight : 0.0;
    backend_.forces->pair_monomials({pack, weight_.data(), work_.data(), &sums_[views_.first_term(s, k) * lanes_]});
  };
  std::fill(sums_.begin(), sums_.end(), 0.0);
  packs_.add(
      centre, neighbors, [](std::size_t) { return 0.5; }, add);
  packs_.finish(add);
  for (std::size_t t = 0; t < views_.n_terms(s); ++t) {
    double total = 0;
    for (std::size_t k = 0; k < lanes_; ++k) total += sums_[t * lanes_ + k];
    out[t * lanes_ + lane] = total;
  }
}

PairVariances::PairVariances(const PairSpread& wanted, const Backend& backend, const ParticleTable& table)
    : wanted_(wanted), backend_(backend), table_(table), monomials_(*wanted.views, backend, table) {
  packed_.resize(wanted.views->most_terms() * static_cast<std::size_t>(backend.lanes));
}

void PairVariances::add(const Centre& centre, const Neighbors& neighbors, BlockResult& out) {
  const int species = table_.species[centre.particle];
  if (rows_.size() == static_cast<std::size_t>(backend_.lanes) || species != species_) finish(out);
  species_ = species;
  monomials_.sum(centre.particle, neighbors, rows_.size(), packed_.data());
  rows_.push_back(centre.row);
}

void PairVariances::finish(BlockResult& out) {
  if (rows_.empty()) return;
  const auto& views = wanted_.variances ? wanted_.views->local() : wanted_.views->local_without_variance();
  detail::LocalEnergyView local = views[static_cast<std::size_t>(species_)];
  local.n_features = 0;
  alignas(64) double energy[16], variance[16], grade[16] = {};
  backend_.forces->local_energy(
      {&local, packed_.data(), nullptr, nullptr, energy, variance, nullptr, wanted_.grades ? grade : nullptr});
  for (std::size_t k = 0; k < rows_.size(); ++k) out.centres.push_back({rows_[k], 0.0, variance[k], grade[k]});
  rows_.clear();
  std::fill(packed_.begin(), packed_.end(), 0.0);
}

}  // namespace anisoap
