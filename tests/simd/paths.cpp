// SPDX-License-Identifier: MIT
// One result whatever code computes it: instruction sets, compiled and run-time degrees, precisions.
#include <gtest/gtest.h>

#include "support/compare.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {7.0, 0.0, 0.0, 1.7, 6.5, 0.0, -1.1, 2.0, 7.5};

// Degree up to 12, both sides of the compiled degrees; enough centres for whole and broken groups of lanes.
std::vector<Hypers> all_hypers() {
  std::vector<Hypers> all;
  for (int l = 0; l <= 12; ++l) all.push_back(l % 2 ? monomial(l, 3.5, 2) : gto(l, 3.5, 1.0, 2));
  all.back().max_radial = {0};
  Hypers tapered = gto(4, 3.5, 1.0, 2);
  tapered.cutoff_function = CutoffFunction::Cosine;
  tapered.cutoff_width = 1.0;
  all.push_back(tapered);
  return all;
}

TEST(Paths, InstructionSetsAndDegreePathsAgree) {
  const Frame frame = random_frame(31, 21, kCell, {true, true, true}, 2);
  for (Hypers h : all_hypers()) {
    if (h.max_angular > 6) h.max_radial = {0};
    const auto expected = rows_of(Descriptor(h, true, instruction_sets().back(), false), frame, Quantity::PowerSpectrum);
    for (const auto& set : instruction_sets())
      for (bool compiled : {true, false}) {
        const Descriptor descriptor(h, true, set, compiled);
        EXPECT_EQ(descriptor.instruction_set(), set);
        EXPECT_LE(relative_difference(rows_of(descriptor, frame, Quantity::PowerSpectrum), expected), 1e-12)
            << "l " << h.max_angular << ", " << set << (compiled ? ", compiled" : ", run-time degree");
      }
  }
}

TEST(Paths, SinglePrecisionStaysWithinItsBound) {
  const Frame frame = random_frame(32, 40, kCell, {true, true, true}, 2);
  Options single;
  single.single_precision = true;
  for (const Hypers& h : {gto(6, 4.5, 1.1, 2), monomial(3, 4.5, 2)}) {
    const Descriptor descriptor(h);
    EXPECT_TRUE(descriptor.single_precision_safe());
    for (Quantity quantity : {Quantity::Coefficients, Quantity::PowerSpectrum}) {
      const auto expected = rows_of(descriptor, frame, quantity);
      const double difference = relative_difference(rows_of(descriptor, {frame}, quantity, single), expected);
      EXPECT_LE(difference, 1e-5);
      EXPECT_GT(difference, 1e-12) << "double precision ran";
    }
  }
}

TEST(Paths, AnUnknownInstructionSetIsRefusedWithTheKnownOnes) {
  try {
    const Descriptor descriptor(gto(2, 4.0, 1.0), true, "z80");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("instruction_set, got 'z80'; expected one of " + instruction_sets().front()),
              std::string::npos)
        << e.what();
  }
}

}  // namespace
}  // namespace anisoap::test
