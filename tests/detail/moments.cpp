// SPDX-License-Identifier: MIT
#include "anisoap/detail/moments.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "anisoap/basis.hpp"
#include "detail/lanes.hpp"
#include "support/compare.hpp"
#include "support/frame.hpp"
#include "support/quadrature.hpp"

namespace anisoap::test {
namespace {

using detail::moment_count;
using detail::moment_index;
using detail::PairGaussian;
using detail::Shape;

Pair random_pair(std::mt19937& generator) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(0.2, 1.2);
  Pair p;
  for (double& v : p.r) v = normal(generator);
  double norm = 0;
  for (double& v : p.q) {
    v = normal(generator);
    norm += v * v;
  }
  for (double& v : p.q) v /= std::sqrt(norm);
  for (double& v : p.a) v = uniform(generator);
  return p;
}

// One pair per lane.
template <class T>
PairGaussian<T> gaussian(const std::vector<Pair>& pairs, double window) {
  T r[3];
  Shape<T> s{};
  for (int lane = 0; lane < Lanes<T>::count; ++lane) {
    const Pair& p = pairs[static_cast<std::size_t>(lane)];
    const Shape<double> shape = detail::make_shape(p.q.data(), p.a.data(), window);
    for (int k = 0; k < 3; ++k) Lanes<T>::set(r[k], lane, p.r[static_cast<std::size_t>(k)]);
    for (int k = 0; k < 6; ++k) Lanes<T>::set(s.c[k], lane, shape.c[k]);
    Lanes<T>::set(s.weight, lane, shape.weight);
  }
  return detail::pair_gaussian(r, s, T(window));
}

template <class T>
std::vector<double> lane_of(const std::vector<T>& m, int n, int lane) {
  std::vector<double> out;
  for (int k = 0; k < n; ++k) out.push_back(Lanes<T>::get(m[static_cast<std::size_t>(k)], lane));
  return out;
}

// Scaled moments by quadrature.
std::vector<double> expected_moments(const Pair& pair, double window, int degree) {
  const PairQuadrature quadrature(pair, window, degree);
  std::vector<double> out(static_cast<std::size_t>(moment_count(degree)));
  for (int a = 0; a <= degree; ++a)
    for (int b = 0; a + b <= degree; ++b)
      for (int c = 0; a + b + c <= degree; ++c)
        out[static_cast<std::size_t>(moment_index(a, b, c))] =
            quadrature.moment(a, b, c) / (std::tgamma(a + 1.0) * std::tgamma(b + 1.0) * std::tgamma(c + 1.0));
  return out;
}

// Entries of one degree only.
std::vector<double> shell(const std::vector<double>& m, int degree) {
  return {m.begin() + (degree > 0 ? moment_count(degree - 1) : 0), m.begin() + moment_count(degree)};
}

std::vector<detail::MomentStep> run_time_steps(int degree) {
  const int n = moment_count(degree);
  std::vector<detail::MomentStep> steps(static_cast<std::size_t>(n));
  for (int i = 1; i < n; ++i) {
    steps[static_cast<std::size_t>(i)] = detail::moment_step(i);
    for (int& b : steps[static_cast<std::size_t>(i)].back) b = b < 0 ? n : b;
  }
  return steps;
}

template <class T>
std::vector<T> run_time_moments(const PairGaussian<T>& g, int degree) {
  const auto steps = run_time_steps(degree);
  std::vector<T> m(steps.size() + 1);
  detail::moments(g, steps.data(), static_cast<int>(steps.size()), m.data());
  return m;
}

TEST(Moments, IndexRunsOverDegreeThenADescendingThenBDescending) {
  int expected = 0;
  for (int d = 0; d <= kMaxDegree; ++d) {
    for (int a = d; a >= 0; --a)
      for (int b = d - a; b >= 0; --b) ASSERT_EQ(moment_index(a, b, d - a - b), expected++);
    ASSERT_EQ(moment_count(d), expected);
  }
}

TEST(Moments, EveryStepLeadsFromLowerMoments) {
  for (int d = 1; d <= kMaxDegree; ++d)
    for (int a = 0; a <= d; ++a)
      for (int b = 0; a + b <= d; ++b) {
        const int exponents[3] = {a, b, d - a - b};
        const detail::MomentStep s = detail::moment_step(moment_index(a, b, d - a - b));
        int from[3] = {a, b, d - a - b};
        ASSERT_EQ(s.inverse, 1.0 / exponents[s.axis]);
        ASSERT_GE(--from[s.axis], 0);
        ASSERT_EQ(s.from, moment_index(from[0], from[1], from[2]));
        for (int j = 0; j < 3; ++j) {
          int back[3] = {from[0], from[1], from[2]};
          ASSERT_EQ(s.back[j], --back[j] < 0 ? -1 : moment_index(back[0], back[1], back[2]));
        }
      }
}

TEST(Moments, BasisHoldsTheStepsWithAbsentTermsAtTheEnd) {
  const Basis basis(gto(4, 3.0, 1.0));
  for (int i = 1; i < basis.n_moments(); ++i) {
    const detail::MomentStep expected = detail::moment_step(i), got = basis.steps()[static_cast<std::size_t>(i)];
    EXPECT_EQ(got.from, expected.from);
    for (int j = 0; j < 3; ++j) EXPECT_EQ(got.back[j], expected.back[j] < 0 ? basis.n_moments() : expected.back[j]);
  }
}

TEST(Moments, QuadratureIntegratesTheNormalDistribution) {
  const Pair pair{{0, 0, 0}, {1, 0, 0, 0}, {1, 1, 1}};
  const PairQuadrature quadrature(pair, 0.0, 12);
  EXPECT_NEAR(quadrature.moment(0, 0, 0), 1.0, 1e-13);
  EXPECT_NEAR(quadrature.moment(4, 2, 6), 3.0 * 1.0 * 15.0, 1e-10);
  EXPECT_NEAR(quadrature.moment(1, 2, 0), 0.0, 1e-12);
}

template <class T>
class MomentsOf : public ::testing::Test {};
TYPED_TEST_SUITE(MomentsOf, Numbers);

TYPED_TEST(MomentsOf, PairsEqualQuadrature) {
  std::mt19937 generator(11);
  for (double window : {0.0, 1.0})
    for (int degree : {6, 13}) {
      std::vector<Pair> pairs;
      for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane) pairs.push_back(random_pair(generator));
      const auto m = run_time_moments(gaussian<TypeParam>(pairs, window), degree);
      for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane) {
        const auto expected = expected_moments(pairs[static_cast<std::size_t>(lane)], window, degree);
        const auto got = lane_of(m, moment_count(degree), lane);
        for (int d = 0; d <= degree; ++d)
          EXPECT_LE(relative_difference(shell(got, d), shell(expected, d)), 100 * kEpsilon<TypeParam>)
              << "window " << window << ", degree " << d << ", lane " << lane;
      }
    }
}

// Both paths evaluate the same terms in the same order; fused multiply-adds may round apart.
template <class T, int D>
void expect_paths_agree(const PairGaussian<T>& g) {
  constexpr int n = moment_count(D);
  std::vector<T> compiled(static_cast<std::size_t>(n)), sums(static_cast<std::size_t>(n), T(1.0));
  detail::moments<D>(g, compiled.data());
  detail::add_moments<D>(g, sums.data());
  const auto generic = run_time_moments(g, D);
  for (int lane = 0; lane < Lanes<T>::count; ++lane) {
    const auto expected = lane_of(generic, n, lane), got = lane_of(compiled, n, lane), added = lane_of(sums, n, lane);
    for (int d = 0; d <= D; ++d)
      EXPECT_LE(relative_difference(shell(got, d), shell(expected, d)), 16 * kEpsilon<T>) << "D " << D << ", degree " << d;
    for (std::size_t k = 0; k < got.size(); ++k)
      EXPECT_LE(worst(0, std::fabs(added[k] - 1 - got[k])), 2 * kEpsilon<T> * (1 + std::fabs(got[k])));
  }
}

template <class T, int D>
void expect_paths_agree_up_to(const PairGaussian<T>& g) {
  expect_paths_agree<T, D>(g);
  if constexpr (D > 0) expect_paths_agree_up_to<T, D - 1>(g);
}

TYPED_TEST(MomentsOf, EachCompiledDegreeEqualsTheRunTimeDegree) {
  std::mt19937 generator(12);
  std::vector<Pair> pairs;
  for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane) pairs.push_back(random_pair(generator));
  expect_paths_agree_up_to<TypeParam, ANISOAP_COMPILED_DEGREE>(gaussian<TypeParam>(pairs, 1.0));
}

TYPED_TEST(MomentsOf, AddingAtARunTimeDegreeAddsTheMoments) {
  std::mt19937 generator(13);
  std::vector<Pair> pairs;
  for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane) pairs.push_back(random_pair(generator));
  const auto g = gaussian<TypeParam>(pairs, 1.0);
  const auto steps = run_time_steps(7);
  const auto n = static_cast<int>(steps.size());
  const auto m = run_time_moments(g, 7);
  std::vector<TypeParam> scratch(m.size()), sums(steps.size(), TypeParam(2.0));
  detail::add_moments(g, steps.data(), n, scratch.data(), sums.data());
  for (int lane = 0; lane < Lanes<TypeParam>::count; ++lane)
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const double expected = 2 + Lanes<TypeParam>::get(m[k], lane);
      EXPECT_LE(worst(0, std::fabs(Lanes<TypeParam>::get(sums[k], lane) - expected)),
                2 * kEpsilon<TypeParam> * std::fabs(expected));
    }
}

TYPED_TEST(MomentsOf, ASphereAtTheCentreHasTheMomentsOfANormalDistribution) {
  const double a = 0.7, window = 1.0, variance = a * a / (1 + window * a * a);
  const std::vector<Pair> pairs(static_cast<std::size_t>(Lanes<TypeParam>::count), Pair{{0, 0, 0}, {0.6, 0, 0.8, 0}, {a, a, a}});
  const auto m = run_time_moments(gaussian<TypeParam>(pairs, window), 4);
  const double mass = std::pow(1 + window * a * a, -1.5);
  const auto value = [&](int i, int j, int k) {
    return Lanes<TypeParam>::get(m[static_cast<std::size_t>(moment_index(i, j, k))], 0);
  };
  const double bound = 8 * kEpsilon<TypeParam>;
  EXPECT_NEAR(value(0, 0, 0), mass, bound);
  EXPECT_NEAR(value(2, 0, 0), mass * variance / 2, bound);
  EXPECT_NEAR(value(0, 2, 2), mass * variance * variance / 4, bound);
  EXPECT_NEAR(value(0, 0, 4), mass * 3 * variance * variance / 24, bound);
  EXPECT_NEAR(value(1, 1, 0), 0, bound);
  EXPECT_EQ(value(1, 0, 0), 0);
}

}  // namespace
}  // namespace anisoap::test
