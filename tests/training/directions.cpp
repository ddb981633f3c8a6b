// SPDX-License-Identifier: MIT
// Derivatives along one direction at a time, against the Jacobian by pairs.
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "anisoap/derivatives.hpp"
#include "anisoap/training.hpp"
#include "support/errors.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

std::vector<double> random_numbers(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<double> out(n);
  for (double& x : out) x = normal(generator);
  return out;
}

// Centres and neighbours of one frame; weights and rows [n * n_features], the others [n * 3].
struct Contracted {
  std::vector<double> positions, turns, rows;
};

Contracted contracted(const PairJacobian& pairs, std::size_t n, const std::vector<double>& weights,
                      const std::vector<double>& moves, const std::vector<double>& turns) {
  Contracted out{std::vector<double>(3 * n), std::vector<double>(3 * n), std::vector<double>(n * pairs.n_features)};
  for (std::size_t p = 0; p < pairs.i.size(); ++p) {
    const auto i = static_cast<std::size_t>(pairs.i[p]), j = static_cast<std::size_t>(pairs.j[p]);
    for (std::size_t d = 0; d < 3; ++d)
      for (std::size_t f = 0; f < pairs.n_features; ++f) {
        const double slope = pairs.jacobian[(6 * p + d) * pairs.n_features + f];
        const double turn = pairs.jacobian[(6 * p + 3 + d) * pairs.n_features + f];
        const double weight = weights[i * pairs.n_features + f];
        out.positions[3 * j + d] += weight * slope;
        out.positions[3 * i + d] -= weight * slope;
        out.turns[3 * j + d] += weight * turn;
        out.rows[i * pairs.n_features + f] += slope * (moves[3 * j + d] - moves[3 * i + d]) + turn * turns[3 * j + d];
      }
  }
  return out;
}

void expect_both_directions(const Hypers& hypers, const Frame& frame, int num_threads) {
  const Descriptor descriptor(hypers);
  const PairJacobian pairs = pair_jacobian(hypers, frame.view());
  FrameBatch batch(descriptor.basis());
  batch.add(frame.view());
  const std::size_t n = frame.size(), n_features = pairs.n_features;
  const auto weights = random_numbers(n * n_features, 1), moves = random_numbers(3 * n, 2), turns = random_numbers(3 * n, 3);
  const Contracted expected = contracted(pairs, n, weights, moves, turns);
  Options options;
  options.num_threads = num_threads;
  Contracted got{std::vector<double>(3 * n), std::vector<double>(3 * n), std::vector<double>(n * n_features)};
  power_spectrum_gradient(descriptor, batch, weights.data(), got.positions.data(), got.turns.data(), options);
  power_spectrum_change(descriptor, batch, moves.data(), turns.data(), got.rows.data(), options);
  EXPECT_LE(relative_difference(got.positions, expected.positions), 1e-12);
  EXPECT_LE(relative_difference(got.turns, expected.turns), 1e-12);
  EXPECT_LE(relative_difference(got.rows, expected.rows), 1e-12);
}

TEST(Directions, AreThoseOfThePairJacobian) {
  for (const Recipe& recipe : {Recipe{LocalKind::Linear, kGto, 1}, Recipe{LocalKind::Linear, kGto, 3, {}, 4, 0.6},
                               Recipe{LocalKind::Linear, kMonomial, 2, {}, 3, 1.0}})
    for (int num_threads : {1, 2})
      expect_both_directions(random_model(recipe).hypers, spread_frame(91, recipe.n_species), num_threads);
}

TEST(Directions, NumbersThatAreNotFiniteAreRefused) {
  const Descriptor descriptor(random_model({LocalKind::Linear, kGto, 1}).hypers);
  const Frame frame = spread_frame(91, 1);
  FrameBatch batch(descriptor.basis());
  batch.add(frame.view());
  const std::size_t n = frame.size(), n_features = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  std::vector<double> weights(n * n_features), moves(3 * n), turns(3 * n), rows(n * n_features);
  weights[1] = moves[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(power_spectrum_gradient(descriptor, batch, weights.data(), moves.data(), turns.data()), ArgumentError);
  EXPECT_THROW(power_spectrum_change(descriptor, batch, moves.data(), turns.data(), rows.data()), ArgumentError);
  EXPECT_THROW(power_spectrum_change(descriptor, batch, turns.data(), moves.data(), rows.data()), ArgumentError);
}

}  // namespace
}  // namespace anisoap::test
