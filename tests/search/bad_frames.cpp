// SPDX-License-Identifier: MIT
// Each wrong value of a frame gets one error that names it.
#include <algorithm>
#include <limits>

#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();
const std::array<double, 9> kCell = {6, 0, 0, 0, 6, 0, 0, 0, 6};

// Error of a batch that holds one good frame when the changed one is added.
template <class Change>
std::string frame_error(Change&& change, std::size_t n = 20) {
  const Basis basis(gto(2, 3.0, 1.0));
  FrameBatch batch(basis, 2);
  batch.count_frames_from(6);
  const Frame good = random_frame(61, 3, kCell, {true, true, true}, 1);
  batch.add(good.view());
  Frame bad = random_frame(62, n, kCell, {true, true, true}, 1);
  change(bad);
  return error_of([&] { batch.add(bad.view()); });
}

TEST(BadFrames, CutoffsOfABatch) {
  for (double cutoff : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_NE(error_of([&] { FrameBatch(TableRules{}, cutoff); }).find("cutoff"), std::string::npos) << cutoff;
}

TEST(BadFrames, ParticlesThatAreNotFinite) {
  for (double v : {kNan, kInfinity, -kInfinity})
    for (std::size_t n : {5u, 20u}) {
      expect_error(frame_error([&](Frame& f) { f.positions[3 * 4 + 1] = v; }, n),
                   {"frame 7, particle 4: position is not finite"});
      expect_error(frame_error([&](Frame& f) { f.quaternions[4 * 3 + 2] = v; }, n),
                   {"frame 7, particle 3: quaternion is not finite"});
      expect_error(frame_error([&](Frame& f) { f.diameters[3 * 2] = v; }, n), {"frame 7, particle 2: diameter"});
    }
}

TEST(BadFrames, ZeroQuaternionsAndDiametersThatAreNotPositive) {
  expect_error(frame_error([](Frame& f) { std::fill_n(&f.quaternions[4 * 3], 4, 0.0); }),
               {"particle 3: quaternion is zero", "(0, 0, 0, 0)", "(w, x, y, z)"});
  for (double v : {0.0, -1.0})
    expect_error(frame_error([&](Frame& f) { f.diameters[3 * 2 + 2] = v; }), {"particle 2: diameter is zero, negative", "> 0"});
}

TEST(BadFrames, UnknownSpecies) {
  for (int s : {-1, 1}) expect_error(frame_error([&](Frame& f) { f.species[4] = s; }), {"particle 4: species is unknown"});
}

TEST(BadFrames, TheFirstFaultyParticleIsNamed) {
  expect_error(frame_error([](Frame& f) { f.species[9] = f.species[14] = 7, f.diameters[3 * 5] = 0; }), {"particle 5: diameter"});
}

TEST(BadFrames, CellsThatAreNotFiniteOrSpanNoVolume) {
  for (double v : {kNan, kInfinity}) expect_error(frame_error([&](Frame& f) { f.cell[4] = v; }), {"frame 7, cell", "finite"});
  expect_error(frame_error([](Frame& f) { f.cell[3] = 6, f.cell[4] = 0; }), {"frame 7, cell", "independent"});
  expect_error(frame_error([](Frame& f) { f.cell[6] = f.cell[7] = f.cell[8] = 0; }), {"frame 7, cell"});
  expect_error(frame_error([](Frame& f) { f.cell[8] = kNan, f.periodic[2] = false; }), {"frame 7, cell", "finite"});
  expect_error(frame_error([](Frame& f) { f.cell = {1e200, 0, 0, 0, 1e200, 0, 0, 0, 1e200}; }), {"frame 7, cell", "finite"});
}

TEST(BadFrames, PositionsTooFarAwayToKeepDigits) {
  expect_error(frame_error([](Frame& f) { f.positions[3 * 4] = 1e12; }), {"particle 4: position", "10^7"});
}

TEST(BadFrames, CellsSoSmallThatImagesCannotBeCounted) {
  expect_error(frame_error([](Frame& f) { f.cell = {1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3}; }, 3), {"cutoff_radius"});
}

TEST(BadFrames, DiametersOutOfAllProportionToTheBasis) {
  expect_error(frame_error([](Frame& f) { f.diameters[3 * 2] = 1e200; }), {"particle 2: diameter", "1e+200"});
}

}  // namespace
}  // namespace anisoap::test
