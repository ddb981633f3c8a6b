// SPDX-License-Identifier: MIT
// The particle pairs of one frame that a two-body term has, one by one, with their invariants.
#pragma once

#include <vector>

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pair_invariants.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/model.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "model/two_body_rules.hpp"
#include "potential/pairs/pair_packs.hpp"

namespace anisoap {

// One pair of a frame: rows of the particles, weight, and all that its invariants depend on.
struct FramePair {
  std::size_t species_pair, i, j;
  double weight;
  const double* r;
  double taper, taper_gradient[3];
  const detail::PairForm* form;
  const detail::Body<double>* bodies[2];
  detail::PairInvariants<double> invariants;
};

// Calls visit(FramePair) for each particle pair of the species pairs of a term.
template <class Visit>
void for_each_pair(const TwoBody& term, const FrameView& frame, int num_threads, std::size_t number, const Visit& visit) {
  // No density is made: any basis length that refuses no sensible body does.
  const TableRules rules{static_cast<int>(term.species.size()), term.cutoff, 1.0, 1.0, true};
  FrameBatch batch(rules, term.cutoff, num_threads);
  batch.count_frames_from(number);
  batch.add(frame);
  const ParticleTable& table = batch.table();
  const std::size_t n_species = term.species.size();
  const auto at = [&](int a, int b) { return static_cast<std::size_t>(a) * n_species + static_cast<std::size_t>(b); };
  std::vector<int> pair_of_species(n_species * n_species, -1);
  std::vector<detail::PairForm> forms;
  for (std::size_t k = 0; k < term.pairs.size(); ++k) {
    const int* species = term.pairs[k].species;
    pair_of_species[at(species[0], species[1])] = pair_of_species[at(species[1], species[0])] = static_cast<int>(k);
    forms.push_back(pair_form(term, term.pairs[k]));
  }
  NeighborSink sink(table, term.cutoff, find_backend());
  for (const Centre& centre : batch.centres()) {
    batch.collect(centre.particle, sink);
    for (const Neighbor* e = sink.begin(); e != sink.begin() + sink.size(); ++e) {
      const auto other = static_cast<std::size_t>(e->index);
      const int k = pair_of_species[at(table.species[centre.particle], table.species[other])];
      const double weight = detail::pair_weight(centre.particle, other, true);
      if (k < 0 || weight == 0) continue;
      FramePair pair{};
      pair.species_pair = static_cast<std::size_t>(k);
      pair.weight = weight;
      pair.form = &forms[pair.species_pair];
      const OrderedPair ends = ordered(*pair.form, table, centre.particle, *e);
      pair.i = batch.centres()[ends.i].row;
      pair.j = batch.centres()[ends.j].row;
      pair.r = ends.r;
      const detail::Taper<double> taper = detail::taper_at(detail::dot3(ends.r, ends.r), term.cutoff, 1 / term.width);
      pair.taper = taper.value;
      for (std::size_t d = 0; d < 3; ++d) pair.taper_gradient[d] = taper.slope * ends.r[d];
      pair.bodies[0] = &table.bodies[ends.i];
      pair.bodies[1] = &table.bodies[ends.j];
      detail::pair_invariants(*pair.form, ends.r, *pair.bodies[0], *pair.bodies[1], pair.invariants);
      visit(pair);
    }
  }
}

}  // namespace anisoap
