// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "anisoap/hypers.hpp"
#include "basis/solid_harmonics.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

constexpr long double kPi = 3.14159265358979323846264338327950288L;

// Integral of x^a y^b z^c over the unit sphere: 4 pi (a-1)!! (b-1)!! (c-1)!! / (a + b + c + 1)!! for even exponents, else zero.
long double sphere_integral(int a, int b, int c) {
  if (a % 2 || b % 2 || c % 2) return 0;
  long double v = 4 * kPi;
  int denominator = 3;
  for (int e : {a, b, c})
    for (int k = 1; k < e; k += 2, denominator += 2) v *= static_cast<long double>(k) / denominator;
  return v;
}

long double inner_product(const Polynomial& p, const Polynomial& q) {
  long double sum = 0;
  for (const auto& [e, v] : p)
    for (const auto& [f, w] : q) sum += v * w * sphere_integral(e[0] + f[0], e[1] + f[1], e[2] + f[2]);
  return sum;
}

long double value(const Polynomial& p, long double x, long double y, long double z) {
  long double sum = 0;
  for (const auto& [e, v] : p) sum += v * std::pow(x, e[0]) * std::pow(y, e[1]) * std::pow(z, e[2]);
  return sum;
}

const auto& harmonics() {
  static const auto all = solid_harmonics(kMaxAngular);
  return all;
}

TEST(Harmonics, SphereIntegralsOfSquaresAddUp) {
  EXPECT_NEAR(static_cast<double>(sphere_integral(2, 0, 0)), static_cast<double>(4 * kPi / 3), 1e-15);
  EXPECT_NEAR(static_cast<double>(sphere_integral(4, 0, 0)), static_cast<double>(4 * kPi / 5), 1e-15);
  EXPECT_NEAR(static_cast<double>(sphere_integral(2, 2, 0)), static_cast<double>(4 * kPi / 15), 1e-15);
}

// Sums of alternating terms lose digits with l: long double leaves 1e-12 at l = 24.
TEST(Harmonics, AreOrthonormalOnTheSphere) {
  for (std::size_t l : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 9u, 12u, 16u, 20u, 24u}) {
    double error = 0;
    for (std::size_t m = 0; m <= 2 * l; ++m)
      for (std::size_t k = m; k <= 2 * l; ++k)
        error =
            worst(error, std::fabs(static_cast<double>(inner_product(harmonics()[l][m], harmonics()[l][k]) - (k == m ? 1 : 0))));
    EXPECT_LE(error, 1e-12) << "l " << l;
  }
}

TEST(Harmonics, DifferentDegreesAreOrthogonal) {
  for (std::size_t l = 0; l + 2 <= 12; ++l)
    for (std::size_t m = 0; m <= 2 * l; ++m)
      EXPECT_LE(worst(0, std::fabs(static_cast<double>(inner_product(harmonics()[l][m], harmonics()[l + 2][m + 2])))), 1e-13)
          << l;
}

TEST(Harmonics, AreHomogeneousOfDegreeL) {
  for (std::size_t l = 0; l < harmonics().size(); ++l)
    for (const Polynomial& p : harmonics()[l])
      for (const auto& term : p) ASSERT_EQ(static_cast<std::size_t>(term.first[0] + term.first[1] + term.first[2]), l);
}

TEST(Harmonics, TheirLaplacianVanishes) {
  for (const auto& row : harmonics())
    for (const Polynomial& p : row) {
      Polynomial laplacian;
      long double scale = 0;
      for (const auto& [e, v] : p)
        for (std::size_t k = 0; k < 3; ++k) {
          if (e[k] < 2) continue;
          auto f = e;
          f[k] -= 2;
          const long double term = v * e[k] * (e[k] - 1);
          laplacian[f] += term;
          scale = std::max(scale, std::fabs(term));
        }
      for (const auto& term : laplacian) ASSERT_LE(worst(0, static_cast<double>(std::fabs(term.second) / scale)), 1e-16);
    }
}

TEST(Harmonics, SquaresAddUpToTheAdditionTheorem) {
  const long double x = 0.36L, y = -0.48L, z = 0.8L;
  for (std::size_t l = 0; l < harmonics().size(); ++l) {
    long double sum = 0;
    for (const Polynomial& p : harmonics()[l]) sum += std::pow(value(p, x, y, z), 2);
    EXPECT_NEAR(static_cast<double>(sum * 4 * kPi / (2 * static_cast<long double>(l) + 1)), 1.0, 1e-13) << l;
  }
}

TEST(Harmonics, SignsAndOrderAreThoseOfTheLowestDegrees) {
  const double x = 0.3, y = -0.7, z = 1.1, pi = static_cast<double>(kPi);
  const double s = std::sqrt(3 / (4 * pi)), d = std::sqrt(15 / (4 * pi));
  const std::vector<std::vector<double>> expected = {
      {std::sqrt(1 / (4 * pi))},
      {s * y, s * z, s * x},
      {d * x * y, d * y * z, std::sqrt(5 / (16 * pi)) * (2 * z * z - x * x - y * y), d * x * z, d / 2 * (x * x - y * y)}};
  for (std::size_t l = 0; l < expected.size(); ++l)
    for (std::size_t m = 0; m < expected[l].size(); ++m)
      EXPECT_NEAR(static_cast<double>(value(harmonics()[l][m], x, y, z)), expected[l][m], 1e-15) << "l " << l << ", row " << m;
}

TEST(Harmonics, TimesRSquaredMultipliesByRSquared) {
  const Polynomial& p = harmonics()[3][1];
  EXPECT_NEAR(static_cast<double>(value(times_r_squared(p), 1, 2, 3)), static_cast<double>(14 * value(p, 1, 2, 3)), 1e-12);
}

}  // namespace
}  // namespace anisoap::test
