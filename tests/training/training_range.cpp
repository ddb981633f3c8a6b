// SPDX-License-Identifier: MIT
// What training frames span, as documents hold it, and how far a frame is from it.
#include "anisoap/training_range.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "anisoap/error.hpp"
#include "support/errors.hpp"
#include "support/frame.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

// Two bodies along z, the second of species `species`; diameters 1 1 2 and 1.5.
struct Two {
  double positions[6] = {0, 0, 0, 0, 0, 0};
  double quaternions[8] = {1, 0, 0, 0, 1, 0, 0, 0};
  double diameters[6] = {1, 1, 2, 1.5, 1.5, 1.5};
  int species[2] = {0, 1};
  double cell[9] = {};

  FrameView view() const {
    FrameView out;
    out.n = 2;
    out.positions = positions;
    out.quaternions = quaternions;
    for (std::size_t k = 0; k < 3; ++k) out.diameters[k] = diameters + k;
    out.diameter_stride = 3;
    out.species = species;
    out.cell = cell;
    return out;
  }
};

TrainingRange range_of(const std::string& training) {
  Model model;
  model.hypers.species = {"A", "B"};
  model.training = training;
  return training_range(model);
}

constexpr const char* kTraining =
    R"({"n_frames": 3, "ranges": {"diameters": {"A": [[1, 1], [0.9, 1.1], [2, 2]]},
        "contacts": [{"species": ["A", "B"], "gap": 0.2}, {"species": ["B", "B"], "gap": -0.1}]}})";

TEST(TrainingRanges, are_those_of_the_document) {
  const TrainingRange range = range_of(kTraining);
  EXPECT_TRUE(range.trained && range.known());
  ASSERT_EQ(range.diameters.size(), 2u);
  EXPECT_TRUE(range.diameters[0].known);
  EXPECT_FALSE(range.diameters[1].known);
  EXPECT_EQ(range.diameters[0].smallest[1], 0.9);
  EXPECT_EQ(range.diameters[0].largest[1], 1.1);
  ASSERT_EQ(range.contacts.size(), 2u);
  EXPECT_EQ(range.contacts[0].species[1], 1);
  EXPECT_EQ(range.contacts[1].gap, -0.1);
}

TEST(TrainingRanges, are_unknown_to_documents_of_earlier_versions) {
  EXPECT_FALSE(range_of(R"({"n_frames": 3})").known());
  EXPECT_TRUE(range_of(R"({"n_frames": 3})").trained);
  EXPECT_FALSE(range_of("{}").trained);
}

TEST(TrainingRanges, of_another_form_are_refused) {
  EXPECT_THROW(range_of(R"({"ranges": {"contacts": [{"species": ["A", "C"], "gap": 0}]}})"), ArgumentError);
  EXPECT_THROW(range_of(R"({"ranges": {"contacts": [{"gap": 0}]}})"), ArgumentError);
  EXPECT_THROW(range_of(R"({"ranges": {"diameters": {"A": [[1], [1], [1]]}}})"), ArgumentError);
}

// End to end: the semi-axes are 1 and 0.75, s = [e . (S_i + S_j)^-1 e / 2]^(-1/2) = (2 (1 + 0.75^2))^(1/2).
TEST(TrainingRanges, find_the_closest_gap) {
  const TrainingRange range = range_of(kTraining);
  const double contact = std::sqrt(2 * (1 + 0.5625));
  Two two;
  two.positions[5] = contact + 0.15;
  auto gaps = closest_gaps(range, two.view());
  EXPECT_NEAR(gaps[0], 0.15, 1e-12);
  EXPECT_EQ(gaps[1], std::numeric_limits<double>::infinity());
  two.positions[5] = contact + 3;
  EXPECT_EQ(closest_gaps(range, two.view())[0], std::numeric_limits<double>::infinity());
}

TEST(TrainingRanges, refuse_other_diameters) {
  const TrainingRange range = range_of(kTraining);
  Two two;
  const auto refused = [&](double d) {
    two.diameters[1] = d;
    try {
      require_trained_diameters(range, two.view(), 7);
    } catch (const ParticleError& e) {
      EXPECT_EQ(e.frame(), 7u);
      EXPECT_EQ(e.particle(), 0u);
      EXPECT_EQ(e.fault(), "diameter along y");
      return true;
    }
    return false;
  };
  EXPECT_FALSE(refused(0.8 * 0.9 + 1e-9));
  EXPECT_TRUE(refused(0.8 * 0.9 - 1e-9));
  EXPECT_FALSE(refused(1.2 * 1.1 - 1e-9));
  EXPECT_TRUE(refused(1.2 * 1.1 + 1e-9));
  EXPECT_TRUE(refused(std::nan("")));
  two.diameters[4] = 20;  // of a species without a range
  EXPECT_FALSE(refused(1.0));
}

}  // namespace
}  // namespace anisoap::test
