// SPDX-License-Identifier: MIT
// Local energies and their standard deviations against a plain evaluation of each kind's formula.
#include <gtest/gtest.h>

#include <numeric>

#include "anisoap/training.hpp"
#include "support/compare.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"

namespace anisoap::test {
namespace {

constexpr double kBound = 1e-12;
constexpr auto kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto;

struct Predicted {
  double energy = 0, variance = 0;
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
  return {e.offset + c.mean, plain_variance(c.members)};
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

// Half of each pair to either particle; the variance is that of each member's share.
void add_two_body(const Model& model, const Frame& frame, std::vector<Predicted>& particles) {
  std::vector<std::vector<double>> members(frame.size(), std::vector<double>(model.two_body.pairs[0].networks.size()));
  const auto kinds = two_body_inputs(model.two_body, frame.view());
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    const TwoBodyPair& pair = model.two_body.pairs[k];
    for (std::size_t p = 0; p < kinds[k].i.size(); ++p) {
      const auto c = plain_committee(pair.networks, pair.shift, pair.scale, &kinds[k].inputs[p * kinds[k].n_inputs]);
      const double share = 0.5 * kinds[k].weight[p] * kinds[k].taper[p];
      for (auto end : {kinds[k].i[p], kinds[k].j[p]}) {
        particles[static_cast<std::size_t>(end)].energy += share * c.mean;
        for (std::size_t m = 0; m < c.members.size(); ++m) members[static_cast<std::size_t>(end)][m] += share * c.members[m];
      }
    }
  }
  for (std::size_t i = 0; i < frame.size(); ++i) particles[i].variance += plain_variance(members[i]);
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
  auto expected = plain_many_body(model, frame);
  if (!model.two_body.empty()) add_two_body(model, frame, expected);
  expect_predicted(evaluate(Potential(model), frame), expected);
}

INSTANTIATE_TEST_SUITE_P(Uncertainty, Uncertainty,
                         ::testing::Values(Recipe{LocalKind::Linear, kGto, 2},
                                           Recipe{LocalKind::Linear, RadialBasis::Monomial, 1},
                                           Recipe{LocalKind::Kernel, kGto, 1}, Recipe{LocalKind::Networks, kGto, 3},
                                           Recipe{LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}},
                                           Recipe{LocalKind::Kernel, kGto, 2, {kBiaxial, kUniaxial}}),
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

TEST(Uncertainty, OfAKernelFarFromItsDataIsThatOfThePrior) {
  Model model = random_model({LocalKind::Kernel, kGto, 1});
  model.local[0].variance_rows.assign(model.local[0].weights.size(), 0.0);
  for (double u : evaluate(Potential(model), spread_frame(83, 1)).uncertainties)
    EXPECT_NEAR(u, std::sqrt(model.local[0].prior_variance), 1e-14);
}

TEST(Uncertainty, DoesNotDependOnWhetherForcesAreAskedFor) {
  const Potential potential(random_model({LocalKind::Linear, kGto, 2, {kUniaxial, kBiaxial}}));
  const Frame frame = spread_frame(84, 2);
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  std::vector<double> uncertainties(frame.size(), 9.0);
  PotentialResults results;
  results.uncertainties = uncertainties.data();
  potential.compute(batch, results);
  EXPECT_EQ(uncertainties, evaluate(potential, frame).uncertainties);
}

}  // namespace
}  // namespace anisoap::test
