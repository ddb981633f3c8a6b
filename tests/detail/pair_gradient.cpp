// SPDX-License-Identifier: MIT
#include "anisoap/detail/pair_gradient.hpp"

#include <gtest/gtest.h>

#include "anisoap/basis.hpp"
#include "anisoap/moment_shifts.hpp"
#include "detail/lanes.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"
#include "support/quadrature.hpp"
#include "support/sanitized.hpp"
#include "support/turn.hpp"

namespace anisoap::test {
namespace {

constexpr int kDegree = kSanitized ? 3 : 5;
constexpr auto kMoments = static_cast<std::size_t>(detail::moment_count(kDegree));
const Pair kPair = {{0.9, -0.4, 0.7}, {0.5, -0.1, 0.7, 0.5}, {0.4, 0.7, 1.1}};

// Compiled once for each degree and type, where the function of detail/ is expanded in every caller.
template <int D, class T>
detail::MeanDerivatives<T> mean_derivatives(const detail::PairGaussian<T>& g, const T* b) {
  return detail::mean_derivatives<D>(g, b);
}

template <class T>
detail::PairGaussian<T> gaussian_of(const Pair& pair, double window, T* r) {
  T q[4], a[3];
  for (std::size_t k = 0; k < 4; ++k) q[k] = static_cast<T>(pair.q[k]);
  for (std::size_t k = 0; k < 3; ++k) {
    a[k] = static_cast<T>(pair.a[k]);
    r[k] = static_cast<T>(pair.r[k]);
  }
  return detail::pair_gaussian(r, detail::make_shape(q, a, static_cast<T>(window)), static_cast<T>(window));
}

detail::PairGaussian<double> gaussian() {
  double r[3];
  return gaussian_of(kPair, 1.0, r);
}

std::vector<double> polynomial(int degree = kDegree) {
  return Random(5).normals(static_cast<std::size_t>(detail::moment_count(degree)));
}

std::vector<double> moments_of(const detail::PairGaussian<double>& g) {
  std::vector<double> m(kMoments);
  detail::moments<kDegree>(g, m.data());
  return m;
}

// sum of b m.
double value_of(const detail::PairGaussian<double>& g, const std::vector<double>& b) {
  const auto m = moments_of(g);
  double sum = 0;
  for (std::size_t k = 0; k < m.size(); ++k) sum += b[k] * m[k];
  return sum;
}

// Finite differences in mu, of the value and of the first derivatives; in C, of the value: the off-diagonal entries of C count
// twice, which makes theirs the whole of `second` and the diagonal ones half of it.
TEST(PairGradient, MeanDerivativesAreTheFiniteDifferences) {
  const auto b = polynomial();
  const auto d = mean_derivatives<kDegree>(gaussian(), b.data());
  EXPECT_NEAR(d.value, value_of(gaussian(), b), 1e-13);
  for (int k = 0; k < 3; ++k) {
    const auto at = [&](double s) {
      auto g = gaussian();
      g.mu[k] += s;
      return g;
    };
    EXPECT_NEAR(d.first[k], five_point([&](double s) { return value_of(at(s), b); }, 1e-3), 1e-9);
    for (int j = 0; j < 3; ++j)
      EXPECT_NEAR(d.second[detail::symmetric_index(k, j)],
                  five_point([&](double s) { return mean_derivatives<kDegree>(at(s), b.data()).first[j]; }, 1e-3), 1e-9);
  }
  for (int n = 0; n < 6; ++n) {
    const double slope = five_point(
        [&](double s) {
          auto g = gaussian();
          g.c[n] += s;
          return value_of(g, b);
        },
        1e-3);
    EXPECT_NEAR(n == 0 || n == 3 || n == 5 ? 0.5 * d.second[n] : d.second[n], slope, 1e-9) << n;
    EXPECT_GE(std::fabs(slope), 1e-3) << "nothing to compare";
  }
}

TEST(PairGradient, DerivativesOfEachMomentAreLowerMoments) {
  auto m = moments_of(gaussian());
  m.push_back(0);
  const auto lowered = lowered_indices(kDegree);
  for (std::size_t i = 0; i < kMoments; ++i) {
    std::vector<double> b(kMoments);
    b[i] = 1;
    const auto expected = mean_derivatives<kDegree>(gaussian(), b.data());
    const auto got = detail::moment_derivatives(m.data(), lowered[i], static_cast<int>(i));
    EXPECT_NEAR(got.value, expected.value, 1e-15);
    for (int k = 0; k < 3; ++k) EXPECT_NEAR(got.first[k], expected.first[k], 1e-14);
    for (int k = 0; k < 6; ++k) EXPECT_NEAR(got.second[k], expected.second[k], 1e-14);
    for (int k = 0; k < 3; ++k) {
      const double slope = five_point(
          [&](double s) {
            auto g = gaussian();
            g.mu[k] += s;
            return moments_of(g)[i];
          },
          1e-3);
      EXPECT_NEAR(got.first[k], slope, 1e-10);
    }
  }
}

template <class T>
class PairGradientOf : public ::testing::Test {};
TYPED_TEST_SUITE(PairGradientOf, Numbers);

template <class T>
std::vector<double> flat(const detail::MeanDerivatives<T>& d) {
  const int last = Lanes<T>::count - 1;
  std::vector<double> out{Lanes<T>::get(d.value, last)};
  for (const T& v : d.first) out.push_back(Lanes<T>::get(v, last));
  for (const T& v : d.second) out.push_back(Lanes<T>::get(v, last));
  return out;
}

template <class T>
detail::PairGaussian<T> widened(const detail::PairGaussian<double>& g) {
  detail::PairGaussian<T> out;
  for (int k = 0; k < 3; ++k) out.mu[k] = T(g.mu[k]);
  for (int k = 0; k < 6; ++k) out.c[k] = T(g.c[k]);
  out.mass = T(g.mass);
  return out;
}

template <int D, class T>
void expect_paths_agree() {
  const auto b = polynomial(D);
  std::vector<T> packed;
  for (double v : b) packed.push_back(T(v));
  Hypers h = gto(D, 4.0, 1.0);
  h.max_radial = {0};
  const Basis basis(h);
  ASSERT_EQ(basis.degree(), D);
  std::vector<T> m(b.size() + 1, T(std::nan("")));
  const auto raised = raised_indices(D);
  const auto expected = flat(mean_derivatives<D>(gaussian(), b.data()));
  const auto compiled = flat(mean_derivatives<D>(widened<T>(gaussian()), packed.data()));
  const auto run_time = flat(detail::mean_derivatives(widened<T>(gaussian()), basis.steps().data(), raised.data(), D,
                                                      static_cast<int>(b.size()), packed.data(), m.data()));
  EXPECT_LE(relative_difference(compiled, expected), 64 * kEpsilon<T>) << D;
  EXPECT_LE(relative_difference(run_time, expected), 64 * kEpsilon<T>) << D;
}

TYPED_TEST(PairGradientOf, CompiledAndRunTimeDegreesAgree) {
  expect_paths_agree<0, TypeParam>();
  expect_paths_agree<1, TypeParam>();
  expect_paths_agree<2, TypeParam>();
  expect_paths_agree<kDegree, TypeParam>();
}

// phi by quadrature of the polynomial against the neighbour's Gaussian: no recursion, no shape.
double integral(const Pair& pair, double window, const std::vector<double>& b) {
  const PairQuadrature rule(pair, window, kDegree);
  double sum = 0;
  for (int x = 0; x <= kDegree; ++x)
    for (int y = 0; x + y <= kDegree; ++y)
      for (int z = 0; x + y + z <= kDegree; ++z)
        sum += b[static_cast<std::size_t>(detail::moment_index(x, y, z))] * rule.moment(x, y, z) /
               (std::tgamma(x + 1.0) * std::tgamma(y + 1.0) * std::tgamma(z + 1.0));
  return sum;
}

TEST(PairGradient, ForceAndTorqueAreTheFiniteDifferencesOfAnIntegral) {
  const auto b = polynomial();
  for (double window : {1.0, 0.0}) {
    double r[3];
    const auto g = gaussian_of(kPair, window, r);
    const auto f = detail::pair_force(g, r, window, mean_derivatives<kDegree>(g, b.data()));
    EXPECT_NEAR(mean_derivatives<kDegree>(g, b.data()).value, integral(kPair, window, b), 1e-11);
    for (std::size_t d = 0; d < 3; ++d) {
      const double slope = five_point(
          [&](double s) {
            Pair moved = kPair;
            moved.r[d] += s;
            return integral(moved, window, b);
          },
          1e-3);
      const double turn = five_point(
          [&](double s) {
            Pair turned = kPair;
            turn_body(turn_about(d, s), turned.q.data());
            return integral(turned, window, b);
          },
          1e-3);
      EXPECT_NEAR(f.gradient[d], slope, 1e-8 * std::fabs(slope) + 1e-10);
      EXPECT_NEAR(f.torque[d], -turn, 1e-8 * std::fabs(turn) + 1e-10);
      EXPECT_GE(std::min(std::fabs(slope), std::fabs(turn)), 1e-3) << "nothing to compare";
    }
  }
}

TYPED_TEST(PairGradientOf, EveryNumberTypeGivesTheSameForce) {
  const auto b = polynomial();
  std::vector<TypeParam> packed;
  for (double v : b) packed.push_back(TypeParam(v));
  double r[3];
  const auto g = gaussian_of(kPair, 1.0, r);
  const auto expected = detail::pair_force(g, r, 1.0, mean_derivatives<kDegree>(g, b.data()));
  const TypeParam wide[3] = {TypeParam(r[0]), TypeParam(r[1]), TypeParam(r[2])};
  const auto phi = mean_derivatives<kDegree>(widened<TypeParam>(g), packed.data());
  const auto got = detail::pair_force(widened<TypeParam>(g), wide, TypeParam(1.0), phi);
  for (int d = 0; d < 3; ++d) {
    EXPECT_NEAR(Lanes<TypeParam>::get(got.gradient[d], 0), expected.gradient[d], 128 * kEpsilon<TypeParam>);
    EXPECT_NEAR(Lanes<TypeParam>::get(got.torque[d], 0), expected.torque[d], 128 * kEpsilon<TypeParam>);
  }
}

// A turn of a sphere moves nothing; a pair that turns as a whole changes a scalar integral (degree 0) by nothing.
TEST(PairGradient, SpheresFeelNoTorqueAndTorqueBalancesTheForceOfAScalar) {
  const auto b = polynomial();
  double r[3];
  Pair sphere = kPair;
  sphere.a = {0.7, 0.7, 0.7};
  const auto round = gaussian_of(sphere, 1.0, r);
  for (double t : detail::pair_force(round, r, 1.0, mean_derivatives<kDegree>(round, b.data())).torque) EXPECT_NEAR(t, 0, 1e-15);
  const double one = 1;
  const auto g = gaussian_of(kPair, 1.0, r);
  const auto f = detail::pair_force(g, r, 1.0, mean_derivatives<0>(g, &one));
  for (int d = 0; d < 3; ++d) {
    const int x = (d + 1) % 3, y = (d + 2) % 3;
    EXPECT_NEAR(f.torque[d], r[x] * f.gradient[y] - r[y] * f.gradient[x], 1e-15);
    EXPECT_GE(std::fabs(f.torque[d]), 1e-4) << "nothing to compare";
  }
}

}  // namespace
}  // namespace anisoap::test
