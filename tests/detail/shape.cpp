// SPDX-License-Identifier: MIT
#include "anisoap/detail/shape.hpp"

#include <gtest/gtest.h>

#include "detail/lanes.hpp"
#include "support/compare.hpp"
#include "support/quadrature.hpp"

namespace anisoap::test {
namespace {

const double kQuaternion[4] = {0.5, -0.1, 0.7, 0.5};  // |q|^2 = 1

TEST(Shapes, ARotationOfNinetyDegreesAboutZTakesXToY) {
  const double q[4] = {std::sqrt(0.5), 0, 0, std::sqrt(0.5)};
  double r[9];
  detail::rotation_matrix(q, r);
  const double expected[9] = {0, -1, 0, 1, 0, 0, 0, 0, 1};
  for (int k = 0; k < 9; ++k) EXPECT_NEAR(r[k], expected[k], 1e-15);
}

TEST(Shapes, ColumnsOfTheRotationAreTheBodyAxes) {
  double r[9];
  detail::rotation_matrix(kQuaternion, r);
  const auto axes = body_axes({0.5, -0.1, 0.7, 0.5});
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(r[3 * d + k], axes[k][d], 1e-15);
}

TEST(Shapes, OppositeQuaternionsGiveTheSameBits) {
  double opposite[4];
  for (int k = 0; k < 4; ++k) opposite[k] = -kQuaternion[k];
  const double a[3] = {0.4, 1.0, 2.0};
  const auto one = detail::make_shape(kQuaternion, a, 1.0), other = detail::make_shape(opposite, a, 1.0);
  for (int k = 0; k < 6; ++k) EXPECT_EQ(one.c[k], other.c[k]);
  EXPECT_EQ(one.weight, other.weight);
}

TEST(Shapes, CovarianceInvertsPrecisionPlusWindow) {
  const double a[3] = {0.4, 1.0, 2.0};
  const auto axes = body_axes({0.5, -0.1, 0.7, 0.5});
  for (double window : {0.0, 1.0}) {
    const auto s = detail::make_shape(kQuaternion, a, window);
    const double c[3][3] = {{s.c[0], s.c[1], s.c[2]}, {s.c[1], s.c[3], s.c[4]}, {s.c[2], s.c[4], s.c[5]}};
    double weight = 1;
    for (double v : a) weight /= std::sqrt(1 + window * v * v);
    EXPECT_NEAR(s.weight, weight, 1e-15);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) {
        double product = 0;
        for (std::size_t d = 0; d < 3; ++d) {
          double precision = d == j ? window : 0;
          for (std::size_t k = 0; k < 3; ++k) precision += axes[k][d] * axes[k][j] / (a[k] * a[k]);
          product += c[i][d] * precision;
        }
        EXPECT_NEAR(product, i == j ? 1.0 : 0.0, 1e-13);
      }
  }
}

TEST(Shapes, SinglePrecisionAgreesWithDouble) {
  const double a[3] = {0.4, 1.0, 2.0};
  const float q[4] = {0.5f, -0.1f, 0.7f, 0.5f}, b[3] = {0.4f, 1.0f, 2.0f};
  const auto wide = detail::make_shape(kQuaternion, a, 1.0);
  const auto narrow = detail::make_shape(q, b, 1.0f);
  for (int k = 0; k < 6; ++k) EXPECT_NEAR(static_cast<double>(narrow.c[k]), wide.c[k], 1e-6);
  EXPECT_NEAR(static_cast<double>(narrow.weight), wide.weight, 1e-6);
}

}  // namespace
}  // namespace anisoap::test
