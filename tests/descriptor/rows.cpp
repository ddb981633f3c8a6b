// SPDX-License-Identifier: MIT
// What rows hold and where they stand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "support/compare.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {7.0, 0.0, 0.0, 1.7, 6.5, 0.0, -1.1, 2.0, 7.5};

TEST(Rows, FloatRowsAreTheRoundedDoubleRows) {
  const Descriptor descriptor(gto(4, 4.0, 1.0, 2));
  const Frame frame = random_frame(33, 9, kCell, {true, true, true}, 2);
  const auto expected = rows_of(descriptor, frame, Quantity::PowerSpectrum);
  FrameBatch batch(descriptor.basis());
  batch.add(frame.view());
  std::vector<float> got(expected.size());
  descriptor.compute(batch, Quantity::PowerSpectrum, {nullptr, got.data(), descriptor.row_length(Quantity::PowerSpectrum)});
  for (std::size_t k = 0; k < got.size(); ++k) ASSERT_EQ(got[k], static_cast<float>(expected[k]));
}

TEST(Rows, RowsKeepToTheirPlaceInWiderStorage) {
  const Descriptor descriptor(gto(3, 4.0, 1.0));
  const Frame frame = random_frame(34, 11, kCell, {true, true, true}, 1);
  const auto expected = rows_of(descriptor, frame, Quantity::Coefficients);
  const std::size_t length = descriptor.row_length(Quantity::Coefficients), stride = length + 3;
  FrameBatch batch(descriptor.basis());
  batch.add(frame.view());
  std::vector<double> got(frame.size() * stride, -7.0);
  descriptor.compute(batch, Quantity::Coefficients, {got.data(), nullptr, stride});
  for (std::size_t k = 0; k < got.size(); ++k)
    ASSERT_EQ(got[k], k % stride < length ? expected[k / stride * length + k % stride] : -7.0);
}

TEST(Rows, WithoutOrthonormalisationCoefficientsArePlainIntegrals) {
  const double a = 0.8, variance = a * a / (1 + a * a);
  Frame sphere = random_frame(35, 1, kCell, {false, false, false}, 1);
  for (double& d : sphere.diameters) d = 2 * a;
  const auto c = rows_of(Descriptor(gto(2, 4.0, 1.0), false), sphere, Quantity::Coefficients);
  const double mass = std::pow(1 + a * a, -1.5), y00 = 0.5 / std::sqrt(3.14159265358979323846);
  EXPECT_NEAR(c[0], mass * y00, 1e-14);
  EXPECT_NEAR(c[1], mass * y00 * 3 * variance, 1e-14);
  for (std::size_t k = 2; k < c.size(); ++k) EXPECT_NEAR(c[k], 0, 1e-15);
}

TEST(Rows, LeavingTheCentreOutSubtractsItsOwnDensity) {
  Hypers with = gto(4, 4.0, 1.0), without = with;
  without.subtract_center_contribution = true;
  const Frame frame = random_frame(36, 5, kCell, {true, true, true}, 1);
  const Descriptor full(with), rest(without);
  const auto all = rows_of(full, frame, Quantity::Coefficients), others = rows_of(rest, frame, Quantity::Coefficients);
  const std::size_t length = full.row_length(Quantity::Coefficients);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    Frame alone;
    alone.positions.assign(3, 0.0);
    alone.quaternions.assign(&frame.quaternions[4 * i], &frame.quaternions[4 * i] + 4);
    alone.diameters.assign(&frame.diameters[3 * i], &frame.diameters[3 * i] + 3);
    alone.species = {0};
    const auto self = rows_of(full, alone, Quantity::Coefficients);
    for (std::size_t k = 0; k < length; ++k)
      EXPECT_LE(worst(0, std::fabs(all[i * length + k] - others[i * length + k] - self[k])), 1e-13 * largest(all));
    for (double v : rows_of(rest, alone, Quantity::Coefficients)) EXPECT_EQ(v, 0);
  }
}

TEST(Rows, ASpeciesWithoutParticlesGivesZeros) {
  const Descriptor one(gto(3, 4.0, 1.0, 1)), two(gto(3, 4.0, 1.0, 2));
  const Frame frame = random_frame(37, 6, kCell, {true, true, true}, 1);
  const auto c1 = rows_of(one, frame, Quantity::Coefficients), c2 = rows_of(two, frame, Quantity::Coefficients);
  ASSERT_EQ(c2.size(), 2 * c1.size());
  for (std::size_t k = 0; k < c2.size(); ++k) EXPECT_EQ(c2[k], k % 2 ? 0.0 : c1[k / 2]);
}

TEST(Rows, PowerSpectraOfCoefficientsAreThoseOfTheParticles) {
  const Frame frame = random_frame(66, 7, {6, 0, 0, 0, 6, 0, 0, 0, 6}, {true, true, true}, 2);
  Hypers hypers = gto(4, 3.0, 1.0);
  hypers.species = {"A", "B"};
  const Descriptor descriptor(hypers);
  const auto coefficients = rows_of(descriptor, frame, Quantity::Coefficients);
  for (Quantity quantity : {Quantity::PowerSpectrum, Quantity::SymmetricPowerSpectrum}) {
    const auto expected = rows_of(descriptor, frame, quantity);
    std::vector<double> rows(expected.size());
    descriptor.power_spectra(coefficients.data(), frame.size(), quantity, rows.data());
    EXPECT_LE(relative_difference(rows, expected), 1e-14);
  }
  EXPECT_THROW(descriptor.power_spectra(coefficients.data(), 1, Quantity::Coefficients, nullptr), ArgumentError);
}

// As many rows as it takes to be asked, which is after a time.
TEST(Rows, PowerSpectraOfManyCoefficientsCanBeInterrupted) {
  const Descriptor descriptor(gto(12, 4.0, 1.0));
  int asked = 0;
  Options options;
  options.interrupted = [&] { return ++asked == 1; };
  constexpr std::size_t kMostRows = 1 << 20;
  for (std::size_t n = 1 << 12; asked == 0 && n <= kMostRows; n *= 2) {
    // Zeros that nobody wrote take no memory.
    const auto release = [](double* zeros) { std::free(zeros); };
    const std::unique_ptr<double, decltype(release)> coefficients(
        static_cast<double*>(std::calloc(n * descriptor.row_length(Quantity::Coefficients), sizeof(double))), release);
    ASSERT_NE(coefficients, nullptr);
    const std::unique_ptr<double[]> rows(new double[n * descriptor.row_length(Quantity::SymmetricPowerSpectrum)]);
    try {
      descriptor.power_spectra(coefficients.get(), n, Quantity::SymmetricPowerSpectrum, rows.get(), options);
      EXPECT_EQ(asked, 0);
    } catch (const Interrupted&) {
      EXPECT_EQ(asked, 1);
    }
  }
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace anisoap::test
