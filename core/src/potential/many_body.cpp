// SPDX-License-Identifier: MIT
#include "potential/many_body.hpp"

#include "anisoap/detail/pair_virial.hpp"

namespace anisoap {
namespace {

std::size_t largest_workspace(const std::vector<detail::LocalEnergyView>& local) {
  int n = 0;
  for (const auto& one : local) n = std::max(n, detail::local_energy_workspace(one));
  return static_cast<std::size_t>(n);
}

}  // namespace

ManyBodyTerm::ManyBodyTerm(const ManyBodyTables& tables, const ParticleTable& table, Slots& slots)
    : tables_(tables),
      lanes_(static_cast<std::size_t>(tables.backend.lanes)),
      density_(tables.basis, tables.backend, tables.compiled, table, false),
      slots_(slots),
      lane_slots_(lanes_),
      n_features_(static_cast<std::size_t>(tables.local[0].n_features)) {
  std::size_t n_terms = 0;
  if (tables.pair_monomials) {
    pair_monomials_.emplace(*tables.pair_monomials, tables.backend, table);
    n_terms = tables.pair_monomials->most_terms();
  }
  features_.resize((n_features_ + n_terms) * lanes_);
  gradient_.resize(n_features_ * lanes_);
  gradient_of_species_.resize(n_features_ * lanes_);
  work_.resize(largest_workspace(tables.local) * lanes_);
  members_.resize(tables.n_members * lanes_);
  adjoint_.resize(static_cast<std::size_t>(tables.basis.n_coefficients()) * lanes_);
  polynomial_.resize(static_cast<std::size_t>(tables.basis.n_moments()) * lanes_);
  centres_.resize(12 * lanes_);
}

void ManyBodyTerm::add(const NeighborSource& source, ChunkSearch& search, const Chunk& chunk, BlockResult& out) {
  assign_slots(chunk, out);
  const std::size_t n_entries = chunk.entries.size();
  for (std::size_t first = 0; first < n_entries; first += lanes_) {
    const std::size_t n = std::min(lanes_, n_entries - first), in_batch = first % density_.batch();
    if (in_batch == 0) density_.compute(chunk, first, std::min(density_.batch(), n_entries - first));
    if (pair_monomials_) sum_pair_monomials(source, search, chunk, first, n);
    group(chunk, first, n, density_.coefficients(in_batch), out);
  }
}

void ManyBodyTerm::sum_pair_monomials(const NeighborSource& source, ChunkSearch& search, const Chunk& chunk, std::size_t first,
                                      std::size_t n) {
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t centre = chunk.entries[first + lane].centre.particle;
    pair_monomials_->sum(centre, search.find(source, centre), lane, &features_[n_features_ * lanes_]);
  }
}

void ManyBodyTerm::assign_slots(const Chunk& chunk, BlockResult& out) {
  slot_of_neighbor_.clear();
  for (const Neighbor& e : chunk.neighbors) slot_of_neighbor_.push_back(slots_(static_cast<std::size_t>(e.index)));
  slot_of_entry_.clear();
  for (const Entry& e : chunk.entries) slot_of_entry_.push_back(slots_(e.centre.particle));
  slots_.make_room(out);
}

void ManyBodyTerm::group(const Chunk& chunk, std::size_t first, std::size_t n, const double* coefficients, BlockResult& out) {
  const detail::BasisView& view = density_.view();
  density_.power_spectrum(coefficients, true, features_.data());
  if (tables_.weights) {
    weigh(chunk, first, n, out);
  } else if (!energies(chunk, first, n, out)) {
    return;
  }
  tables_.backend.forces->power_spectrum_adjoint(view, density_.scale(), gradient_.data(), coefficients, adjoint_.data());
  std::fill(centres_.begin(), centres_.end(), 0.0);
  for (int s = 0; s < view.n_species; ++s) forces_of_species(chunk, first, n, s, out);
  add_centres(first, n, out);
}

// The weights of each centre are its gradient.
void ManyBodyTerm::weigh(const Chunk& chunk, std::size_t first, std::size_t n, BlockResult& out) {
  std::fill(gradient_.begin(), gradient_.end(), 0.0);
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t row = chunk.entries[first + lane].centre.row;
    const double* weights = tables_.weights + row * n_features_;
    double energy = 0;
    for (std::size_t f = 0; f < n_features_; ++f) {
      gradient_[f * lanes_ + lane] = weights[f];
      energy += weights[f] * features_[f * lanes_ + lane];
    }
    out.centres.push_back({row, energy, 0.0});
  }
}

// Local energies and their gradients, species by species of the centres; false when none depends on the neighbours.
bool ManyBodyTerm::energies(const Chunk& chunk, std::size_t first, std::size_t n, BlockResult& out) {
  alignas(64) double energy[16], variance[16], grade[16] = {};
  const auto species_of = [&](std::size_t lane) { return chunk.entries[first + lane].species; };
  bool any = false;
  std::fill(gradient_.begin(), gradient_.end(), 0.0);
  for (std::size_t lane = 0; lane < n;) {
    const int s = species_of(lane);  // the chunk is sorted by species
    const detail::LocalEnergyView& local = tables_.local[static_cast<std::size_t>(s)];
    any = any || local.form != detail::LocalForm::None;
    const bool committee = local.form == detail::LocalForm::Networks && tables_.n_members > 0;
    tables_.backend.forces->local_energy({&local, features_.data(), gradient_of_species_.data(), work_.data(), energy, variance,
                                          committee ? members_.data() : nullptr, tables_.grades ? grade : nullptr});
    for (; lane < n && species_of(lane) == s; ++lane) {
      for (std::size_t f = 0; f < n_features_; ++f) gradient_[f * lanes_ + lane] = gradient_of_species_[f * lanes_ + lane];
      out.centres.push_back({chunk.entries[first + lane].centre.row, energy[lane], variance[lane], grade[lane]});
      if (committee) add_members(first + lane, lane, out);
      out.energy += energy[lane];
    }
  }
  return any;
}

void ManyBodyTerm::forces_of_species(const Chunk& chunk, std::size_t first, std::size_t n, int s, BlockResult& out) {
  tables_.backend.forces->contract_adjoint(density_.view(), adjoint_.data(), s, polynomial_.data());
  density_.point(chunk, first, n, s);
  std::size_t longest = 0;
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t* range = chunk.range(chunk.entries[first + lane], s);
    lane_slots_[lane] = slot_of_neighbor_.data() + range[0];
    longest = std::max(longest, range[1] - range[0]);
  }
  if (tables_.virials.any()) pair_rows_.resize(longest * lanes_ * kSlot);
  tables_.backend.forces->forces({&density_.task(), tables_.raised.data(), polynomial_.data(), lane_slots_.data(),
                                  out.slots.data(), centres_.data(), tables_.virials.any() ? pair_rows_.data() : nullptr});
  if (tables_.virials.any()) add_pair_virials(chunk, first, n, s, out);
}

void ManyBodyTerm::add_members(std::size_t entry, std::size_t lane, BlockResult& out) const {
  const auto slot = static_cast<std::size_t>(slot_of_entry_[entry]);
  for (std::size_t m = 0; m < tables_.n_members; ++m) out.members[slot * tables_.n_members + m] += members_[m * lanes_ + lane];
}

void ManyBodyTerm::add_pair_virials(const Chunk& chunk, std::size_t first, std::size_t n, int s, BlockResult& out) const {
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t* range = chunk.range(chunk.entries[first + lane], s);
    const auto centre = static_cast<std::size_t>(slot_of_entry_[first + lane]);
    for (std::size_t k = range[0]; k < range[1]; ++k) {
      const auto neighbor = static_cast<std::size_t>(slot_of_neighbor_[k]);
      const double* force = &pair_rows_[((k - range[0]) * lanes_ + lane) * kSlot];
      const double gradient[3] = {-force[0], -force[1], -force[2]}, *r = chunk.neighbors[k].r;
      const auto add = [&](const detail::VirialShares& shares, std::vector<double>& virials) {
        if (virials.empty()) return;
        if (shares.centre != 0) detail::add_pair_virial(shares.centre, r, gradient, &virials[9 * centre]);
        detail::add_pair_virial(shares.neighbor, r, gradient, &virials[9 * neighbor]);
      };
      add(detail::kHalves, out.virials);
      add(detail::kCentroid, out.centroid_virials);
    }
  }
}

void ManyBodyTerm::add_centres(std::size_t first, std::size_t n, BlockResult& out) const {
  for (std::size_t lane = 0; lane < n; ++lane) {
    double* slot = &out.slots[kSlot * static_cast<std::size_t>(slot_of_entry_[first + lane])];
    for (std::size_t d = 0; d < 3; ++d) slot[d] += centres_[d * lanes_ + lane];
    for (std::size_t k = 0; k < 9; ++k) out.virial[k] -= centres_[(3 + k) * lanes_ + lane];
  }
}

}  // namespace anisoap
