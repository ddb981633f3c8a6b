// SPDX-License-Identifier: MIT
// Forces, torques and virial are the derivatives of the energy in positions, turns and strain.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/finite_difference.hpp"
#include "support/model.hpp"
#include "support/turn.hpp"

namespace anisoap::test {
namespace {

constexpr double kRelative = 1e-7;  // of the largest finite difference
constexpr double kAbsolute = 1e-10;
constexpr std::size_t kMoved = 3;  // particles that are moved and turned, one of each species

// Minus the change of energy per length that particle i moves along axis d.
double force(const Potential& potential, const Frame& frame, std::size_t i, std::size_t d, double h) {
  return -five_point(
      [&](double s) {
        Frame moved = frame;
        moved.positions[3 * i + d] += s;
        return energy_of(potential, moved);
      },
      h);
}

// Minus the change of energy per angle that particle i turns about space axis d.
double torque(const Potential& potential, const Frame& frame, std::size_t i, std::size_t d, double h) {
  return -five_point(
      [&](double s) {
        Frame turned = frame;
        turn_body(turn_about(d, s), &turned.quaternions[4 * i]);
        return energy_of(potential, turned);
      },
      h);
}

// Minus the change of energy per strain x_b += s x_a; orientations stay.
double virial(const Potential& potential, const Frame& frame, std::size_t a, std::size_t b, double h) {
  return -five_point(
      [&](double s) {
        Frame strained = frame;
        for (std::size_t i = 0; i < frame.size(); ++i) strained.positions[3 * i + b] += s * frame.positions[3 * i + a];
        for (std::size_t k = 0; k < 3; ++k) strained.cell[3 * k + b] += s * frame.cell[3 * k + a];
        return energy_of(potential, strained);
      },
      h);
}

template <class One>
std::vector<double> all(std::size_t n, const One& one) {
  std::vector<double> out;
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < 3; ++b) out.push_back(one(a, b));
  return out;
}

void expect_derivatives(const Potential& potential, const Frame& frame) {
  const Outcome got = evaluate(potential, frame);
  const auto check = [](const char* what, const Deviation& d) {
    EXPECT_TRUE(d.within(kRelative, kAbsolute)) << what << ": off by " << d.difference << " of " << d.scale;
    return d.scale;
  };
  const auto first = [](const std::vector<double>& v) { return std::vector<double>(v.begin(), v.begin() + 3 * kMoved); };
  const double forces = check("force", deviation(first(got.forces), [&](double h) {
                                return all(kMoved, [&](auto i, auto d) { return force(potential, frame, i, d, h); });
                              }));
  const double torques = check("torque", deviation(first(got.torques), [&](double h) {
                                 return all(kMoved, [&](auto i, auto d) { return torque(potential, frame, i, d, h); });
                               }));
  const double strain = check("virial", deviation(got.virial, [&](double h) {
                                return all(3, [&](auto a, auto b) { return virial(potential, frame, a, b, h); });
                              }));
  EXPECT_GE(std::min(forces, strain), 0.01) << "nothing to compare";
  EXPECT_GE(torques, 1e-4) << "nothing to compare";
}

constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

const std::vector<Recipe> kRecipes = {
    {LocalKind::Linear, kGto, 1},
    {LocalKind::Linear, kGto, 2},
    {LocalKind::Linear, kGto, 3, {}, 2},
    {LocalKind::Linear, kMonomial, 1},
    {LocalKind::Linear, kMonomial, 2},
    {LocalKind::Linear, kGto, 1, {}, 6, 1.0},
    {LocalKind::Kernel, kGto, 1},
    {LocalKind::Kernel, kMonomial, 3, {}, 2},
    {LocalKind::Networks, kGto, 2},
    {LocalKind::Networks, kMonomial, 1},
    {LocalKind::None, kGto, 1, {kSphere}},
    {LocalKind::None, kGto, 1, {kUniaxial}},
    {LocalKind::None, kGto, 1, {kBiaxial}},
    {LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}},
    {LocalKind::None, kGto, 3, {kUniaxial, kUniaxial, kSphere}},
    {LocalKind::None, kGto, 2, {kBiaxial, kBiaxial}},
    {LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}},
    {LocalKind::Kernel, kGto, 2, {kUniaxial, kSphere}, 2, 0.5},
    with_polynomials({LocalKind::None, kGto, 1, {kSphere}}),
    with_polynomials({LocalKind::None, kGto, 1, {kUniaxial}}),
    with_polynomials({LocalKind::None, kGto, 1, {kBiaxial}}),
    with_polynomials({LocalKind::None, kGto, 3, {kUniaxial, kUniaxial, kSphere}}),
    with_polynomials({LocalKind::None, kGto, 3, {kBiaxial, kBiaxial, kUniaxial}}),
    with_polynomials({LocalKind::None, kGto, 2, {kSphere, kBiaxial}}),
    with_polynomials({LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}}),
    with_expansions(LocalKind::None, {"D6h"}),
    with_expansions(LocalKind::None, {"C1"}),
    with_expansions(LocalKind::None, {"Cinfv", "Kh"}),
    with_expansions(LocalKind::None, {"Td", "C3v"}),
    with_expansions(LocalKind::None, {"D3", "Oh"}),
    with_expansions(LocalKind::Linear, {"S4", "C2v"}),
    with_polynomials({LocalKind::Kernel, kMonomial, 1, {kUniaxial}, 2, 0.5}),
    with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kBiaxial}, 2}, PairEnergies::Both),
    with_polynomials({LocalKind::None, kGto, 3, {kBiaxial, kUniaxial, kSphere}}, PairEnergies::Both),
};

class FiniteDifference : public ::testing::TestWithParam<Recipe> {};

TEST_P(FiniteDifference, OfTheEnergyInPositionsTurnsAndStrain) {
  const Potential potential(random_model(GetParam()));
  expect_derivatives(potential, spread_frame(51, GetParam().n_species));
}

INSTANTIATE_TEST_SUITE_P(FiniteDifference, FiniteDifference, ::testing::ValuesIn(kRecipes), RecipeName());

// The middle of the widest gap between the distances of a cluster's particles, from 3 to 5.
double quiet_cutoff(const Frame& cluster) {
  std::vector<double> distances{3, 5};
  for (std::size_t i = 0; i < cluster.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double squared = 0;
      for (std::size_t d = 0; d < 3; ++d) squared += std::pow(cluster.positions[3 * i + d] - cluster.positions[3 * j + d], 2);
      if (squared > 9 && squared < 25) distances.push_back(std::sqrt(squared));
    }
  std::sort(distances.begin(), distances.end());
  std::size_t widest = 1;
  for (std::size_t k = 2; k < distances.size(); ++k)
    if (distances[k] - distances[k - 1] > distances[widest] - distances[widest - 1]) widest = k;
  EXPECT_GE(distances[widest] - distances[widest - 1], 0.1) << "a neighbour crosses the cutoff";
  return 0.5 * (distances[widest] + distances[widest - 1]);
}

TEST(FiniteDifference, WithoutATaperWhereNoNeighbourIsNearTheCutoff) {
  const Frame cluster = spread_frame(52, 2, {false, false, false});
  for (RadialBasis basis : {kGto, kMonomial}) {
    Model model = random_model({LocalKind::Linear, basis, 2});
    model.hypers.cutoff_function = CutoffFunction::None;
    model.hypers.cutoff_width = 0;
    model.hypers.cutoff_radius = quiet_cutoff(cluster);
    model.allow_discontinuity = true;
    expect_derivatives(Potential(model), cluster);
  }
}

TEST(FiniteDifference, WithTheCentresOwnDensityLeftOut) {
  Model model = random_model({LocalKind::Linear, kGto, 2});
  model.hypers.subtract_center_contribution = true;
  expect_derivatives(Potential(model), spread_frame(53, 2));
}

TEST(FiniteDifference, WithAManyBodyTermForOneSpeciesOnly) {
  Model model = random_model({LocalKind::Linear, kGto, 2, {kUniaxial, kBiaxial}});
  model.local[1] = LocalEnergy{};
  model.local[1].offset = 0.7;
  model.two_body.pairs.erase(model.two_body.pairs.begin() + 1);
  expect_derivatives(Potential(model), spread_frame(54, 2));
}

TEST(FiniteDifference, WithADegreeAboveTheCompiledOnes) {
  Model model = random_model({LocalKind::Linear, kGto, 1, {}, 1});
  model.hypers.max_radial = {5, 5};
  Random random(4);
  model.local[0] = random_local(random, LocalKind::Linear, model.n_features());
  ASSERT_GE(model.hypers.degree(), 11);
  expect_derivatives(Potential(model), spread_frame(55, 1));
}

// Cutoffs differ: neighbours of one term are not those of the other.
TEST(FiniteDifference, WithATwoBodyTermShorterThanTheManyBodyTerm) {
  Model model = random_model({LocalKind::Linear, kGto, 1, {kUniaxial}});
  model.two_body.cutoff = 2.6;
  model.two_body.width = 2.6;
  expect_derivatives(Potential(model), spread_frame(56, 1));
}

}  // namespace
}  // namespace anisoap::test
