// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "anisoap/monomials.hpp"
#include "anisoap/training.hpp"
#include "training/frame_pairs.hpp"

namespace anisoap {
namespace {

// Derivatives of one invariant with respect to r and turning i and j.
struct Motion {
  double d[9];
};

Motion motion_of(const FramePair& pair, int input) {
  double slopes[detail::kMostPairInputs] = {};
  slopes[input] = 1;
  const detail::PairMotion<double> motion = detail::pair_motion(*pair.form, pair.invariants, slopes);
  Motion out;
  for (std::size_t d = 0; d < 3; ++d) {
    out.d[d] = motion.r[d];
    out.d[3 + d] = motion.turn[0][d];
    out.d[6 + d] = motion.turn[1][d];
  }
  return out;
}

void append(const FramePair& pair, TwoBodyInputs& out) {
  out.i.push_back(static_cast<std::int64_t>(pair.i));
  out.j.push_back(static_cast<std::int64_t>(pair.j));
  out.weight.push_back(pair.weight);
  out.r.insert(out.r.end(), pair.r, pair.r + 3);
  out.taper.push_back(pair.taper);
  out.taper_gradient.insert(out.taper_gradient.end(), pair.taper_gradient, pair.taper_gradient + 3);
  out.inputs.insert(out.inputs.end(), pair.invariants.inputs, pair.invariants.inputs + out.n_inputs);
  const std::size_t first = out.jacobian.size();
  out.jacobian.resize(first + 9 * out.n_inputs);
  for (std::size_t k = 0; k < out.n_inputs; ++k) {
    const Motion motion = motion_of(pair, static_cast<int>(k));
    for (std::size_t d = 0; d < 9; ++d) out.jacobian[first + d * out.n_inputs + k] = motion.d[d];
  }
}

// Terms of one polynomial and their derivatives, pair after pair.
class TermDerivatives {
 public:
  TermDerivatives(const detail::PairForm& form, const PairPolynomial& polynomial)
      : tables_(form, polynomial),
        view_(tables_.view()),
        n_invariants_(static_cast<std::size_t>(detail::pair_inputs(form) - detail::kRadialInputs)),
        mono_(tables_.monomials().size()),
        change_(mono_.size()),
        values_(mono_.size() * polynomial.powers.size()),
        changes_(9 * values_.size()),
        of_z_(n_invariants_) {}

  std::size_t size() const { return values_.size(); }
  const double* values() const { return values_.data(); }  // [n_terms] times f_c and the weight
  const double* changes(std::size_t d) const { return changes_.data() + d * values_.size(); }  // [n_terms] of r, turn i, turn j

  void evaluate(const FramePair& pair, bool derivatives) {
    const double* z = pair.invariants.inputs + detail::kRadialInputs;
    detail::monomials(view_, z, mono_.data());
    powers_ = detail::powers_of<-1>(view_, pair.invariants.u);
    std::fill(values_.begin(), values_.end(), 0.0);
    detail::add_terms(view_, powers_, mono_.data(), pair.weight * pair.taper, values_.data());
    if (derivatives) differentiate(pair, z);
  }

 private:
  void differentiate(const FramePair& pair, const double* z) {
    const Motion of_u = motion_of(pair, detail::kInverseInput);
    for (std::size_t a = 0; a < n_invariants_; ++a) of_z_[a] = motion_of(pair, detail::kRadialInputs + static_cast<int>(a));
    change_[0] = {};
    for (std::size_t m = 1; m < mono_.size(); ++m) {
      const auto up = static_cast<std::size_t>(view_.parent[m]), a = static_cast<std::size_t>(view_.factor[m]);
      for (std::size_t d = 0; d < 9; ++d) change_[m].d[d] = change_[up].d[d] * z[a] + mono_[up] * of_z_[a].d[d];
    }
    for (std::size_t m = 0, t = 0; m < mono_.size(); ++m)
      for (std::size_t k = 0; k < static_cast<std::size_t>(view_.n_powers); ++k, ++t) {
        const double term = powers_.value[k] * mono_[m], by_u = powers_.slope[k] * mono_[m];
        for (std::size_t d = 0; d < 9; ++d) {
          const double tapered = pair.taper * (powers_.value[k] * change_[m].d[d] + by_u * of_u.d[d]);
          changes_[d * size() + t] = pair.weight * (tapered + (d < 3 ? term * pair.taper_gradient[d] : 0.0));
        }
      }
  }

  PolynomialTables tables_;
  detail::PairPolynomialView view_;
  std::size_t n_invariants_;
  std::vector<double> mono_;
  std::vector<Motion> change_;
  std::vector<double> values_, changes_;
  std::vector<Motion> of_z_;
  detail::Powers<double, -1> powers_{};
};

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
  for (std::size_t k = 0; k < out.size(); ++k) out[k].n_inputs = n_pair_inputs(term, term.pairs[k]);
  for_each_pair(term, frame, num_threads, number, [&](const FramePair& pair) { append(pair, out[pair.species_pair]); });
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
  std::vector<TermDerivatives> terms;
  for (std::size_t k = 0; k < out.size(); ++k) {
    terms.emplace_back(pair_form(term, term.pairs[k]), term.pairs[k].polynomial);
    const std::size_t n = out[k].n_terms = terms[k].size();
    out[k].energies.resize(frame.n * n);
    if (!derivatives) continue;
    out[k].forces.resize(frame.n * 3 * n);
    out[k].torques.resize(frame.n * 3 * n);
    out[k].virial.resize(9 * n);
  }
  for_each_pair(term, frame, num_threads, number, [&](const FramePair& pair) {
    if (out[pair.species_pair].n_terms == 0) return;
    terms[pair.species_pair].evaluate(pair, derivatives);
    add_energies(pair, terms[pair.species_pair], out[pair.species_pair]);
    if (derivatives) add_derivatives(pair, terms[pair.species_pair], out[pair.species_pair]);
  });
  return out;
}

}  // namespace anisoap
