// SPDX-License-Identifier: MIT
#include "anisoap/detail/cutoff.hpp"

#include <gtest/gtest.h>

#include "detail/lanes.hpp"
#include "support/compare.hpp"
#include "support/finite_difference.hpp"

namespace anisoap::test {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kCutoff = 5.0, kWidth = 1.5;

template <class T>
double cutoff_at(double r) {
  T squared(0.0);
  for (int lane = 0; lane < Lanes<T>::count; ++lane) Lanes<T>::set(squared, lane, r * r);
  return Lanes<T>::get(detail::cosine_cutoff(squared, T(kCutoff), T(1 / kWidth)), Lanes<T>::count - 1);
}

template <class T>
class CutoffOf : public ::testing::Test {};
TYPED_TEST_SUITE(CutoffOf, Numbers);

TYPED_TEST(CutoffOf, FollowsHalfOnePlusCosine) {
  double error = 0;
  for (double r = 0; r <= kCutoff + 0.5; r += 0.01) {
    const double t = (r - kCutoff + kWidth) / kWidth;
    const double expected = t <= 0 ? 1 : (t >= 1 ? 0 : 0.5 * (1 + std::cos(kPi * t)));
    error = worst(error, std::fabs(cutoff_at<TypeParam>(r) - expected));
  }
  EXPECT_LE(error, 8 * kEpsilon<TypeParam>);
}

TYPED_TEST(CutoffOf, IsOneBeforeTheTaperAndHalfInItsMiddle) {
  EXPECT_EQ(cutoff_at<TypeParam>(0.0), 1);
  EXPECT_EQ(cutoff_at<TypeParam>(kCutoff - kWidth - 0.01), 1);
  EXPECT_NEAR(cutoff_at<TypeParam>(kCutoff - kWidth / 2), 0.5, 8 * kEpsilon<TypeParam>);
  EXPECT_EQ(cutoff_at<TypeParam>(kCutoff + 0.01), 0);
}

TEST(Cutoff, ValueAndSlopeAreContinuousAtBothEnds) {
  for (double end : {kCutoff - kWidth, kCutoff})
    for (double h : {1e-3, 1e-4, 1e-5}) {
      const double before = cutoff_at<double>(end - h), at = cutoff_at<double>(end), after = cutoff_at<double>(end + h);
      // |f''| <= pi^2 / (2 width^2) on either side: each one-sided slope is at most that times h.
      const double bound = 0.5 * kPi * kPi / (kWidth * kWidth) * h + 1e-10;
      EXPECT_LE(worst(0, std::fabs((at - before) / h)), bound);
      EXPECT_LE(worst(0, std::fabs((after - at) / h)), bound);
    }
}

// f_c'(r) / r by its formula.
double plain_slope(double r) {
  const double t = (r - kCutoff + kWidth) / kWidth;
  return t <= 0 || t >= 1 ? 0 : -0.5 * kPi / kWidth * std::sin(kPi * t) / r;
}

TYPED_TEST(CutoffOf, SlopeIsTheDerivativeOverTheDistance) {
  double error = 0;
  for (double r = 0; r <= kCutoff + 0.5; r += 0.01) {
    const double got = Lanes<TypeParam>::get(detail::taper_at(TypeParam(r * r), kCutoff, 1 / kWidth).slope, 0);
    error = worst(error, std::fabs(got - plain_slope(r)));
  }
  EXPECT_LE(error, 16 * kEpsilon<TypeParam>);
}

TEST(Cutoff, SlopeIsTheFiniteDifferenceOfTheValue) {
  for (double r : {0.5, 3.6, 4.0, 4.25, 4.9}) {
    const double slope = five_point([&](double s) { return cutoff_at<double>(r + s); }, 1e-3) / r;
    EXPECT_NEAR(detail::taper_at(r * r, kCutoff, 1 / kWidth).slope, slope, 1e-11);
  }
}

TYPED_TEST(CutoffOf, ValueBesideTheSlopeIsTheFunctionToTheBit) {
  for (double r = 0; r <= kCutoff + 0.5; r += 0.01)
    EXPECT_EQ(Lanes<TypeParam>::get(detail::taper_at(TypeParam(r * r), kCutoff, 1 / kWidth).value, 0), cutoff_at<TypeParam>(r));
}

TYPED_TEST(CutoffOf, WithoutATaperItIsOneEverywhere) {
  const detail::Taper<TypeParam> taper = detail::taper_at(TypeParam(30.0), kCutoff, 0.0);
  EXPECT_EQ(Lanes<TypeParam>::get(taper.value, 0), 1);
  EXPECT_EQ(Lanes<TypeParam>::get(taper.slope, 0), 0);
}

TEST(Cutoff, SlopeIsZeroWhereTheFunctionIsConstant) {
  for (double r : {0.0, 1e-200, 1.0, kCutoff - kWidth, kCutoff, kCutoff + 1})
    EXPECT_EQ(detail::taper_at(r * r, kCutoff, 1 / kWidth).slope, 0) << r;
  EXPECT_EQ(detail::taper_at(0.0, kCutoff, 1 / kCutoff).slope, 0) << "a taper over the whole range";
}

template <class T>
class MathOf : public ::testing::Test {};
TYPED_TEST_SUITE(MathOf, Numbers);

TYPED_TEST(MathOf, SineOfHalfARangeEqualsTheStandardSine) {
  double error = 0;
  for (double u = -0.5; u <= 0.5; u += 0.001) {
    TypeParam x(0.0);
    for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane) Lanes<TypeParam>::set(x, lane, u);
    const double rounded = Lanes<TypeParam>::get(x, 0), y = Lanes<TypeParam>::get(detail::sin_pi_half_range(x), 0);
    error = worst(error, std::fabs(y - std::sin(kPi * rounded)));
  }
  EXPECT_LE(error, 2 * kEpsilon<TypeParam>);
}

TEST(Math, ScalarFunctionsAreTheStandardOnes) {
  EXPECT_EQ(detail::exp(-1.25), std::exp(-1.25));
  EXPECT_EQ(detail::exp(-1.25f), std::exp(-1.25f));
  EXPECT_EQ(detail::sqrt(2.0), std::sqrt(2.0));
  EXPECT_EQ(detail::sqrt(2.0f), std::sqrt(2.0f));
  EXPECT_EQ(detail::clamp01(-0.5), 0.0);
  EXPECT_EQ(detail::clamp01(0.25f), 0.25f);
  EXPECT_EQ(detail::clamp01(7.0), 1.0);
  EXPECT_EQ(detail::abs(-3.5), 3.5);
  EXPECT_EQ(detail::abs(-3.5f), 3.5f);
  EXPECT_EQ(detail::select(true, 1.0, 2.0), 1.0);
  EXPECT_EQ(detail::select(false, 1.0f, 2.0f), 2.0f);
}

}  // namespace
}  // namespace anisoap::test
