// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <memory>

#include "anisoap/training.hpp"
#include "training/frame_pairs.hpp"
#include "training/term_derivatives.hpp"

namespace anisoap {
namespace {

// The invariants, and after them the functions of an expansion where there is one.
void append(const FramePair& pair, ExpansionFunctions* functions, TwoBodyInputs& out) {
  out.i.push_back(static_cast<std::int64_t>(pair.i));
  out.j.push_back(static_cast<std::int64_t>(pair.j));
  out.weight.push_back(pair.weight);
  out.r.insert(out.r.end(), pair.r, pair.r + 3);
  out.taper.push_back(pair.taper);
  out.taper_gradient.insert(out.taper_gradient.end(), pair.taper_gradient, pair.taper_gradient + 3);
  const std::size_t first = out.jacobian.size();
  out.jacobian.resize(first + 9 * out.n_inputs);
  std::size_t k = 0;
  const auto put = [&](double value, const Motion& motion) {
    out.inputs.push_back(value);
    for (std::size_t d = 0; d < 9; ++d) out.jacobian[first + d * out.n_inputs + k] = motion.d[d];
    ++k;
  };
  for (int a = 0; a < detail::pair_inputs(*pair.form); ++a) put(pair.invariants.inputs[a], motion_of(pair, a));
  if (!functions) return;
  functions->evaluate(pair, true);
  for (int f = 0; f < static_cast<int>(functions->size()); ++f) put(functions->value(f), functions->change(f));
}

void add(double factor, const double* values, std::size_t n, double* out) {
  for (std::size_t t = 0; t < n; ++t) out[t] += factor * values[t];
}

void add_energies(const FramePair& pair, const TermDerivatives& terms, PairTermRows& out) {
  add(0.5, terms.values(), out.n_terms, out.energies.data() + pair.i * out.n_terms);
  add(0.5, terms.values(), out.n_terms, out.energies.data() + pair.j * out.n_terms);
}

// Forces are -dE/dx, and x_j moves r by +1, x_i by -1.
void add_derivatives(const FramePair& pair, const TermDerivatives& terms, PairTermRows& out) {
  const std::size_t n = out.n_terms;
  const auto row = [&](std::vector<double>& rows, std::size_t particle, std::size_t d) {
    return rows.data() + (3 * particle + d) * n;
  };
  for (std::size_t d = 0; d < 3; ++d) {
    add(1, terms.changes(d), n, row(out.forces, pair.i, d));
    add(-1, terms.changes(d), n, row(out.forces, pair.j, d));
    add(-1, terms.changes(3 + d), n, row(out.torques, pair.i, d));
    add(-1, terms.changes(6 + d), n, row(out.torques, pair.j, d));
    for (std::size_t a = 0; a < 3; ++a) add(-pair.r[a], terms.changes(d), n, out.virial.data() + (3 * a + d) * n);
  }
}

}  // namespace

std::vector<TwoBodyInputs> two_body_inputs(const TwoBody& term, const FrameView& frame, int num_threads, std::size_t number) {
  check_species_pairs(term);
  std::vector<TwoBodyInputs> out(term.pairs.size());
  std::vector<std::unique_ptr<ExpansionFunctions>> functions(out.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k].n_inputs = n_pair_inputs(term, term.pairs[k]);
    if (term.pairs[k].symmetric.empty()) continue;
    functions[k] = std::make_unique<ExpansionFunctions>(term, term.pairs[k]);
    out[k].n_inputs += functions[k]->size();
  }
  for_each_pair(term, frame, num_threads, number,
                [&](const FramePair& pair) { append(pair, functions[pair.species_pair].get(), out[pair.species_pair]); });
  return out;
}

std::vector<double> closest_gaps(const TwoBody& term, const FrameView& frame, int num_threads, std::size_t number) {
  check_species_pairs(term);
  std::vector<double> closest(term.pairs.size(), std::numeric_limits<double>::infinity());
  for_each_pair(term, frame, num_threads, number, [&](const FramePair& pair) {
    double& least = closest[pair.species_pair];
    least = std::min(least, pair.invariants.inputs[detail::kGapInput]);
  });
  return closest;
}

std::vector<PairTermRows> pair_term_rows(const TwoBody& term, const FrameView& frame, int num_threads, std::size_t number,
                                         bool derivatives) {
  check_species_pairs(term);
  std::vector<PairTermRows> out(term.pairs.size());
  std::vector<std::unique_ptr<TermDerivatives>> terms;
  for (std::size_t k = 0; k < out.size(); ++k) {
    terms.push_back(term_derivatives(term, term.pairs[k]));
    const std::size_t n = out[k].n_terms = terms[k]->size();
    out[k].energies.resize(frame.n * n);
    if (!derivatives) continue;
    out[k].forces.resize(frame.n * 3 * n);
    out[k].torques.resize(frame.n * 3 * n);
    out[k].virial.resize(9 * n);
  }
  for_each_pair(term, frame, num_threads, number, [&](const FramePair& pair) {
    if (out[pair.species_pair].n_terms == 0) return;
    TermDerivatives& of_pair = *terms[pair.species_pair];
    of_pair.evaluate(pair, derivatives);
    add_energies(pair, of_pair, out[pair.species_pair]);
    if (derivatives) add_derivatives(pair, of_pair, out[pair.species_pair]);
  });
  return out;
}

}  // namespace anisoap
