// SPDX-License-Identifier: MIT
#include "potential/block_terms.hpp"

namespace anisoap {

BlockTerms::BlockTerms(const BlockTables& tables, const ParticleTable& table)
    : search_(table, tables.rules, tables.kernels), slots_(table.size(), tables.n_members, tables.virials) {
  if (tables.many_body) many_body_.emplace(*tables.many_body, table, slots_);
  if (tables.two_body) two_body_.emplace(*tables.two_body, table, slots_);
  if (tables.pair_variances) pair_variances_.emplace(*tables.pair_variances, tables.kernels, table);
}

std::size_t BlockTerms::add_chunk(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first,
                                  std::size_t last, BlockResult& out) {
  first = search_.fill(source, centres, first, last, chunk_);
  if (many_body_) many_body_->add(chunk_, out);
  if (pair_variances_) pair_variances_->add(chunk_, out);
  if (two_body_)
    for (const Entry& entry : chunk_.entries) two_body_->add(entry.centre.particle, chunk_.all(entry), out);
  return first;
}

std::size_t BlockTerms::add_pairs(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first,
                                  BlockResult& out) {
  const std::size_t particle = centres[first].particle;
  two_body_->add(particle, search_.find(source, particle), out);
  return first + 1;
}

}  // namespace anisoap
