// SPDX-License-Identifier: MIT
#include "training/term_derivatives.hpp"

#include <algorithm>

#include "anisoap/monomials.hpp"

namespace anisoap {

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

TermDerivatives::Radial TermDerivatives::tapered(const FramePair& pair, double radial, const Motion& of_radial) {
  Radial out{pair.weight * pair.taper * radial, {}};
  for (std::size_t d = 0; d < 9; ++d)
    out.change.d[d] = pair.weight * (pair.taper * of_radial.d[d] + (d < 3 ? radial * pair.taper_gradient[d] : 0.0));
  return out;
}

namespace {

// Of a polynomial.
class PolynomialDerivatives : public TermDerivatives {
 public:
  PolynomialDerivatives(const detail::PairForm& form, const PairPolynomial& polynomial)
      : tables_(form, polynomial),
        view_(tables_.view()),
        n_invariants_(static_cast<std::size_t>(detail::pair_inputs(form) - detail::kRadialInputs)),
        mono_(tables_.monomials().size()),
        change_(mono_.size()),
        of_z_(n_invariants_) {
    resize(mono_.size() * polynomial.powers.size());
  }

  void evaluate(const FramePair& pair, bool derivatives) override {
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
    for (std::size_t k = 0; k < n_powers(); ++k) {
      Motion of_power{};
      for (std::size_t d = 0; d < 9; ++d) of_power.d[d] = powers_.slope[k] * of_u.d[d];
      radial_[k] = tapered(pair, powers_.value[k], of_power);
    }
    for (std::size_t m = 0, t = 0; m < mono_.size(); ++m)
      for (std::size_t k = 0; k < n_powers(); ++k, ++t) put(t, radial_[k], mono_[m], change_[m]);
  }

  std::size_t n_powers() const { return static_cast<std::size_t>(view_.n_powers); }

  PolynomialTables tables_;
  detail::PairPolynomialView view_;
  std::size_t n_invariants_;
  std::vector<double> mono_;
  std::vector<Motion> change_, of_z_;
  Radial radial_[detail::kMostPowers] = {};
  detail::Powers<double, -1> powers_{};
};

// Of an expansion.
class ExpansionDerivatives : public TermDerivatives {
 public:
  ExpansionDerivatives(const TwoBody& two_body, const TwoBodyPair& pair) : functions_(two_body, pair), unit_(pair.length) {
    value_.resize(functions_.size());
    change_.resize(functions_.size());
    resize(pair.symmetric.terms.size());
  }

  void evaluate(const FramePair& pair, bool derivatives) override {
    const detail::SymmetricPairView& view = functions_.view();
    functions_.evaluate(pair, derivatives);
    const detail::RadialParts<double> radial = detail::radial_parts(view, unit_, pair.invariants.u, pair.invariants.r);
    Motion of_radial[detail::kMostPowers] = {};
    if (derivatives) differentiate(pair, radial, of_radial);
    Radial tapers[detail::kMostPowers] = {};
    for (int k = 0; k < view.n_gap + view.n_distance; ++k) tapers[k] = tapered(pair, radial.value[k], of_radial[k]);
    for (std::size_t k = 0; k < value_.size(); ++k) {
      value_[k] = functions_.value(static_cast<int>(k));
      if (derivatives) change_[k] = functions_.change(static_cast<int>(k));
    }
    const auto& places = functions_.tables().places();
    for (std::size_t t = 0; t < places.size(); ++t) {
      const auto k = static_cast<std::size_t>(places[t].function), power = static_cast<std::size_t>(places[t].power);
      put(t, tapers[power], value_[k], change_[k]);
    }
  }

 private:
  void differentiate(const FramePair& pair, const detail::RadialParts<double>& radial, Motion* out) const {
    const detail::SymmetricPairView& view = functions_.view();
    const Motion of_r = motion_of(pair, 0), of_u = motion_of(pair, detail::kInverseInput);
    for (int k = 0; k < view.n_gap + view.n_distance; ++k)
      for (std::size_t d = 0; d < 9; ++d) out[k].d[d] = radial.slope[k] * (k < view.n_gap ? of_u : of_r).d[d];
  }

  ExpansionFunctions functions_;
  double unit_;
  std::vector<double> value_;
  std::vector<Motion> change_;
};

}  // namespace

ExpansionFunctions::ExpansionFunctions(const TwoBody& two_body, const TwoBodyPair& pair)
    : tables_(pair.symmetric, group_names(two_body, pair), pair_form(two_body, pair).alike),
      view_(tables_.view()),
      room_(view_),
      work_(static_cast<std::size_t>(room_.size)) {
  for (int p = 0; p < 2; ++p)
    for (auto& of_axis : turned_[p]) of_axis.resize(static_cast<std::size_t>(view_.body[p].size));
}

void ExpansionFunctions::evaluate(const FramePair& pair, bool derivatives) {
  const detail::PairInvariants<double>& v = pair.invariants;
  std::copy(v.e, v.e + 3, e_);
  inverse_r_ = v.inverse_r;
  detail::pair_frame(e_, frame_);
  detail::pair_tensors(view_, frame_, *pair.bodies[0], *pair.bodies[1], work_.data());
  for (int p = 0; derivatives && p < 2; ++p) turn(p);
}

double ExpansionFunctions::product(int function, const double* qi, const double* qj) const {
  const std::size_t at = tables_.position(function);
  const detail::SymmetricFunction& f = view_.functions[at];
  const detail::FunctionRun& run = tables_.run_of(at);
  const double one = detail::tensor_product<double>(qi, f.at[0], qj, f.at[1], run.kind);
  return run.exchanged == 0 ? one : one + run.exchanged * detail::tensor_product<double>(qi, f.at[1], qj, f.at[0], run.kind);
}

// Changes of all tensors of a body as it turns about the axes of the pair.
void ExpansionFunctions::turn(int p) {
  const detail::BodyTensorsView& body = view_.body[p];
  for (int t = 0; t < body.n_tensors; ++t)
    for (int m = 0; m <= body.most[t]; ++m) {
      const int first = body.first[t];
      const auto change = detail::turned<double>(tensors(p) + first, body.ladder + first / 2, body.most[t], m);
      for (int d = 0; d < 3; ++d) {
        auto& out = turned_[p][d];
        out[static_cast<std::size_t>(first + 2 * m)] = change.by[d].re;
        out[static_cast<std::size_t>(first + 2 * m + 1)] = change.by[d].im;
      }
    }
}

Motion ExpansionFunctions::change(int function) const {
  double turns[2][3];
  for (int d = 0; d < 3; ++d) {
    turns[0][d] = product(function, turned_[0][d].data(), tensors(1));
    turns[1][d] = product(function, tensors(0), turned_[1][d].data());
  }
  detail::PairMotion<double> motion{};
  detail::add_turns(frame_, turns, e_, inverse_r_, motion);
  Motion out;
  for (std::size_t d = 0; d < 3; ++d) {
    out.d[d] = motion.r[d];
    out.d[3 + d] = motion.turn[0][d];
    out.d[6 + d] = motion.turn[1][d];
  }
  return out;
}

std::unique_ptr<TermDerivatives> term_derivatives(const TwoBody& two_body, const TwoBodyPair& pair) {
  if (!pair.symmetric.empty()) return std::make_unique<ExpansionDerivatives>(two_body, pair);
  return std::make_unique<PolynomialDerivatives>(pair_form(two_body, pair), pair.polynomial);
}

}  // namespace anisoap
