// SPDX-License-Identifier: MIT
#include "potential/two_body.hpp"

#include <algorithm>
#include <cmath>

#include "anisoap/error.hpp"
#include "model/monomials.hpp"
#include "support/text.hpp"

namespace anisoap {

detail::PairForm pair_form(const TwoBody& two_body, const TwoBodyPair& pair) {
  detail::PairForm form{};
  for (int p = 0; p < 2; ++p) {
    const TwoBodySpecies& s = two_body.species[static_cast<std::size_t>(pair.species[p])];
    form.n_axes[p] = s.symmetry == BodySymmetry::Sphere ? 0 : (s.symmetry == BodySymmetry::Uniaxial ? 1 : 3);
    form.first_axis[p] = s.symmetry == BodySymmetry::Uniaxial ? s.axis : 0;
  }
  form.alike = pair.species[0] == pair.species[1];
  form.unit = pair.length;
  return form;
}

OrderedPair ordered(const detail::PairForm& form, const ParticleTable& table, std::size_t centre, const Neighbor& neighbor) {
  const auto j = static_cast<std::size_t>(neighbor.index);
  const double* r = neighbor.r;
  if (detail::is_reversed(form, table.species[centre], table.species[j])) return {j, centre, {-r[0], -r[1], -r[2], 0}};
  return {centre, j, {r[0], r[1], r[2], 0}};
}

void check_species(const TwoBody& two_body, const TwoBodyPair& pair, const std::string& where) {
  const int n = static_cast<int>(two_body.species.size());
  if (pair.species[0] < 0 || pair.species[1] >= n || pair.species[0] > pair.species[1])
    bad_argument("entry '" + where + ".species' of the model",
                 std::to_string(pair.species[0]) + " and " + std::to_string(pair.species[1]), "two numbers of species in order");
  for (const TwoBodySpecies& s : two_body.species)
    if (s.axis < 0 || s.axis > 2) bad_argument("entry 'two_body.species.axis' of the model", std::to_string(s.axis), "0, 1 or 2");
}

void check_kinds(const TwoBody& t) {
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
  }
}

TwoBodyWorker::TwoBodyWorker(const TwoBodyTables& tables, const ParticleTable& table)
    : tables_(tables),
      table_(table),
      lanes_(static_cast<std::size_t>(tables.kernels.lanes)),
      sink_(table, tables.term.cutoff, tables.kernels),
      slots_(table.size()),
      r_(lanes_),
      bodies_{std::vector<const detail::Body<double>*>(lanes_), std::vector<const detail::Body<double>*>(lanes_)} {
  int work = 0, members = 0;
  for (int k = 0; k < tables.term.n_pairs; ++k) {
    const detail::TwoBodyPairView& kind = tables.term.pairs[k];
    queues_.push_back({&kind, {}});
    members = std::max(members, kind.n_networks);
    work = std::max(work, detail::two_body_workspace(kind));
  }
  work_.resize(static_cast<std::size_t>(work) * lanes_);
  rows_.resize(static_cast<std::size_t>(10 + members) * lanes_);
}

double TwoBodyWorker::weight_of(std::size_t i, std::size_t j) const {
  const bool centre = tables_.is_centre[j] != 0;
  if (centre || tables_.numbers.empty()) return detail::pair_weight(i, j, centre);
  return detail::numbered_weight(tables_.numbers[i], tables_.numbers[j]);
}

void TwoBodyWorker::collect(const NeighborSource& source, std::size_t i, ChunkResult& out) {
  source.collect(i, sink_);
  const int* kinds = tables_.term.pair_of_species + table_.species[i] * tables_.term.n_species;
  for (const Neighbor* e = sink_.begin(); e != sink_.begin() + sink_.size(); ++e) {
    const auto j = static_cast<std::size_t>(e->index);
    const int kind = kinds[table_.species[j]];
    const double weight = weight_of(i, j);
    if (kind < 0 || weight == 0) continue;
    Queue& queue = queues_[static_cast<std::size_t>(kind)];
    queue.pairs.push_back({ordered(queue.kind->form, table_, i, *e), weight});
    if (queue.pairs.size() == lanes_) flush(queue, out);
  }
}

void TwoBodyWorker::flush(Queue& queue, ChunkResult& out) {
  if (queue.pairs.empty()) return;
  evaluate(queue);
  for (std::size_t lane = 0; lane < queue.pairs.size(); ++lane) add(queue, lane, out);
  queue.pairs.clear();
}

// Lanes without a pair repeat the last one.
void TwoBodyWorker::evaluate(const Queue& queue) {
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const Pair& pair = queue.pairs[std::min(lane, queue.pairs.size() - 1)];
    r_[lane] = pair.r;
    bodies_[0][lane] = &table_.bodies[pair.i];
    bodies_[1][lane] = &table_.bodies[pair.j];
  }
  tables_.kernels.forces->two_body({queue.kind,
                                    tables_.term.cutoff,
                                    tables_.term.inverse_width,
                                    r_.data(),
                                    {bodies_[0].data(), bodies_[1].data()},
                                    work_.data(),
                                    rows_.data()});
}

double* TwoBodyWorker::slot(std::size_t particle, ChunkResult& out) {
  const auto k = static_cast<std::size_t>(slots_(particle));
  if (out.slots.size() < (k + 1) * kSlot) {
    out.slots.resize((k + 1) * kSlot);
    if (tables_.virials) out.virials.resize((k + 1) * 9);
    out.members.resize((k + 1) * tables_.n_members);
  }
  return &out.slots[k * kSlot];
}

void TwoBodyWorker::add(const Queue& queue, std::size_t lane, ChunkResult& out) {
  const Pair& pair = queue.pairs[lane];
  const auto value = [&](std::size_t field) { return pair.weight * rows_[field * lanes_ + lane]; };
  const std::size_t ends[2] = {pair.i, pair.j};
  // A particle that is no centre gets its share where it is one, unless the pair is evaluated here alone.
  const bool alone = !tables_.numbers.empty();
  const bool gets[2] = {alone || tables_.is_centre[pair.i] != 0, alone || tables_.is_centre[pair.j] != 0};
  const double share = gets[0] && gets[1] ? 0.5 : 1.0;
  out.energy += value(0);
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) out.virial[3 * a + b] -= pair.r[a] * value(1 + b);
  for (std::size_t p = 0; p < 2; ++p) {
    double* s = slot(ends[p], out);
    const auto k = static_cast<std::size_t>(s - out.slots.data()) / kSlot;
    for (std::size_t d = 0; d < 3; ++d) {
      s[d] += p == 0 ? value(1 + d) : -value(1 + d);
      s[3 + d] -= value(4 + 3 * p + d);
    }
    if (tables_.virials)
      for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = 0; b < 3; ++b) out.virials[9 * k + 3 * a + b] -= 0.5 * pair.r[a] * value(1 + b);
    if (!gets[p]) continue;
    s[6] += share * value(0);
    if (queue.kind->n_networks == 0) continue;  // a polynomial is no committee
    for (std::size_t m = 0; m < tables_.n_members; ++m) {
      const std::size_t member = std::min(m, static_cast<std::size_t>(queue.kind->n_networks - 1));
      out.members[tables_.n_members * k + m] += share * value(10 + member);
    }
  }
}

}  // namespace anisoap
