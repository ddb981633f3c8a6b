// SPDX-License-Identifier: MIT
// What moves energies, forces, torques and virial of a potential along with it, what leaves them alone, and what sums to zero.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/compare.hpp"
#include "support/model.hpp"
#include "support/turn.hpp"

namespace anisoap::test {
namespace {

constexpr double kBound = 1e-12;
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

class PotentialInvariance : public ::testing::TestWithParam<Recipe> {
 protected:
  Frame frame() const { return spread_frame(61, GetParam().n_species); }
  Outcome outcome(const Frame& frame) const { return evaluate(potential_, frame); }

  // Energies, forces, torques and virial.
  static void expect_equal(const Outcome& got, const Outcome& expected) {
    EXPECT_NEAR(got.energy, expected.energy, kBound * largest(expected.energies));
    EXPECT_LE(relative_difference(got.energies, expected.energies), kBound);
    EXPECT_LE(relative_difference(got.forces, expected.forces), kBound);
    EXPECT_LE(relative_difference(got.torques, expected.torques), kBound);
    EXPECT_LE(relative_difference(got.virial, expected.virial), kBound);
    EXPECT_LE(relative_difference(got.virials, expected.virials), kBound);
    EXPECT_LE(relative_difference(got.centroid_virials, expected.centroid_virials), kBound);
    EXPECT_LE(relative_difference(got.uncertainties, expected.uncertainties), kBound);
    EXPECT_LE(relative_difference(got.grades, expected.grades), kBound);
  }

  Potential potential_{random_model(GetParam())};
};

TEST_P(PotentialInvariance, ForcesSumToZero) {
  const Outcome o = outcome(frame());
  for (std::size_t d = 0; d < 3; ++d) {
    double sum = 0;
    for (std::size_t i = 0; i < o.energies.size(); ++i) sum += o.forces[3 * i + d];
    EXPECT_LE(worst(0, std::fabs(sum)), kBound * largest(o.forces));
  }
}

TEST_P(PotentialInvariance, TorquesAndTheAntisymmetricPartOfTheVirialSumToZero) {
  const Outcome o = outcome(frame());
  const double scale = std::max(largest(o.virial), largest(o.torques));
  for (std::size_t d = 0; d < 3; ++d) {
    const std::size_t a = (d + 1) % 3, b = (d + 2) % 3;
    double sum = o.virial[3 * a + b] - o.virial[3 * b + a];
    EXPECT_GE(std::fabs(sum), 1e-6 * scale) << "the virial is symmetric by itself";
    for (std::size_t i = 0; i < o.energies.size(); ++i) sum += o.torques[3 * i + d];
    EXPECT_LE(worst(0, std::fabs(sum)), kBound * scale);
  }
}

TEST_P(PotentialInvariance, ParticlesSumToTheWhole) {
  const Outcome o = outcome(frame());
  EXPECT_NEAR(std::accumulate(o.energies.begin(), o.energies.end(), 0.0), o.energy, kBound * largest(o.energies));
  for (const auto& virials : {o.virials, o.centroid_virials}) {
    std::vector<double> sum(9);
    for (std::size_t k = 0; k < virials.size(); ++k) sum[k % 9] += virials[k];
    EXPECT_LE(relative_difference(sum, o.virial), kBound);
  }
}

TEST_P(PotentialInvariance, OppositeQuaternionsGiveTheSameBits) {
  Frame opposite = frame();
  for (std::size_t k = 0; k < opposite.quaternions.size(); ++k) opposite.quaternions[k] *= k / 4 % 2 ? -1.0 : 1.0;
  const Outcome got = outcome(opposite), expected = outcome(frame());
  EXPECT_EQ(got.energy, expected.energy);
  EXPECT_EQ(got.forces, expected.forces);
  EXPECT_EQ(got.torques, expected.torques);
  EXPECT_EQ(got.virial, expected.virial);
}

TEST_P(PotentialInvariance, HalfATurnAboutABodyAxisChangesNothing) {
  Frame turned = frame();
  for (std::size_t i = 0; i < turned.size(); ++i) {
    Quaternion q, half{};
    std::copy_n(&turned.quaternions[4 * i], 4, q.begin());
    half[1 + i % 3] = 1;
    const Quaternion after = product(q, half.data());
    std::copy(after.begin(), after.end(), turned.quaternions.begin() + static_cast<std::ptrdiff_t>(4 * i));
  }
  expect_equal(outcome(turned), outcome(frame()));
}

TEST_P(PotentialInvariance, ATurnOfEverythingTurnsForcesTorquesAndVirial) {
  const Quaternion turn = {0.5, -0.1, 0.7, 0.5};
  Frame turned = frame();
  for (std::size_t i = 0; i < turned.size(); ++i) {
    turn_vector(turn, &turned.positions[3 * i]);
    turn_body(turn, &turned.quaternions[4 * i]);
  }
  for (std::size_t k = 0; k < 3; ++k) turn_vector(turn, &turned.cell[3 * k]);
  Outcome expected = outcome(frame());
  const auto turn_matrix = [&](double* w) {
    for (std::size_t a = 0; a < 3; ++a) turn_vector(turn, w + 3 * a);
    for (std::size_t b = 0; b < 3; ++b) {
      double column[3] = {w[b], w[3 + b], w[6 + b]};
      turn_vector(turn, column);
      for (std::size_t a = 0; a < 3; ++a) w[3 * a + b] = column[a];
    }
  };
  turn_matrix(expected.virial.data());
  for (std::size_t i = 0; i < turned.size(); ++i) {
    turn_vector(turn, &expected.forces[3 * i]);
    turn_vector(turn, &expected.torques[3 * i]);
    turn_matrix(&expected.virials[9 * i]);
    turn_matrix(&expected.centroid_virials[9 * i]);
  }
  expect_equal(outcome(turned), expected);
}

TEST_P(PotentialInvariance, TranslationsAndLatticeVectorsChangeNothing) {
  Frame moved = frame();
  for (std::size_t i = 0; i < moved.size(); ++i)
    for (std::size_t d = 0; d < 3; ++d)
      moved.positions[3 * i + d] += (d == 1 ? -1.3 : 3.7) + (static_cast<double>(i % 3) - 1) * moved.cell[3 * (i % 2) + d];
  expect_equal(outcome(moved), outcome(frame()));
}

TEST_P(PotentialInvariance, APermutationPermutesTheResults) {
  const Frame original = frame();
  Frame shuffled = original;
  Outcome expected = outcome(original);
  const Outcome before = expected;
  const std::vector<std::size_t> order = {4, 7, 0, 2, 6, 1, 5, 3};
  const auto move = [&](std::size_t width, const auto& from, auto& to) {
    for (std::size_t k = 0; k < order.size(); ++k)
      for (std::size_t d = 0; d < width; ++d) to[width * k + d] = from[width * order[k] + d];
  };
  move(3, original.positions, shuffled.positions);
  move(4, original.quaternions, shuffled.quaternions);
  move(3, original.diameters, shuffled.diameters);
  move(1, original.species, shuffled.species);
  move(1, before.energies, expected.energies);
  move(3, before.forces, expected.forces);
  move(3, before.torques, expected.torques);
  move(9, before.virials, expected.virials);
  move(9, before.centroid_virials, expected.centroid_virials);
  move(1, before.uncertainties, expected.uncertainties);
  move(1, before.grades, expected.grades);
  expect_equal(outcome(shuffled), expected);
}

TEST_P(PotentialInvariance, FramesOfOneBatchKeepApart) {
  const Frame one = frame(), other = spread_frame(62, GetParam().n_species, {true, false, false});
  FrameBatch batch = potential_.make_batch(1);
  batch.add(one.view());
  batch.add(other.view());
  const Outcome both = evaluate(potential_, {&batch.table(), &batch, &batch.centres(), &batch.centres()}, threads(1));
  Outcome expected = outcome(one);
  const Outcome second = outcome(other);
  const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  expected.energy += second.energy;
  for (std::size_t k = 0; k < 9; ++k) expected.virial[k] += second.virial[k];
  append(expected.energies, second.energies);
  append(expected.forces, second.forces);
  append(expected.torques, second.torques);
  append(expected.virials, second.virials);
  append(expected.centroid_virials, second.centroid_virials);
  append(expected.uncertainties, second.uncertainties);
  append(expected.grades, second.grades);
  expect_equal(both, expected);
}

INSTANTIATE_TEST_SUITE_P(
    PotentialInvariance, PotentialInvariance,
    ::testing::Values(Recipe{LocalKind::Linear, kGto, 2}, Recipe{LocalKind::Kernel, kMonomial, 3},
                      Recipe{LocalKind::Networks, kGto, 1}, Recipe{LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}},
                      Recipe{LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}},
                      with_polynomials({LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}}),
                      with_polynomials({LocalKind::None, kGto, 1, {kBiaxial}}), with_expansions(LocalKind::None, {"D2h", "D6h"}),
                      with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kUniaxial}}),
                      with_polynomials({LocalKind::Kernel, kMonomial, 2, {kBiaxial, kUniaxial}}),
                      with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kBiaxial}, 2}, PairEnergies::Both)),
    RecipeName());

TEST(PotentialInvariance, SpheresFeelNoTorqueFromTheManyBodyTerm) {
  for (RadialBasis basis : {kGto, kMonomial}) {
    const Potential potential(random_model({LocalKind::Linear, basis, 2}));
    Frame frame = spread_frame(63, 2);
    for (std::size_t k = 0; k < frame.diameters.size(); ++k)
      if (k / 3 % 2) frame.diameters[k] = frame.diameters[k / 3 * 3];  // every other particle
    const Outcome o = evaluate(potential, frame);
    for (std::size_t k = 0; k < o.torques.size(); ++k)
      if (k / 3 % 2) {
        EXPECT_LE(worst(0, std::fabs(o.torques[k])), 1e-14 * largest(o.forces));
      } else {
        EXPECT_GE(std::fabs(o.torques[k]), 1e-6 * largest(o.forces));
      }
  }
}

TEST(PotentialInvariance, SpheresFeelNoTorqueFromThePolynomials) {
  const Potential potential(random_model(with_polynomials({LocalKind::None, kGto, 2, {kSphere, kBiaxial}})));
  Frame frame = spread_frame(66, 2);
  for (std::size_t k = 0; k < frame.diameters.size(); ++k)
    if (k / 3 % 2 == 0) frame.diameters[k] = frame.diameters[k / 3 * 3];  // those of species 0
  const Outcome o = evaluate(potential, frame);
  for (std::size_t k = 0; k < o.torques.size(); ++k)
    if (k / 3 % 2 == 0) {
      EXPECT_LE(worst(0, std::fabs(o.torques[k])), 1e-14 * largest(o.forces));
    } else {
      EXPECT_GE(std::fabs(o.torques[k]), 1e-6 * largest(o.forces));
    }
}

void expect_no_torque_about_axes(const Recipe& recipe) {
  Model model = random_model(recipe);
  const auto axis = static_cast<std::size_t>(model.two_body.species[0].axis);
  const Potential potential(model);
  Frame frame = spread_frame(64, 1);
  for (std::size_t i = 0; i < frame.size(); ++i)
    frame.diameters[3 * i + (axis + 1) % 3] = frame.diameters[3 * i + (axis + 2) % 3];
  const Outcome o = evaluate(potential, frame);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    double norm = 0, along = 0;
    Quaternion q;
    std::copy_n(&frame.quaternions[4 * i], 4, q.begin());
    for (double v : q) norm += v * v;
    for (double& v : q) v /= std::sqrt(norm);
    for (std::size_t d = 0; d < 3; ++d) along += body_axes(q)[axis][d] * o.torques[3 * i + d];
    EXPECT_LE(worst(0, std::fabs(along)), 1e-13 * largest(o.torques));
  }
}

// A body that is round about its axis does not care about a turn around it.
TEST(PotentialInvariance, UniaxialBodiesFeelNoTorqueAboutTheirAxis) {
  for (PairEnergies pairs : {PairEnergies::Networks, PairEnergies::Polynomial})
    expect_no_torque_about_axes(with_polynomials({LocalKind::Linear, kGto, 1, {kUniaxial}}, pairs));
}

TEST(PotentialInvariance, DensityScaleShrinksTheManyBodyTermAlone) {
  Model half = random_model({LocalKind::Linear, kGto, 1, {}, 3, 0.5}), full = half;
  full.density_scale = 1;
  Frame frame = spread_frame(65, 1), shrunk = frame;
  for (double& d : shrunk.diameters) d *= 0.5;
  EXPECT_LE(relative_difference(evaluate(Potential(half), frame).forces, evaluate(Potential(full), shrunk).forces), kBound);
  Model two_body = random_model({LocalKind::None, kGto, 1, {kBiaxial}, 3, 0.5}), same = two_body;
  same.density_scale = 1;
  EXPECT_EQ(evaluate(Potential(two_body), frame).forces, evaluate(Potential(same), frame).forces);
}

}  // namespace
}  // namespace anisoap::test
