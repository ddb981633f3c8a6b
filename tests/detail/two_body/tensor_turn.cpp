// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "anisoap/detail/symmetric_pair.hpp"

namespace anisoap::test {
namespace {

constexpr int kRank = 5;
using Row = std::array<double, 2 * (kRank + 1)>;

Row random_row(std::mt19937& generator) {
  std::normal_distribution<double> normal;
  Row row{};
  for (double& v : row) v = normal(generator);
  return row;
}

// Also where the highest m is below the rank.
TEST(TensorTurn, IsTheSumOfWhatEachEntryTurnsBy) {
  std::mt19937 generator(5);
  for (int l = 0; l <= kRank; ++l)
    for (int most = 0; most <= l; ++most) {
      Row q = random_row(generator), c = random_row(generator);
      q[1] = 0;  // q_0 is real
      std::array<double, kRank + 1> ladder{};
      for (int m = 0; m <= l; ++m) ladder[static_cast<std::size_t>(m)] = 0.5 * std::sqrt(l * (l + 1) - m * (m + 1));
      double turn[3] = {1.0, -2.0, 3.0}, expected[3] = {1.0, -2.0, 3.0};
      const auto entry = [&](int m) {
        const auto at = static_cast<std::size_t>(2 * m);
        return detail::LinkedEntry<double>{{q[at], q[at + 1]}, {c[at], c[at + 1]}};
      };
      for (int m = 0; m < most; ++m) {
        const double rung = ladder[static_cast<std::size_t>(m)];
        if (m == 0) detail::add_first_rung(rung, q[0], c[0], entry(1), turn);
        else detail::add_rung<double>(rung, m + 1, entry(m), entry(m + 1), turn);
      }
      for (int m = 0; m <= most; ++m) {
        const auto change = detail::turned<double>(q.data(), ladder.data(), most, m);
        const auto at = static_cast<std::size_t>(2 * m);
        for (int d = 0; d < 3; ++d) expected[d] += detail::real_product(change.by[d], detail::Complex<double>{c[at], c[at + 1]});
      }
      for (int d = 0; d < 3; ++d) EXPECT_NEAR(turn[d], expected[d], 1e-13) << "rank " << l << ", m up to " << most;
    }
}

TEST(TensorTurn, KnowsWhatNothingMultiplies) {
  std::mt19937 generator(6);
  const Row q = random_row(generator), c = random_row(generator);
  const detail::LinkedEntry<double> lower{{q[0], q[1]}, {c[0], c[1]}}, next{{q[2], q[3]}, {0.0, 0.0}};
  double turn[3] = {1.0, -2.0, 3.0}, expected[3] = {1.0, -2.0, 3.0};
  detail::add_last_rung(0.7, lower, next.q, turn);
  detail::add_rung(0.7, 3.0, lower, next, expected);
  for (int d = 0; d < 3; ++d) EXPECT_NEAR(turn[d], expected[d], 1e-14);
}

}  // namespace
}  // namespace anisoap::test
