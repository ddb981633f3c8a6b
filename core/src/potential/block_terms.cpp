// SPDX-License-Identifier: MIT
#include "potential/block_terms.hpp"

namespace anisoap {

BlockTerms::BlockTerms(const BlockTables& tables, const ParticleTable& table)
    : search_(table, tables.hypers, tables.backend, tables.cutoff), slots_(table.size(), tables.n_members, tables.virials) {
  if (tables.many_body) many_body_.emplace(*tables.many_body, table, slots_);
  if (tables.two_body) two_body_.emplace(*tables.two_body, table, slots_);
  if (tables.pair_spread.views) pair_variances_.emplace(tables.pair_spread, tables.backend, table);
}

std::size_t BlockTerms::add_chunk(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first,
                                  std::size_t last, BlockResult& out) {
  if (!many_body_) {
    add_pairs(centres[first], search_.find(source, centres[first].particle), out);
    return first + 1;
  }
  const auto visit = [&](const Centre& centre, const Neighbors& found) { add_pairs(centre, found, out); };
  first = search_.fill(source, centres, first, last, chunk_, visit);
  many_body_->add(source, search_, chunk_, out);
  return first;
}

void BlockTerms::add_pairs(const Centre& centre, const Neighbors& found, BlockResult& out) {
  if (two_body_) two_body_->add(centre.particle, found, out);
  if (pair_variances_) pair_variances_->add(centre, found, out);
}

void BlockTerms::finish(BlockResult& out) {
  if (two_body_) two_body_->finish(out);
  if (pair_variances_) pair_variances_->finish(out);
  out.particles = slots_.take();
}

}  // namespace anisoap
