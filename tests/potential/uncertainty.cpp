// SPDX-License-Identifier: MIT
// Local energies and their standard deviations against a plain evaluation of each kind's formula.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "anisoap/training.hpp"
#include "support/compare.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"

namespace anisoap::test {
namespace {

constexpr double kBound = 1e-12;
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto;

struct Predicted {
  double energy = 0, variance = 0;
  std::vector<double> own{};      // V x of a linear energy
  std::vector<double> members{};  // of a committee
};

Predicted plain_linear(const LocalEnergy& e, const std::vector<double>& p) {
  Predicted out{e.offset, 0};
  std::vector<double> y(e.variance_rows.size() / p.size());
  for (std::size_t k = 0; k < p.size(); ++k) {
    const double x = (p[k] - e.shift[k]) * e.scale[k];
    out.energy += e.weights[k] * x;
    for (std::size_t row = 0; row < y.size(); ++row) y[row] += e.variance_rows[row * p.size() + k] * x;
  }
  for (double v : y) out.variance += v * v;
  out.own = y;
  return out;
}

Predicted plain_kernel(const LocalEnergy& e, const std::vector<double>& p) {
  const double norm = std::sqrt(std::inner_product(p.begin(), p.end(), p.begin(), 0.0));
  Predicted out{e.offset, e.prior_variance};
  std::vector<double> y(e.variance_rows.size() / e.weights.size());
  for (std::size_t m = 0; m < e.weights.size(); ++m) {
    const double* point = &e.points[m * p.size()];
    const double kernel = std::pow(std::inner_product(p.begin(), p.end(), point, 0.0) / norm, e.exponent);
    out.energy += e.weights[m] * kernel;
    for (std::size_t row = 0; row < y.size(); ++row) y[row] += e.variance_rows[row * e.weights.size() + m] * kernel;
  }
  for (double v : y) out.variance -= v * v;
  return out;
}

Predicted plain_networks(const LocalEnergy& e, const std::vector<double>& p) {
  const PlainCommittee c = plain_committee(e.networks, e.shift, e.scale, p.data());
  return {e.offset + c.mean, plain_variance(c.members), {}, c.members};
}

Predicted plain_local(const LocalEnergy& e, const std::vector<double>& p) {
  switch (e.kind) {
    case LocalKind::Linear:
      return plain_linear(e, p);
    case LocalKind::Kernel:
      return plain_kernel(e, p);
    case LocalKind::Networks:
      return plain_networks(e, p);
    default:
      return {e.offset, 0};
  }
}

// Rows of the descriptor of particles as small as the density takes them.
std::vector<double> power_spectra(const Model& model, Frame frame) {
  for (double& d : frame.diameters) d *= model.density_scale;
  return rows_of(Descriptor(model.hypers), frame, Quantity::SymmetricPowerSpectrum);
}

std::vector<Predicted> plain_many_body(const Model& model, const Frame& frame) {
  const auto rows = power_spectra(model, frame);
  const auto n = static_cast<std::ptrdiff_t>(model.n_features());
  std::vector<Predicted> out;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i) * n;
    out.push_back(plain_local(model.local[static_cast<std::size_t>(frame.species[i])], std::vector<double>(row, row + n)));
  }
  return out;
}

// Half of each pair to either particle; the variance is that of each member's share, in one sum with the many-body committees
// where they were trained together.
void add_networks(const Model& model, const Frame& frame, std::vector<Predicted>& particles) {
  std::size_t n = 0;
  for (const TwoBodyPair& pair : model.two_body.pairs) n = std::max(n, pair.networks.size());
  if (n == 0) return;
  std::vector<std::vector<double>> members(frame.size(), std::vector<double>(n));
  for (std::size_t i = 0; model.joint_committees && i < frame.size(); ++i) {
    if (particles[i].members.empty()) continue;
    members[i] = particles[i].members;
    particles[i].variance = 0;
  }
  const auto species_pairs = two_body_inputs(model.two_body, frame.view());
  for (std::size_t k = 0; k < species_pairs.size(); ++k) {
    const TwoBodyPair& pair = model.two_body.pairs[k];
    if (pair.networks.empty()) continue;
    for (std::size_t p = 0; p < species_pairs[k].i.size(); ++p) {
      const auto c =
          plain_committee(pair.networks, pair.shift, pair.scale, &species_pairs[k].inputs[p * species_pairs[k].n_inputs]);
      const double share = 0.5 * species_pairs[k].weight[p] * species_pairs[k].taper[p];
      for (auto end : {species_pairs[k].i[p], species_pairs[k].j[p]}) {
        particles[static_cast<std::size_t>(end)].energy += share * c.mean;
        for (std::size_t m = 0; m < c.members.size(); ++m) members[static_cast<std::size_t>(end)][m] += share * c.members[m];
      }
    }
  }
  for (std::size_t i = 0; i < frame.size(); ++i) particles[i].variance += plain_variance(members[i]);
}

// Terms of the polynomials of one particle's pairs, pair of species after pair of species, and the energy of their weights.
struct PlainTerms {
  std::vector<double> terms;
  double energy = 0;
};

PlainTerms plain_terms(const Model& model, const std::vector<PairTermRows>& species_pairs, const Frame& frame, std::size_t i) {
  PlainTerms out;
  for (std::size_t k = 0; k < species_pairs.size(); ++k) {
    const TwoBodyPair& pair = model.two_body.pairs[k];
    if (pair.species[0] != frame.species[i] && pair.species[1] != frame.species[i]) continue;
    const double* row = species_pairs[k].energies.data() + i * species_pairs[k].n_terms;
    out.terms.insert(out.terms.end(), row, row + species_pairs[k].n_terms);
    out.energy += std::inner_product(row, row + species_pairs[k].n_terms, pair.polynomial.weights.begin(), 0.0);
  }
  return out;
}

// |V x + V_p t|^2 of a linear energy, |V_p t|^2 beside the variance of the others.
void add_polynomials(const Model& model, const Frame& frame, std::vector<Predicted>& particles) {
  const auto species_pairs = pair_term_rows(model.two_body, frame.view());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const PlainTerms plain = plain_terms(model, species_pairs, frame, i);
    const std::size_t n = plain.terms.size();
    Predicted& particle = particles[i];
    particle.energy += plain.energy;
    const auto& rows = model.local[static_cast<std::size_t>(frame.species[i])].pair_variance_rows;
    for (std::size_t row = 0; n * row < rows.size(); ++row) {
      const double own = row < particle.own.size() ? particle.own[row] : 0;
      const double added = std::inner_product(plain.terms.begin(), plain.terms.end(), &rows[n * row], 0.0);
      particle.variance += (own + added) * (own + added) - own * own;
    }
  }
}

std::vector<Predicted> plain_prediction(const Model& model, const Frame& frame) {
  auto out = plain_many_body(model, frame);
  if (model.two_body.empty()) return out;
  add_networks(model, frame, out);
  add_polynomials(model, frame, out);
  return out;
}

void expect_predicted(const Outcome& got, const std::vector<Predicted>& expected) {
  std::vector<double> energies, deviations;
  for (const Predicted& p : expected) {
    energies.push_back(p.energy);
    deviations.push_back(std::sqrt(p.variance));
  }
  EXPECT_LE(relative_difference(got.energies, energies), kBound);
  EXPECT_LE(relative_difference(got.uncertainties, deviations), kBound);
  for (double d : deviations) EXPECT_GE(d, 1e-4) << "nothing to compare";
}

class Uncertainty : public ::testing::TestWithParam<Recipe> {};

TEST_P(Uncertainty, AndEnergyFollowTheFormula) {
  const Model model = random_model(GetParam());
  EXPECT_TRUE(model.has_uncertainty());
  const Frame frame = spread_frame(81, GetParam().n_species);
  expect_predicted(evaluate(Potential(model), frame), plain_prediction(model, frame));
}

INSTANTIATE_TEST_SUITE_P(
    Uncertainty, Uncertainty,
    ::testing::Values(Recipe{LocalKind::Linear, kGto, 2}, Recipe{LocalKind::Linear, RadialBasis::Monomial, 1},
                      Recipe{LocalKind::Kernel, kGto, 1}, Recipe{LocalKind::Networks, kGto, 3},
                      Recipe{LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}},
                      Recipe{LocalKind::Kernel, kGto, 2, {kBiaxial, kUniaxial}},
                      with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}}),
                      with_polynomials({LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}}),
                      with_polynomials({LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}}),
                      with_polynomials({LocalKind::Kernel, kGto, 3, {kUniaxial, kSphere, kUniaxial}}),
                      with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kUniaxial}}),
                      with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}}, PairEnergies::Both),
                      with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kUniaxial}}, PairEnergies::Both)),
    RecipeName());

TEST(Uncertainty, IsZeroWhereAModelDoesNotKnowIt) {
  for (LocalKind kind : {LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks}) {
    Model model = random_model({kind, kGto, 1, {kUniaxial}});
    model.local[0].variance_rows.clear();
    if (kind == LocalKind::Networks) model.local[0].networks.resize(1);
    model.two_body.pairs[0].networks.resize(1);
    EXPECT_FALSE(model.has_uncertainty());
    for (double u : evaluate(Potential(model), spread_frame(82, 1)).uncertainties) EXPECT_EQ(u, 0);
  }
}

// And a pair of species may have no energy at all.
TEST(Uncertainty, EachSpeciesMayHaveAnotherKind) {
  Model model = random_model(with_polynomials({LocalKind::None, kGto, 4, {kUniaxial, kBiaxial, kSphere, kUniaxial}, 2}));
  model.two_body.pairs.erase(model.two_body.pairs.begin() + 2);
  Random random(5);
  for (int s = 0; s < 4; ++s) {
    LocalEnergy& e = model.local[static_cast<std::size_t>(s)];
    e = random_local(random, static_cast<LocalKind>((s + 1) % 4), model.n_features());
    add_pair_rows(random, model.two_body, s, e);
  }
  const Frame frame = spread_frame(88, 4);
  for (const auto& set : instruction_sets())
    expect_predicted(evaluate(Potential(model, set), frame), plain_prediction(model, frame));
}

// Committees of both terms that were trained together; otherwise their variances add.
TEST(Uncertainty, JointCommitteesAreOneCommittee) {
  for (PairEnergies pairs : {PairEnergies::Networks, PairEnergies::Both})
    for (bool joint : {true, false}) {
      Model model = random_model(with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kBiaxial}, 2}, pairs));
      model.joint_committees = joint;
      const Frame frame = spread_frame(89, 2);
      for (bool all : {true, false}) {
        SCOPED_TRACE(std::string(pairs == PairEnergies::Both ? "both" : "networks") + (joint ? ", joint" : "") +
                     (all ? ", all" : ", one"));
        if (!all) model.local[0] = LocalEnergy{};
        expect_predicted(evaluate(Potential(model), frame), plain_prediction(model, frame));
      }
    }
}

// Rows of each species for its own: some have them, others do not.
TEST(Uncertainty, OfPairsMayBeKnownForSomeSpeciesAlone) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear, LocalKind::Kernel}) {
    Model model = random_model(with_polynomials({kind, kGto, 2, {kUniaxial, kBiaxial}}));
    model.local[0].pair_variance_rows.clear();
    const Frame frame = spread_frame(85, 2);
    const auto expected = plain_prediction(model, frame);
    const Outcome got = evaluate(Potential(model), frame);
    for (std::size_t i = 0; i < frame.size(); ++i) {
      EXPECT_NEAR(got.uncertainties[i], std::sqrt(expected[i].variance), kBound * largest(got.uncertainties));
      EXPECT_EQ(got.uncertainties[i] > 0, kind != LocalKind::None || frame.species[i] == 1);
    }
  }
}

// Rows of the pairs alone, as many as one likes.
TEST(Uncertainty, OfALinearEnergyMayBeThatOfItsPairs) {
  Model model = random_model(with_polynomials({LocalKind::Linear, kGto, 1, {kUniaxial}}));
  model.local[0].variance_rows.clear();
  model.local[0].pair_variance_rows.resize(n_species_terms(model.two_body, 0));
  const Frame frame = spread_frame(86, 1);
  expect_predicted(evaluate(Potential(model), frame), plain_prediction(model, frame));
}

TEST(Uncertainty, RowsOfZerosAddNothing) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks}) {
    Model model = random_model(with_polynomials({kind, kGto, 1, {kUniaxial}}));
    const Frame frame = spread_frame(87, 1);
    const auto known = evaluate(Potential(model), frame).uncertainties;
    std::fill(model.local[0].pair_variance_rows.begin(), model.local[0].pair_variance_rows.end(), 0.0);
    const auto zeros = evaluate(Potential(model), frame).uncertainties;
    model.local[0].pair_variance_rows.clear();
    EXPECT_EQ(model.has_uncertainty(), kind != LocalKind::None);
    EXPECT_EQ(evaluate(Potential(model), frame).uncertainties, zeros);
    for (std::size_t i = 0; i < frame.size(); ++i) EXPECT_GE(std::fabs(known[i] - zeros[i]), 1e-6) << "nothing to compare";
  }
}

TEST(Uncertainty, OfAKernelFarFromItsDataIsThatOfThePrior) {
  Model model = random_model({LocalKind::Kernel, kGto, 1});
  model.local[0].variance_rows.assign(model.local[0].weights.size(), 0.0);
  for (double u : evaluate(Potential(model), spread_frame(83, 1)).uncertainties)
    EXPECT_NEAR(u, std::sqrt(model.local[0].prior_variance), 1e-14);
}

TEST(Uncertainty, DoesNotDependOnWhetherForcesAreAskedFor) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear}) {
    const Potential potential(random_model(with_polynomials({kind, kGto, 2, {kUniaxial, kBiaxial}}, PairEnergies::Both)));
    const Frame frame = spread_frame(84, 2);
    FrameBatch batch = potential.make_batch(1);
    batch.add(frame.view());
    std::vector<double> uncertainties(frame.size(), 9.0);
    PotentialResults results;
    results.uncertainties = uncertainties.data();
    potential.compute(batch, results);
    EXPECT_EQ(uncertainties, evaluate(potential, frame).uncertainties);
  }
}

}  // namespace
}  // namespace anisoap::test
