// SPDX-License-Identifier: MIT
// Extrapolation grades against the formula on rows of the descriptor and of the pairs' terms.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "anisoap/training.hpp"
#include "support/compare.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto;

// x of each particle, then its terms of the polynomials.
std::vector<std::vector<double>> site_rows(const Model& model, Frame frame) {
  std::vector<PairTermRows> species_pairs;
  if (!model.two_body.empty()) species_pairs = pair_term_rows(model.two_body, frame.view());
  for (double& d : frame.diameters) d *= model.density_scale;
  const auto features = rows_of(Descriptor(model.hypers), frame, Quantity::SymmetricPowerSpectrum);
  std::vector<std::vector<double>> out(frame.size());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const LocalEnergy& e = model.local[static_cast<std::size_t>(frame.species[i])];
    for (std::size_t k = 0; k < e.scale.size(); ++k)
      out[i].push_back((features[i * model.n_features() + k] - e.shift[k]) * e.scale[k]);
    for (std::size_t k = 0; k < species_pairs.size(); ++k) {
      const int* species = model.two_body.pairs[k].species;
      if (species[0] != frame.species[i] && species[1] != frame.species[i]) continue;
      const double* row = species_pairs[k].energies.data() + i * species_pairs[k].n_terms;
      out[i].insert(out[i].end(), row, row + species_pairs[k].n_terms);
    }
  }
  return out;
}

std::vector<double> plain_grades(const Model& model, const Frame& frame) {
  const auto rows = site_rows(model, frame);
  std::vector<double> out(frame.size());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const LocalEnergy& e = model.local[static_cast<std::size_t>(frame.species[i])];
    const std::size_t n = e.grade_rows.empty() ? 0 : e.scale.size(), n_terms = rows[i].size() - e.scale.size();
    const auto x = rows[i].begin(), t = x + static_cast<std::ptrdiff_t>(e.scale.size());
    for (std::size_t row = 0; row < kGradeRows; ++row) {
      double g = 0;
      if (n > 0) g = std::inner_product(x, t, &e.grade_rows[row * n], g);
      if (!e.pair_grade_rows.empty()) g = std::inner_product(t, rows[i].end(), &e.pair_grade_rows[row * n_terms], g);
      out[i] = std::max(out[i], std::fabs(g));
    }
  }
  return out;
}

class Grade : public ::testing::TestWithParam<Recipe> {};

TEST_P(Grade, FollowsTheFormula) {
  const Model model = random_model(GetParam());
  EXPECT_TRUE(model.has_grade());
  const Frame frame = spread_frame(81, GetParam().n_species);
  const auto expected = plain_grades(model, frame);
  for (const auto& set : instruction_sets())
    EXPECT_LE(relative_difference(evaluate(Potential(model, set), frame).grades, expected), 1e-12);
  for (double g : expected) EXPECT_GE(g, 1e-4) << "nothing to compare";
}

INSTANTIATE_TEST_SUITE_P(Grade, Grade,
                         ::testing::Values(Recipe{LocalKind::Linear, kGto, 2}, Recipe{LocalKind::Linear, kGto, 1, {kUniaxial}},
                                           with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}}),
                                           with_polynomials({LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}}),
                                           with_polynomials({LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}}),
                                           with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kUniaxial}},
                                                            PairEnergies::Both)),
                         RecipeName());

// Rows of each species for its own.
TEST(Grade, IsKnownForSomeSpeciesAlone) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear}) {
    Model model = random_model(with_polynomials({kind, kGto, 2, {kUniaxial, kBiaxial}}));
    model.local[0].grade_rows = model.local[0].pair_grade_rows = {};
    const Frame frame = spread_frame(85, 2);
    const auto got = evaluate(Potential(model), frame).grades;
    EXPECT_LE(relative_difference(got, plain_grades(model, frame)), 1e-12);
    for (std::size_t i = 0; i < frame.size(); ++i) EXPECT_EQ(got[i] > 0, frame.species[i] == 1);
  }
}

TEST(Grade, IsZeroWhereAModelDoesNotKnowIt) {
  for (LocalKind kind : {LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks}) {
    Model model = random_model(with_polynomials({kind, kGto, 1, {kUniaxial}}));
    model.local[0].grade_rows = model.local[0].pair_grade_rows = {};
    EXPECT_FALSE(model.has_grade());
    for (double g : evaluate(Potential(model), spread_frame(82, 1)).grades) EXPECT_EQ(g, 0);
  }
}

TEST(Grade, DoesNotDependOnWhatElseIsAskedFor) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear}) {
    const Potential potential(random_model(with_polynomials({kind, kGto, 2, {kUniaxial, kBiaxial}}, PairEnergies::Both)));
    const Frame frame = spread_frame(84, 2);
    FrameBatch batch = potential.make_batch(1);
    batch.add(frame.view());
    std::vector<double> grades(frame.size(), 9.0);
    PotentialResults results;
    results.grades = grades.data();
    potential.compute(batch, results);
    const Outcome all = evaluate(potential, frame);
    EXPECT_EQ(grades, all.grades);
    results.grades = nullptr;
    std::vector<double> uncertainties(frame.size());
    results.uncertainties = uncertainties.data();
    potential.compute(batch, results);
    EXPECT_EQ(uncertainties, all.uncertainties);
  }
}

}  // namespace
}  // namespace anisoap::test
