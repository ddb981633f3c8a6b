// SPDX-License-Identifier: MIT
#include "potential/pair_monomials.hpp"

#include <algorithm>

namespace anisoap {

PairTerms::PairTerms(const ModelViews& views, const Kernels& kernels, const ParticleTable& table)
    : views_(views),
      kernels_(kernels),
      table_(table),
      lanes_(static_cast<std::size_t>(kernels.lanes)),
      sink_(table, views.two_body().cutoff, kernels),
      packs_(views.two_body(), table, kernels.lanes) {
  int most = 0;
  for (int k = 0; k < views.two_body().n_pairs; ++k) most = std::max(most, views.two_body().pairs[k].polynomial.n_monomials);
  weight_.resize(lanes_);
  work_.resize(static_cast<std::size_t>(most) * lanes_);
  sums_.resize(views.most_terms() * lanes_);
}

void PairTerms::sum(const NeighborSource& source, std::size_t centre, std::size_t lane, double* out) {
  const detail::TwoBodyView& term = views_.two_body();
  const int s = table_.species[centre];
  const int* pair_with = term.pair_of_species + s * term.n_species;
  const auto add = [&](int k, const std::vector<WeightedPair>& pairs, const PairPack& pack) {
    for (std::size_t p = 0; p < lanes_; ++p) weight_[p] = p < pairs.size() ? pairs[p].weight : 0.0;
    kernels_.forces->pair_terms({pack, weight_.data(), work_.data(), &sums_[views_.first_term(s, k) * lanes_]});
  };
  std::fill(sums_.begin(), sums_.end(), 0.0);
  source.collect(centre, sink_);
  for (const Neighbor* e = sink_.begin(); e != sink_.begin() + sink_.size(); ++e) {
    const int k = pair_with[table_.species[static_cast<std::size_t>(e->index)]];
    if (k >= 0 && term.pairs[k].polynomial.n_powers > 0) packs_.add(k, centre, *e, 0.5, add);
  }
  packs_.finish(add);
  for (std::size_t t = 0; t < views_.n_terms(s); ++t) {
    double total = 0;
    for (std::size_t k = 0; k < lanes_; ++k) total += sums_[t * lanes_ + k];
    out[t * lanes_ + lane] = total;
  }
}

PairVarianceWorker::PairVarianceWorker(const ModelViews& views, const Kernels& kernels, const ParticleTable& table)
    : views_(views), kernels_(kernels), table_(table), terms_(views, kernels, table) {
  packed_.resize(views.most_terms() * static_cast<std::size_t>(kernels.lanes));
}

// Centres of one species that follow one another, as many as there are lanes.
std::size_t PairVarianceWorker::group(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first,
                                      std::size_t last, ChunkResult& out) {
  const auto species_of = [&](std::size_t k) { return table_.species[centres[k].particle]; };
  const auto lanes = static_cast<std::size_t>(kernels_.lanes);
  const int s = species_of(first);
  detail::LocalEnergyView local = views_.local()[static_cast<std::size_t>(s)];
  local.n_features = 0;
  std::fill(packed_.begin(), packed_.end(), 0.0);
  std::size_t end = first;
  for (; end < last && end - first < lanes && species_of(end) == s; ++end)
    terms_.sum(source, centres[end].particle, end - first, packed_.data());
  alignas(64) double energy[16], variance[16];
  kernels_.forces->local_energy({&local, packed_.data(), nullptr, nullptr, energy, variance, nullptr});
  for (std::size_t k = first; k < end; ++k) out.centres.push_back({centres[k].row, 0.0, variance[k - first]});
  return end;
}

}  // namespace anisoap
