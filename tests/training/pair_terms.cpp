// SPDX-License-Identifier: MIT
// What each weight of a two-body polynomial adds to energies, forces, torques and virial of a frame.
#include <gtest/gtest.h>

#include <numeric>

#include "anisoap/training.hpp"
#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

constexpr double kBound = 1e-12;
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto;

// Rows times weights.
std::vector<double> times(const std::vector<double>& rows, const std::vector<double>& weights) {
  std::vector<double> out;
  for (std::size_t k = 0; k < rows.size(); k += weights.size())
    out.push_back(std::inner_product(weights.begin(), weights.end(), &rows[k], 0.0));
  return out;
}

void add(const std::vector<double>& values, std::vector<double>& sum) {
  ASSERT_EQ(values.size(), sum.size());
  for (std::size_t k = 0; k < values.size(); ++k) sum[k] += values[k];
}

Outcome contracted(const Model& model, const Frame& frame) {
  const std::size_t n = frame.size();
  Outcome out;
  for (int s : frame.species) out.energies.push_back(model.local[static_cast<std::size_t>(s)].offset);
  out.forces.resize(3 * n);
  out.torques.resize(3 * n);
  out.virial.resize(9);
  const auto species_pairs = pair_term_rows(model.two_body, frame.view(), 2);
  for (std::size_t k = 0; k < species_pairs.size(); ++k) {
    const TwoBodyPair& pair = model.two_body.pairs[k];
    const auto& weights = pair.symmetric.empty() ? pair.polynomial.weights : pair.symmetric.weights;
    EXPECT_EQ(species_pairs[k].n_terms, weights.size());
    add(times(species_pairs[k].energies, weights), out.energies);
    add(times(species_pairs[k].forces, weights), out.forces);
    add(times(species_pairs[k].torques, weights), out.torques);
    add(times(species_pairs[k].virial, weights), out.virial);
  }
  out.energy = std::accumulate(out.energies.begin(), out.energies.end(), 0.0);
  return out;
}

void expect_same(const Outcome& got, const Outcome& expected) {
  EXPECT_NEAR(got.energy, expected.energy, kBound * largest(expected.energies));
  EXPECT_LE(relative_difference(got.energies, expected.energies), kBound);
  EXPECT_LE(relative_difference(got.forces, expected.forces), kBound);
  EXPECT_LE(relative_difference(got.torques, expected.torques), kBound);
  EXPECT_LE(relative_difference(got.virial, expected.virial), kBound);
}

class PairTerms : public ::testing::TestWithParam<Recipe> {};

TEST_P(PairTerms, TimesTheWeightsAreTheResultsOfThePotential) {
  const Model model = random_model(GetParam());
  for (const auto& periodic : {std::array{true, true, true}, {false, false, false}}) {
    const Frame frame = spread_frame(121, GetParam().n_species, periodic);
    expect_same(contracted(model, frame), evaluate(Potential(model), frame));
  }
}

INSTANTIATE_TEST_SUITE_P(PairTerms, PairTerms,
                         ::testing::Values(with_polynomials({LocalKind::None, kGto, 1, {kSphere}}),
                                           with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}}),
                                           with_polynomials({LocalKind::None, kGto, 1, {kBiaxial}}),
                                           with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kUniaxial}}),
                                           with_expansions(LocalKind::None, {"D6h"}),
                                           with_expansions(LocalKind::None, {"C1", "Kh"}),
                                           with_expansions(LocalKind::None, {"D3", "Td"}),
                                           with_polynomials({LocalKind::None, kGto, 2, {kBiaxial, kBiaxial}}),
                                           with_polynomials({LocalKind::None, kGto, 3, {kBiaxial, kSphere, kUniaxial}})),
                         RecipeName());

// One weight at a time.
TEST(PairTerms, EachBelongsToItsOwnWeight) {
  Model model = random_model(with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}}));
  model.two_body.pairs.erase(model.two_body.pairs.begin());  // leaves particles of species 0 with those of species 1
  const Frame frame = spread_frame(122, 2);
  const auto species_pairs = pair_term_rows(model.two_body, frame.view());
  for (LocalEnergy& e : model.local) e = LocalEnergy{};
  for (TwoBodyPair& pair : model.two_body.pairs) std::fill(pair.polynomial.weights.begin(), pair.polynomial.weights.end(), 0.0);
  auto& weights = model.two_body.pairs[0].polynomial.weights;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] = 1;
    const Outcome expected = evaluate(Potential(model), frame);
    EXPECT_LE(relative_difference(times(species_pairs[0].energies, weights), expected.energies), kBound) << t;
    EXPECT_LE(relative_difference(times(species_pairs[0].forces, weights), expected.forces), kBound) << t;
    weights[t] = 0;
  }
}

// The cell is shorter than the cutoff: each particle meets its own images.
TEST(PairTerms, OwnImagesCountOnceAndPullNothing) {
  Frame frame = spread_frame(123, 1);
  frame.species = {0};
  const Model model = random_model(with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}}));
  const auto inputs = two_body_inputs(model.two_body, frame.view());
  EXPECT_GE(inputs[0].weight.size(), 2u);
  for (double weight : inputs[0].weight) EXPECT_EQ(weight, 0.5);
  const Outcome got = contracted(model, frame), expected = evaluate(Potential(model), frame);
  EXPECT_NEAR(got.energy, expected.energy, kBound * std::fabs(expected.energy));
  EXPECT_LE(relative_difference(got.torques, expected.torques), kBound);
  EXPECT_LE(relative_difference(got.virial, expected.virial), kBound);
  EXPECT_LE(largest(got.forces), 1e-14 * largest(got.torques));
  EXPECT_GE(largest(got.torques), 1e-4) << "nothing to compare";
}

TEST(PairTerms, DoNotDependOnTheWeights) {
  TwoBody term = random_model(with_polynomials({LocalKind::None, kGto, 1, {kBiaxial}})).two_body;
  const Frame frame = spread_frame(124, 1);
  const auto expected = pair_term_rows(term, frame.view());
  term.pairs[0].polynomial.weights.clear();
  const auto got = pair_term_rows(term, frame.view());
  EXPECT_EQ(got[0].energies, expected[0].energies);
  EXPECT_EQ(got[0].forces, expected[0].forces);
}

TEST(PairTerms, NetworksHaveNone) {
  const Model model = random_model(with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}}, PairEnergies::Both));
  const auto species_pairs = pair_term_rows(model.two_body, spread_frame(125, 2).view());
  const std::size_t n_terms[3] = {0, 117, 0};  // of 39 monomials and 3 powers
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(species_pairs[k].n_terms, n_terms[k]);
    EXPECT_EQ(n_pair_terms(model.two_body, model.two_body.pairs[k]), n_terms[k]);
    EXPECT_EQ(species_pairs[k].energies.size(), 8 * n_terms[k]);
    EXPECT_EQ(species_pairs[k].virial.size(), 9 * n_terms[k]);
  }
  EXPECT_EQ(n_species_terms(model.two_body, 0), 117u);
  EXPECT_EQ(n_species_terms(model.two_body, 1), 117u);
}

TEST(PairTerms, WrongArgumentsAreRefused) {
  const TwoBody term = random_model(with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}})).two_body;
  const Frame frame = spread_frame(126, 1);
  const auto refused = [&](const auto& change, std::initializer_list<const char*> parts) {
    TwoBody changed = term;
    change(changed);
    expect_error(error_of([&] { pair_term_rows(changed, frame.view()); }), parts);
  };
  refused([](TwoBody& t) { t.width = 5; }, {"two_body.width"});
  refused([](TwoBody& t) { t.pairs[0].polynomial.degree = 65; }, {"two_body.pairs[0].polynomial.degree", "65"});
  refused([](TwoBody& t) { t.pairs[0].polynomial.powers = {0}; }, {"two_body.pairs[0].polynomial.powers"});
  Frame bad = frame;
  bad.positions[4] = std::nan("");
  expect_error(error_of([&] { pair_term_rows(term, bad.view(), 1, 8); }), {"frame 8", "particle 1", "position"});
}

}  // namespace
}  // namespace anisoap::test
