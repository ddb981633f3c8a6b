// SPDX-License-Identifier: MIT
// What must not change the power spectrum.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/compare.hpp"
#include "support/frame.hpp"
#include "support/quadrature.hpp"

namespace anisoap::test {
namespace {

constexpr double kBound = 1e-12;
const std::array<double, 9> kCell = {6.5, 0.0, 0.0, 1.7, 6.0, 0.0, -1.1, 2.0, 7.0};

const Descriptor& descriptor() {
  static const Descriptor d(gto(5, 4.5, 1.1, 2));
  return d;
}

std::vector<double> spectrum(const Frame& frame) { return rows_of(descriptor(), frame, Quantity::PowerSpectrum); }

std::array<double, 4> product(const std::array<double, 4>& a, const double* b) {
  return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3], a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
          a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1], a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

void rotate(const std::array<double, 4>& q, double* x) {
  const auto axes = body_axes(q);
  const double old[3] = {x[0], x[1], x[2]};
  for (std::size_t d = 0; d < 3; ++d) x[d] = axes[0][d] * old[0] + axes[1][d] * old[1] + axes[2][d] * old[2];
}

class Invariance : public ::testing::TestWithParam<std::array<bool, 3>> {
 protected:
  // 6 particles take the search over images, 20 the search by cells.
  std::vector<Frame> frames() const {
    return {random_frame(21, 6, kCell, GetParam(), 2), random_frame(22, 20, kCell, GetParam(), 2)};
  }
};

TEST_P(Invariance, RotatingEverything) {
  const std::array<double, 4> q = {0.5, -0.1, 0.7, 0.5};
  for (const Frame& frame : frames()) {
    Frame turned = frame;
    for (std::size_t i = 0; i < frame.size(); ++i) {
      rotate(q, &turned.positions[3 * i]);
      const auto orientation = product(q, &frame.quaternions[4 * i]);
      std::copy(orientation.begin(), orientation.end(), turned.quaternions.begin() + static_cast<std::ptrdiff_t>(4 * i));
    }
    for (std::size_t k = 0; k < 3; ++k) rotate(q, &turned.cell[3 * k]);
    EXPECT_LE(relative_difference(spectrum(turned), spectrum(frame)), kBound);
    turned.quaternions = frame.quaternions;
    EXPECT_GE(relative_difference(spectrum(turned), spectrum(frame)), 1e-4) << "orientations do not matter";
  }
}

TEST_P(Invariance, TranslatingEverything) {
  for (const Frame& frame : frames()) {
    Frame moved = frame;
    for (std::size_t i = 0; i < frame.size(); ++i)
      for (std::size_t d = 0; d < 3; ++d) moved.positions[3 * i + d] += d == 0 ? 3.7 : (d == 1 ? -11.3 : 0.9);
    EXPECT_LE(relative_difference(spectrum(moved), spectrum(frame)), kBound);
  }
}

TEST_P(Invariance, MovingParticlesByLatticeVectors) {
  for (const Frame& frame : frames()) {
    Frame moved = frame;
    for (std::size_t i = 0; i < frame.size(); ++i)
      for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t d = 0; frame.periodic[k] && d < 3; ++d)
          moved.positions[3 * i + d] += (static_cast<double>((i + k) % 5) - 2.0) * frame.cell[3 * k + d];
    EXPECT_LE(relative_difference(spectrum(moved), spectrum(frame)), kBound);
  }
}

TEST_P(Invariance, PermutingParticlesPermutesRows) {
  for (const Frame& frame : frames()) {
    std::vector<std::size_t> order(frame.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(5));
    Frame shuffled = frame;
    const std::size_t n = descriptor().row_length(Quantity::PowerSpectrum);
    const auto rows = spectrum(frame);
    std::vector<double> expected;
    for (std::size_t k = 0; k < frame.size(); ++k) {
      const std::size_t i = order[k];
      std::copy_n(&frame.positions[3 * i], 3, &shuffled.positions[3 * k]);
      std::copy_n(&frame.quaternions[4 * i], 4, &shuffled.quaternions[4 * k]);
      std::copy_n(&frame.diameters[3 * i], 3, &shuffled.diameters[3 * k]);
      shuffled.species[k] = frame.species[i];
      expected.insert(expected.end(), &rows[i * n], &rows[i * n] + n);
    }
    EXPECT_LE(relative_difference(spectrum(shuffled), expected), kBound);
  }
}

TEST_P(Invariance, SignAndNormOfQuaternions) {
  for (const Frame& frame : frames()) {
    Frame other = frame;
    for (std::size_t k = 0; k < other.quaternions.size(); ++k) other.quaternions[k] *= k / 4 % 2 ? -1.0 : 1e-200;
    EXPECT_LE(relative_difference(spectrum(other), spectrum(frame)), kBound);
  }
}

TEST_P(Invariance, OrientationOfSpheres) {
  for (Frame frame : frames()) {
    for (std::size_t k = 0; k < frame.diameters.size(); ++k) frame.diameters[k] = frame.diameters[k / 3 * 3];
    Frame other = frame;
    for (std::size_t k = 0; k < other.quaternions.size(); ++k) other.quaternions[k] = k % 4 == 0 ? 1.0 : 0.0;
    EXPECT_LE(relative_difference(spectrum(other), spectrum(frame)), kBound);
  }
}

// The body axes renamed x -> y -> z -> x by a turn of 120 degrees about (1, 1, 1).
TEST_P(Invariance, RelabellingBodyAxes) {
  const double turn[4] = {0.5, 0.5, 0.5, 0.5};
  for (const Frame& frame : frames()) {
    Frame other = frame;
    for (std::size_t i = 0; i < frame.size(); ++i) {
      std::array<double, 4> q;
      std::copy_n(&frame.quaternions[4 * i], 4, q.begin());
      const auto renamed = product(q, turn);
      std::copy(renamed.begin(), renamed.end(), other.quaternions.begin() + static_cast<std::ptrdiff_t>(4 * i));
      for (std::size_t k = 0; k < 3; ++k) other.diameters[3 * i + k] = frame.diameters[3 * i + (k + 1) % 3];
    }
    EXPECT_LE(relative_difference(spectrum(other), spectrum(frame)), kBound);
  }
}

TEST_P(Invariance, RepeatingThePeriodicCell) {
  for (const Frame& frame : frames())
    for (std::size_t k = 0; k < 3; ++k) {
      if (!frame.periodic[k]) continue;
      Frame twice = frame;
      for (std::size_t i = 0; i < frame.positions.size(); ++i)
        twice.positions.push_back(frame.positions[i] + frame.cell[3 * k + i % 3]);
      twice.quaternions.insert(twice.quaternions.end(), frame.quaternions.begin(), frame.quaternions.end());
      twice.diameters.insert(twice.diameters.end(), frame.diameters.begin(), frame.diameters.end());
      twice.species.insert(twice.species.end(), frame.species.begin(), frame.species.end());
      for (std::size_t d = 0; d < 3; ++d) twice.cell[3 * k + d] *= 2;
      auto expected = spectrum(frame);
      const auto once = expected;
      expected.insert(expected.end(), once.begin(), once.end());
      EXPECT_LE(relative_difference(spectrum(twice), expected), kBound) << "direction " << k;
    }
}

using Pbc = std::array<bool, 3>;
INSTANTIATE_TEST_SUITE_P(Invariance, Invariance,
                         ::testing::Values(Pbc{true, true, true}, Pbc{true, true, false}, Pbc{false, true, false},
                                           Pbc{false, false, false}));

}  // namespace
}  // namespace anisoap::test
