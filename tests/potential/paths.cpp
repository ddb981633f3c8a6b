// SPDX-License-Identifier: MIT
// One result of a potential whatever code computes it: threads, instruction sets, compiled and run-time degrees, ghosts.
#include <gtest/gtest.h>

#include <numeric>

#include "support/compare.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

void expect_close(const Outcome& got, const Outcome& expected, double bound) {
  EXPECT_NEAR(got.energy, expected.energy, bound * std::max(1.0, std::fabs(expected.energy)));
  EXPECT_LE(relative_difference(got.energies, expected.energies), bound);
  EXPECT_LE(relative_difference(got.forces, expected.forces), bound);
  EXPECT_LE(relative_difference(got.torques, expected.torques), bound);
  EXPECT_LE(relative_difference(got.virial, expected.virial), bound);
  EXPECT_LE(relative_difference(got.virials, expected.virials), bound);
  EXPECT_LE(relative_difference(got.centroid_virials, expected.centroid_virials), bound);
  EXPECT_LE(relative_difference(got.uncertainties, expected.uncertainties), bound);
  EXPECT_LE(relative_difference(got.grades, expected.grades), bound);
}

// More centres than one work item holds, so that two threads share them.
TEST(PotentialPaths, TwoThreadsGiveTheSameBitsAsOne) {
  const std::array<double, 9> cell = {14.0, 0.0, 0.0, 1.7, 15.0, 0.0, -1.1, 2.0, 14.5};
  const Frame frame = random_frame(71, 700, cell, {true, true, true}, 2);
  for (const Recipe& recipe :
       {Recipe{LocalKind::Linear, kGto, 2, {kUniaxial, kSphere}}, Recipe{LocalKind::Networks, kGto, 2, {}, 2},
        with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kSphere}}), with_expansions(LocalKind::None, {"Td", "Cinfv"}),
        with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kUniaxial}, 1}, PairEnergies::Both),
        with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kUniaxial}, 1}, PairEnergies::Both)}) {
    const Potential potential(random_model(recipe));
    const Outcome one = evaluate(potential, frame, threads(1));
    for (int run = 0; run < 3; ++run) {
      const Outcome two = evaluate(potential, frame, threads(2));
      EXPECT_EQ(two.energy, one.energy);
      EXPECT_EQ(two.energies, one.energies);
      EXPECT_EQ(two.forces, one.forces);
      EXPECT_EQ(two.torques, one.torques);
      EXPECT_EQ(two.virial, one.virial);
      EXPECT_EQ(two.virials, one.virials);
      EXPECT_EQ(two.centroid_virials, one.centroid_virials);
      EXPECT_EQ(two.uncertainties, one.uncertainties);
      EXPECT_EQ(two.grades, one.grades);
    }
  }
}

// Degrees 0 to 12, on both sides of the compiled ones; 8 centres fill some groups of lanes and break others.
TEST(PotentialPaths, InstructionSetsAndDegreePathsAgree) {
  for (int l = 0; l <= 12; ++l) {
    Model model = random_model({LocalKind::Linear, l % 2 ? kMonomial : kGto, 3, {kSphere, kUniaxial, kBiaxial}, l});
    model.hypers.max_radial = {0};
    Random random(static_cast<unsigned>(l));
    for (LocalEnergy& e : model.local) e = random_local(random, LocalKind::Linear, model.n_features());
    const Frame frame = spread_frame(72, 3);
    const Outcome expected = evaluate(Potential(model, instruction_sets().back(), false), frame);
    for (const auto& set : instruction_sets())
      for (bool compiled : {true, false}) {
        SCOPED_TRACE("l " + std::to_string(l) + ", " + set + (compiled ? ", compiled" : ", run-time degree"));
        expect_close(evaluate(Potential(model, set, compiled), frame), expected, 1e-12);
      }
  }
}

TEST(PotentialPaths, EveryKindAgreesBetweenInstructionSets) {
  for (const Recipe& recipe :
       {Recipe{LocalKind::Kernel, kGto, 2}, Recipe{LocalKind::Networks, kMonomial, 2},
        with_polynomials({LocalKind::None, kGto, 2, {kSphere, kBiaxial}}), with_expansions(LocalKind::None, {"D6h", "C2v"}),
        with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kBiaxial}}),
        with_polynomials({LocalKind::Kernel, kGto, 2, {kUniaxial, kUniaxial}}, PairEnergies::Both),
        with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kUniaxial}, 2}, PairEnergies::Both)}) {
    const Model model = random_model(recipe);
    const Outcome expected = evaluate(Potential(model, instruction_sets().back()), spread_frame(73, 2));
    for (const auto& set : instruction_sets())
      expect_close(evaluate(Potential(model, set), spread_frame(73, 2)), expected, 1e-12);
  }
}

TEST(PotentialPaths, AnUnknownInstructionSetIsRefused) {
  EXPECT_THROW(Potential(random_model({}), "z80"), std::invalid_argument);
}

TEST(PotentialPaths, ResultsThatAreNotAskedForChangeNothing) {
  const Potential potential(random_model({LocalKind::Linear, kGto, 2, {kUniaxial, kBiaxial}}));
  const Frame frame = spread_frame(74, 2);
  const Outcome expected = evaluate(potential, frame);
  EXPECT_EQ(energy_of(potential, frame), expected.energy);
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  std::vector<double> forces(3 * frame.size(), 0.25);
  PotentialResults results;
  results.forces = forces.data();
  results.energy = results.virial[4] = 7;
  potential.compute(batch, results);
  EXPECT_EQ(results.energy, expected.energy);
  EXPECT_EQ(std::vector<double>(results.virial, results.virial + 9), expected.virial);
  for (std::size_t k = 0; k < forces.size(); ++k)
    EXPECT_NEAR(forces[k], 0.25 + expected.forces[k], 1e-14 * largest(expected.forces)) << "not added to what was there";
}

// A frame with its periodic images as particles of their own, in table order; the first n are the frame's.
class Images final : public NeighborSource {
 public:
  Images(const Potential& potential, const Frame& frame) : n_(frame.size()) {
    const TableRules rules{static_cast<int>(potential.model().hypers.species.size()), potential.basis().length(),
                           potential.basis().window(), potential.model().density_scale, !potential.model().two_body.empty()};
    table_.resize(125 * n_, rules.bodies);
    for (int image = 0; image < 125; ++image) {
      const int code = image == 0 ? 62 : (image <= 62 ? image - 1 : image);  // 62 is the frame itself: shift 0
      const double shift[3] = {code % 5 - 2.0, code / 5 % 5 - 2.0, code / 25 - 2.0};
      for (std::size_t i = 0; i < n_; ++i) {
        double x[3];
        for (std::size_t d = 0; d < 3; ++d) {
          x[d] = frame.positions[3 * i + d];
          for (std::size_t k = 0; k < 3; ++k) x[d] += shift[k] * frame.cell[3 * k + d];
        }
        const std::size_t entry = particles_.size();
        EXPECT_EQ(table_.set(entry, x, &frame.quaternions[4 * i], &frame.diameters[3 * i], frame.species[i], rules),
                  ParticleFault::Ok);
        particles_.push_back({entry, entry});
      }
    }
  }

  void collect(std::size_t centre, NeighborSink& sink) const override {
    sink.start(centre);
    for (std::size_t j = 0; j < table_.size(); ++j)
      if (j != centre)
        sink.add({{table_.x[j] - table_.x[centre], table_.y[j] - table_.y[centre], table_.z[j] - table_.z[centre]},
                  static_cast<std::int64_t>(j)});
  }

  // Of the centres first..last-1, with what their images got given to them. numbered: an image has the number of its particle.
  Outcome folded(const Potential& potential, std::size_t first, std::size_t last, bool numbered = false) const {
    const std::vector<Centre> centres(particles_.begin() + static_cast<std::ptrdiff_t>(first),
                                      particles_.begin() + static_cast<std::ptrdiff_t>(last));
    std::vector<std::int64_t> ids;
    for (std::size_t k = 0; k < particles_.size(); ++k) ids.push_back(100 - 7 * static_cast<std::int64_t>(k % n_));
    Outcome out =
        evaluate(potential, {&table_, this, &centres, &particles_, numbered ? ids.data() : nullptr}, threads(2), !numbered);
    const double of_images = largest({out.energies.begin() + static_cast<std::ptrdiff_t>(n_), out.energies.end()});
    EXPECT_EQ(of_images > 0, numbered && !potential.model().two_body.empty()) << "energies of images " << of_images;
    for (auto* values :
         {&out.energies, &out.forces, &out.torques, &out.virials, &out.centroid_virials, &out.uncertainties, &out.grades}) {
      const std::size_t width = n_ * values->size() / particles_.size();
      for (std::size_t k = width; k < values->size(); ++k) (*values)[k % width] += (*values)[k];
      values->resize(width);
    }
    return out;
  }

 private:
  std::size_t n_;
  ParticleTable table_;
  std::vector<Centre> particles_;
};

class PotentialGhosts : public ::testing::TestWithParam<Recipe> {
 protected:
  Potential potential_{random_model(GetParam())};
  Frame frame_ = spread_frame(75, GetParam().n_species);
};

TEST_P(PotentialGhosts, ImagesThatAreNoCentresGiveTheResultsOfThePeriodicFrame) {
  const Images images(potential_, frame_);
  expect_close(images.folded(potential_, 0, frame_.size()), evaluate(potential_, frame_), 1e-12);
}

Outcome sum_of(const Outcome& one, const Outcome& two) {
  const auto sum = [](std::vector<double> a, const std::vector<double>& b) {
    for (std::size_t k = 0; k < a.size(); ++k) a[k] += b[k];
    return a;
  };
  return {one.energy + two.energy,
          sum(one.energies, two.energies),
          sum(one.forces, two.forces),
          sum(one.torques, two.torques),
          sum(one.virial, two.virial),
          sum(one.virials, two.virials),
          sum(one.uncertainties, two.uncertainties),
          sum(one.grades, two.grades),
          sum(one.centroid_virials, two.centroid_virials)};
}

// As ranks share the particles of a frame.
TEST_P(PotentialGhosts, SharesOfTheCentresAddUpToTheWhole) {
  const Images images(potential_, frame_);
  const Outcome one = images.folded(potential_, 0, 3), two = images.folded(potential_, 3, frame_.size());
  expect_close(sum_of(one, two), evaluate(potential_, frame_), 1e-12);
}

TEST_P(PotentialGhosts, NumbersLetEachPairBeEvaluatedOnOneSide) {
  const Images images(potential_, frame_);
  Outcome expected = evaluate(potential_, frame_);
  std::fill(expected.uncertainties.begin(), expected.uncertainties.end(), 0.0);
  expect_close(images.folded(potential_, 0, frame_.size(), true), expected, 1e-12);
  const Outcome one = images.folded(potential_, 0, 3, true), two = images.folded(potential_, 3, frame_.size(), true);
  expect_close(sum_of(one, two), expected, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(
    PotentialPaths, PotentialGhosts,
    ::testing::Values(Recipe{LocalKind::Linear, kGto, 2}, Recipe{LocalKind::None, kGto, 2, {kBiaxial, kUniaxial}},
                      Recipe{LocalKind::Kernel, kGto, 1, {kUniaxial}},
                      with_polynomials({LocalKind::None, kGto, 2, {kBiaxial, kUniaxial}}),
                      with_expansions(LocalKind::None, {"Cinfv", "D2"}),
                      with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kSphere}}),
                      with_polynomials({LocalKind::Kernel, kGto, 2, {kUniaxial, kBiaxial}}, PairEnergies::Both),
                      with_polynomials({LocalKind::Networks, kGto, 2, {kUniaxial, kBiaxial}, 2}, PairEnergies::Both)),
    RecipeName());

}  // namespace
}  // namespace anisoap::test
