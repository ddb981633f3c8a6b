// SPDX-License-Identifier: MIT
#include "anisoap/detail/pack.hpp"

#include <gtest/gtest.h>

#include "detail/lanes.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

template <class T>
class PackOf : public ::testing::Test {};
using Packs = ::testing::Types<PackS, PackD, detail::Pack<double, 4, TestIsa>, detail::Pack<float, 8, TestIsa>>;
TYPED_TEST_SUITE(PackOf, Packs);

// Lanes x0, x0 + step, ...
template <class P>
P ramp(double x0, double step) {
  P x(0.0);
  for (int lane = 0; lane < P::kLanes; ++lane) Lanes<P>::set(x, lane, x0 + lane * step);
  return x;
}

TYPED_TEST(PackOf, ExpEqualsTheStandardExpUpToRounding) {
  const double lowest = sizeof(typename TypeParam::Scalar) == 8 ? -708 : -87;
  double error = 0;
  for (double x0 = lowest; x0 < 0; x0 += 0.0731) {
    const TypeParam x = ramp<TypeParam>(x0, -x0 / 64), y = exp(x);
    for (int lane = 0; lane < TypeParam::kLanes; ++lane) {
      const double expected = std::exp(Lanes<TypeParam>::get(x, lane));
      error = worst(error, std::fabs(Lanes<TypeParam>::get(y, lane) / expected - 1));
    }
  }
  EXPECT_LE(error, 2 * kEpsilon<TypeParam>);
}

TYPED_TEST(PackOf, ExpOfZeroIsOne) {
  const TypeParam y = exp(TypeParam(0.0)), negative = exp(TypeParam(-0.0));
  EXPECT_EQ(Lanes<TypeParam>::get(y, 0), 1);
  EXPECT_EQ(Lanes<TypeParam>::get(negative, 0), 1);
}

TYPED_TEST(PackOf, ExpBelowTheSmallestNormalNumberIsZero) {
  for (double x : {-709.0, -1e4, -1e30}) EXPECT_EQ(Lanes<TypeParam>::get(exp(TypeParam(x)), TypeParam::kLanes - 1), 0) << x;
}

TYPED_TEST(PackOf, ArithmeticActsLaneByLane) {
  using S = typename TypeParam::Scalar;
  const TypeParam a = ramp<TypeParam>(0.3, 1.7), b = ramp<TypeParam>(5.1, -0.9), root = sqrt(a);
  const TypeParam sum = a + b, difference = a - b, product = a * b;
  for (int lane = 0; lane < TypeParam::kLanes; ++lane) {
    const S x = a.v[lane], y = b.v[lane];
    EXPECT_EQ(sum.v[lane], x + y);
    EXPECT_EQ(difference.v[lane], x - y);
    EXPECT_EQ(product.v[lane], x * y);
    EXPECT_EQ(root.v[lane], std::sqrt(x));
  }
}

TYPED_TEST(PackOf, SelectTakesTheFirstWhereTheMaskIsTrue) {
  const TypeParam a = ramp<TypeParam>(0, 1), limit(1.5), chosen = select(a < limit, a, limit);
  for (int lane = 0; lane < TypeParam::kLanes; ++lane) EXPECT_EQ(Lanes<TypeParam>::get(chosen, lane), lane < 2 ? lane : 1.5);
}

TYPED_TEST(PackOf, AbsDropsTheSign) {
  const TypeParam x = ramp<TypeParam>(-1.5, 1.0), y = abs(x);
  for (int lane = 0; lane < TypeParam::kLanes; ++lane) EXPECT_EQ(y.v[lane], std::fabs(x.v[lane]));
  EXPECT_EQ(Lanes<TypeParam>::get(abs(TypeParam(0.0)), 0), 0);
}

TYPED_TEST(PackOf, ClampKeepsZeroToOne) {
  const TypeParam y = clamp01(ramp<TypeParam>(-0.5, 0.9));
  for (int lane = 0; lane < TypeParam::kLanes; ++lane)
    EXPECT_EQ(Lanes<TypeParam>::get(y, lane), Lanes<TypeParam>::get(TypeParam(std::fmin(1, std::fmax(0, -0.5 + 0.9 * lane))), 0));
}

TYPED_TEST(PackOf, LoadAndStoreKeepTheOrderOfLanes) {
  typename TypeParam::Scalar in[TypeParam::kLanes], out[TypeParam::kLanes];
  for (int lane = 0; lane < TypeParam::kLanes; ++lane) in[lane] = static_cast<typename TypeParam::Scalar>(lane);
  TypeParam::load(in).store(out);
  for (int lane = 0; lane < TypeParam::kLanes; ++lane) EXPECT_EQ(out[lane], in[lane]);
}

}  // namespace
}  // namespace anisoap::test
