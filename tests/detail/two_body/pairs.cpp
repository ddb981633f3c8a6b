// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "anisoap/detail/two_body.hpp"
#include "anisoap/monomials.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

template <int Most>
int picked(int degree, bool compiled) {
  int out = -2;
  detail::with_degree<Most>(degree, compiled, [&](auto d) { out = decltype(d)::value; });
  return out;
}

TEST(TwoBodyPairs, DegreesUpToTheMostAreCompiled) {
  for (int d = 0; d <= 5; ++d) EXPECT_EQ(picked<5>(d, true), d);
  EXPECT_EQ(picked<5>(6, true), -1);
  EXPECT_EQ(picked<5>(3, false), -1);
  EXPECT_EQ(picked<-1>(0, true), -1);
}

TEST(TwoBodyPairs, OneSideOfAPairIsChosenAlike) {
  int mine = 0;
  for (std::int64_t i = 0; i < 20; ++i)
    for (std::int64_t j = 0; j < 20; ++j) {
      const double here = detail::numbered_weight(i, j), there = detail::numbered_weight(j, i);
      EXPECT_EQ(here + there, 1) << i << " " << j;
      if (i == j) {
        EXPECT_EQ(here, 0.5);
      } else if (here == 1) {
        mine += i == 7;
      }
    }
  EXPECT_NEAR(mine, 9.5, 1) << "each side has about half of its pairs";
}

TEST(TwoBodyPairs, WeightsOfCentresAndOthers) {
  EXPECT_EQ(detail::pair_weight(1, 2, true), 1);
  EXPECT_EQ(detail::pair_weight(2, 1, true), 0);
  EXPECT_EQ(detail::pair_weight(1, 1, true), 0.5);
  EXPECT_EQ(detail::pair_weight(1, 2, false), 0.5);
}

// Energy of a pair of bodies of one polynomial, the neighbour at r.
struct OnePair {
  PairPolynomial polynomial{{2, 5, 12}, 6, {}};
  detail::PairForm form{{1, 1}, {2, 0}, false, 1.3};
  detail::Body<double> bodies[2];
  std::unique_ptr<PolynomialTables> tables;
  detail::TwoBodyPairView view{};

  OnePair() {
    Random random(5);
    polynomial.weights = random.normals(3 * Monomials(form, 6).size());
    tables = std::make_unique<PolynomialTables>(form, polynomial);
    view = {form, nullptr, nullptr, nullptr, 0, tables->view(), {}};
    const double q[2][4] = {{0.5, -0.1, 0.7, 0.5}, {0.8, 0.0, 0.6, 0.0}}, d[2][3] = {{0.9, 0.9, 1.4}, {1.1, 0.8, 0.8}};
    for (int p = 0; p < 2; ++p) bodies[p] = detail::make_body(q[p], d[p]);
  }

  detail::PairEnergy<double> at(const double r[3]) const {
    std::vector<double> work(static_cast<std::size_t>(detail::two_body_workspace(view)) + 1);
    return detail::pair_energy(view, 3.0, 1.0, r, bodies[0], bodies[1], work.data(), static_cast<double*>(nullptr));
  }
};

TEST(TwoBodyPairs, TheMotionIsTheDerivativeOfTheEnergy) {
  const OnePair pair;
  for (double length : {1.4, 2.4}) {  // inside and within the taper
    const double r[3] = {0.6 * length, -0.48 * length, 0.64 * length};
    const detail::PairEnergy<double> e = pair.at(r);
    for (int d = 0; d < 3; ++d) {
      const double slope = five_point(
          [&](double s) {
            double moved[3] = {r[0], r[1], r[2]};
            moved[d] += s;
            return pair.at(moved).energy;
          },
          1e-3);
      EXPECT_NEAR(e.motion.r[d], slope, 1e-8 * (1 + std::fabs(slope)));
    }
  }
}

TEST(TwoBodyPairs, WhatIsKnownOfTheFormChangesNothing) {
  const OnePair pair;
  const double r[3] = {0.9, -0.8, 1.1};
  const auto any = detail::polynomial_energy<detail::PairSymmetry::Any, -1>(pair.view, 3.0, 1.0, r, pair.bodies[0],
                                                                            pair.bodies[1], static_cast<double*>(nullptr));
  const auto known = detail::polynomial_energy<detail::PairSymmetry::UniaxialUnlike, 3>(
      pair.view, 3.0, 1.0, r, pair.bodies[0], pair.bodies[1], static_cast<double*>(nullptr));
  EXPECT_NEAR(known.energy, any.energy, 1e-14 * std::fabs(any.energy));
  EXPECT_NEAR(known.energy, pair.at(r).energy, 1e-14 * std::fabs(any.energy));
  for (int d = 0; d < 3; ++d) {
    EXPECT_NEAR(known.motion.r[d], any.motion.r[d], 1e-13);
    EXPECT_NEAR(known.motion.turn[0][d], any.motion.turn[0][d], 1e-13);
    EXPECT_NEAR(known.motion.turn[1][d], any.motion.turn[1][d], 1e-13);
  }
  EXPECT_EQ(detail::symmetry_of(pair.form), detail::PairSymmetry::UniaxialUnlike);
}

}  // namespace
}  // namespace anisoap::test
