// SPDX-License-Identifier: MIT
// Units and sizes far from one: equal numbers, finite numbers or an error.
#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {6, 0, 0, 0, 6, 0, 0, 0, 6};

TEST(Extremes, DescriptorsThatOverflowNameTheParticle) {
  Frame frame = random_frame(64, 3, kCell, {true, true, true}, 1);
  frame.diameters[3] = 1e140;
  const std::string text = error_of([&] { rows_of(Descriptor(monomial(6, 3.0)), frame, Quantity::PowerSpectrum); });
  expect_error(text, {"descriptor of centre", "overflow", "basis length 3"});
}

// Power spectra have the unit 1 / volume.
TEST(Extremes, AnyUnitOfLengthGivesTheSameNumbers) {
  const Frame frame = random_frame(65, 5, kCell, {true, true, true}, 1);
  Hypers hypers = gto(24, 3.0, 1.0);
  hypers.basis_tol = 1.0;
  const auto expected = rows_of(Descriptor(hypers), frame, Quantity::PowerSpectrum);
  for (double unit : {1e-9, 1e9}) {
    Frame scaled = frame;
    for (auto* values : {&scaled.positions, &scaled.diameters})
      for (double& v : *values) v *= unit;
    for (double& v : scaled.cell) v *= unit;
    hypers.cutoff_radius = 3.0 * unit;
    hypers.radial_gaussian_width = unit;
    auto rows = rows_of(Descriptor(hypers), scaled, Quantity::PowerSpectrum);
    for (double& v : rows) v *= unit * unit * unit;
    EXPECT_LE(relative_difference(rows, expected), 1e-9) << unit;
  }
}

TEST(Extremes, ShapesOfExtremeSizeStayFinite) {
  for (double size : {1e-8, 1e-3, 1e3, 1e6}) {
    Frame frame = random_frame(63, 6, kCell, {true, true, true}, 1);
    for (std::size_t k = 0; k < frame.diameters.size(); k += 2) frame.diameters[k] = size;
    for (double v : rows_of(Descriptor(gto(6, 3.0, 1.0)), frame, Quantity::PowerSpectrum)) ASSERT_TRUE(std::isfinite(v)) << size;
  }
}

}  // namespace
}  // namespace anisoap::test
