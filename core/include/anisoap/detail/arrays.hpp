// SPDX-License-Identifier: MIT
// Every array that the views of a Basis and a Model point at, with its length: what a device has to hold. Host only.
//
// visit(pointer, n) may set the pointer to a copy of its n entries; nullptr is passed on with n = 0. Where entries hold pointers
// themselves, visit(pointer, n, each) has to call each(copy) for every entry of the copy before it goes elsewhere.
#pragma once

#include <cstddef>

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/two_body.hpp"

namespace anisoap::detail {

inline std::size_t length(const void* pointer, int n) { return pointer && n > 0 ? static_cast<std::size_t>(n) : 0; }

template <class Visit>
void visit_arrays(SparseView& sparse, int n_rows, Visit&& visit) {
  const int n = sparse.start[n_rows];
  visit(sparse.start, length(sparse.start, n_rows + 1));
  visit(sparse.entry, length(sparse.entry, n));
}

template <class Visit>
void visit_arrays(BasisView& basis, Visit&& visit) {
  visit(basis.num_radial, length(basis.num_radial, basis.max_angular + 1));
  visit_arrays(basis.to_functions, basis.n_functions, visit);
  visit_arrays(basis.to_moments, basis.n_moments, visit);
}

template <class Visit>
void visit_arrays(NetworkView& net, Visit&& visit) {
  int n = 0;
  for (int k = 0; k < net.n_layers; ++k) n += net.widths[k + 1] * (net.widths[k] + 1);
  visit(net.parameters, length(net.parameters, n));
  visit(net.widths, length(net.widths, net.n_layers + 1));
}

template <class Visit>
void visit_networks(const NetworkView*& networks, int n, Visit&& visit) {
  visit(networks, length(networks, n), [&](NetworkView& net) { visit_arrays(net, visit); });
}

template <class Visit>
void visit_arrays(LocalEnergyView& local, Visit&& visit) {
  const LocalFormFacts& facts = facts_of(local.form);
  const int columns = facts.points ? local.n_points : local.n_features;
  visit(local.shift, length(local.shift, facts.scaled ? local.n_features : 0));
  visit(local.scale, length(local.scale, facts.scaled ? local.n_features : 0));
  visit(local.weights, length(local.weights, facts.weights ? columns : 0));
  visit(local.points, length(local.points, facts.points ? local.n_points * local.n_features : 0));
  visit_networks(local.networks, local.n_networks, visit);
  visit(local.variance_rows, length(local.variance_rows, local.n_variance_rows * columns));
  visit(local.pair_rows, length(local.pair_rows, local.n_pair_rows * local.n_pair_terms));
  visit(local.grade_rows, length(local.grade_rows, local.n_grade_rows * local.n_features));
  visit(local.pair_grade_rows, length(local.pair_grade_rows, local.n_grade_rows * local.n_pair_terms));
}

template <class Visit>
void visit_arrays(PairPolynomialView& poly, Visit&& visit) {
  visit(poly.powers, length(poly.powers, poly.n_powers));
  visit(poly.parent, length(poly.parent, poly.n_monomials));
  visit(poly.factor, length(poly.factor, poly.n_monomials));
  visit(poly.steps, length(poly.steps, poly.n_steps));
  visit(poly.weights, length(poly.weights, poly.n_monomials * poly.n_powers));
}

template <class Visit>
void visit_arrays(BodyTensorsView& body, Visit&& visit) {
  visit(body.most, length(body.most, body.n_tensors));
  visit(body.first, length(body.first, body.n_tensors));
  visit(body.ladder, length(body.ladder, body.size / 2));
  visit(body.chains, length(body.chains, body.n_chains));
  visit(body.steps, length(body.steps, body.n_steps));
  visit(body.entries, length(body.entries, body.n_entries));
}

template <class Visit>
void visit_arrays(SymmetricPairView& pair, Visit&& visit) {
  for (BodyTensorsView& body : pair.body) visit_arrays(body, visit);
  visit(pair.powers, length(pair.powers, pair.n_gap + pair.n_distance));
  visit(pair.functions, length(pair.functions, pair.n_functions));
  visit(pair.runs, length(pair.runs, pair.n_runs));
  visit(pair.terms, length(pair.terms, pair.n_terms));
  for (int p = 0; p < 2; ++p) {
    visit(pair.links[p].ends, length(pair.links[p].ends, pair.body[p].size / 2));
    visit(pair.links[p].links, length(pair.links[p].links, pair.links[p].n_links));
  }
}

template <class Visit>
void visit_arrays(TwoBodyPairView& pair, Visit&& visit) {
  const int n = pair.n_networks > 0 ? pair_inputs(pair.form) : 0;
  visit(pair.shift, length(pair.shift, n));
  visit(pair.scale, length(pair.scale, n));
  visit_networks(pair.networks, pair.n_networks, visit);
  visit_arrays(pair.polynomial, visit);
  visit_arrays(pair.symmetric, visit);
}

template <class Visit>
void visit_arrays(TwoBodyView& term, Visit&& visit) {
  visit(term.pair_of_species, length(term.pair_of_species, term.n_species * term.n_species));
  visit(term.pairs, length(term.pairs, term.n_pairs), [&](TwoBodyPairView& pair) { visit_arrays(pair, visit); });
}

}  // namespace anisoap::detail
