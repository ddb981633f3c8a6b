// SPDX-License-Identifier: MIT
// The searches against all lattice translations in a range that is wider than needed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "anisoap/simd/dispatch.hpp"
#include "support/compare.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

struct Box {
  const char* name;
  std::array<double, 9> cell;
  std::array<bool, 3> periodic;
  double cutoff;
};

const Box kBoxes[] = {
    {"triclinic", {6.5, 0, 0, 1.7, 6, 0, -1.1, 2, 7}, {true, true, true}, 3.0},
    {"cubic", {8, 0, 0, 0, 8, 0, 0, 0, 8}, {true, true, true}, 2.5},
    {"left_handed", {0, 7, 0, 6, 1, 0, 0.5, 0, 8}, {true, true, true}, 3.0},
    {"slab", {6, 0.5, 0, -1, 6, 0.3, 0, 0, 9}, {true, true, false}, 3.5},
    {"slab_in_x", {9, 0, 0, 1, 6, 0, 0, -2, 6}, {false, true, true}, 3.5},
    {"wire", {9, 0, 0, 0, 9, 0, 0.4, 0.8, 5}, {false, false, true}, 4.0},
    {"open", {9, 0, 0, 2, 9, 0, 0, 1, 9}, {false, false, false}, 3.0},
    {"smaller_than_the_cutoff", {2.1, 0, 0, 0.4, 2.3, 0, -0.3, 0.6, 2.2}, {true, true, true}, 3.1},
    {"thin", {2.0, 0, 0, 0, 12, 0, 0, 0, 11}, {true, true, true}, 3.7},
    {"thin_last", {12.0, 0, 0, 0, 11, 0, 0, 0, 1.5}, {true, true, true}, 3.2},
    {"strongly_skewed", {5, 0, 0, 9, 4, 0, -7, 6, 5}, {true, true, true}, 2.6},
};

constexpr int kRange = 7;  // lattice translations tried in each periodic direction

struct Found {
  std::size_t particle;  // as the frame numbers them
  std::array<double, 3> r;
};

std::vector<Found> by_force(const Frame& frame, std::size_t i, double cutoff) {
  std::vector<Found> out;
  int range[3];
  for (std::size_t k = 0; k < 3; ++k) range[k] = frame.periodic[k] ? kRange : 0;
  for (std::size_t j = 0; j < frame.size(); ++j)
    for (int a = -range[0]; a <= range[0]; ++a)
      for (int b = -range[1]; b <= range[1]; ++b)
        for (int c = -range[2]; c <= range[2]; ++c) {
          Found f{j, {}};
          double squared = 0;
          for (std::size_t d = 0; d < 3; ++d) {
            f.r[d] = frame.positions[3 * j + d] - frame.positions[3 * i + d] + a * frame.cell[d] + b * frame.cell[3 + d] +
                     c * frame.cell[6 + d];
            squared += f.r[d] * f.r[d];
          }
          if (squared >= cutoff * cutoff || (i == j && a == 0 && b == 0 && c == 0)) continue;
          for (int step : {a, b, c}) EXPECT_LT(std::abs(step), kRange) << "the range of translations is too small";
          out.push_back(f);
        }
  return out;
}

// Takes one entry like `f` out of the list.
bool take(std::vector<Found>& list, const Found& f) {
  for (Found& g : list) {
    double off = g.particle == f.particle ? 0 : 1;
    for (std::size_t d = 0; d < 3; ++d) off = worst(off, std::fabs(g.r[d] - f.r[d]));
    if (!(off < 1e-9)) continue;
    g = list.back();
    list.pop_back();
    return true;
  }
  return false;
}

void expect_neighbors(const Frame& frame, double cutoff) {
  const Basis basis(gto(0, cutoff, 1.0));
  FrameBatch batch(basis, 1);
  batch.add(frame.view());
  const auto& centres = batch.centres();
  std::vector<std::size_t> particle_of(centres.size());
  for (const Centre& c : centres) particle_of[c.particle] = c.row;
  std::vector<std::vector<Found>> all;
  for (std::size_t i = 0; i < frame.size(); ++i) all.push_back(by_force(frame, i, cutoff));
  for (const auto& set : instruction_sets()) {
    NeighborSink sink(batch.table(), cutoff, find_backend(set));
    for (const Centre& centre : centres) {
      auto expected = all[centre.row];
      const std::size_t count = expected.size();
      sink.start(centre.particle);
      batch.collect(centre.particle, sink);
      ASSERT_EQ(sink.size(), count) << "centre " << centre.row << ", " << set;
      for (std::size_t k = 0; k < sink.size(); ++k) {
        const Neighbor& n = sink.begin()[k];
        ASSERT_TRUE(take(expected, {particle_of[static_cast<std::size_t>(n.index)], {n.r[0], n.r[1], n.r[2]}})) << set;
      }
    }
  }
}

class NeighborsIn : public ::testing::TestWithParam<Box> {};

TEST_P(NeighborsIn, AFewParticlesSeeEveryImage) {
  for (std::size_t n : {1u, 2u, 5u})
    expect_neighbors(random_frame(51, n, GetParam().cell, GetParam().periodic, 1), GetParam().cutoff);
}

TEST_P(NeighborsIn, ManyParticlesSeeEveryImage) {
  for (std::size_t n : {17u, 30u})
    expect_neighbors(random_frame(52, n, GetParam().cell, GetParam().periodic, 1), GetParam().cutoff);
}

INSTANTIATE_TEST_SUITE_P(Neighbors, NeighborsIn, ::testing::ValuesIn(kBoxes),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(Neighbors, ParticlesOnTheCutoffAreLeftOut) {
  Frame pair = random_frame(53, 2, {9, 0, 0, 0, 9, 0, 0, 0, 9}, {false, false, false}, 1);
  for (double x : {2.0, std::nextafter(2.0, 0.0)}) {
    pair.positions = {0, 0, 0, x, 0, 0};
    const Basis basis(gto(0, 2.0, 1.0));
    FrameBatch batch(basis, 1);
    batch.add(pair.view());
    NeighborSink sink(batch.table(), 2.0, find_backend());
    sink.start(0);
    batch.collect(0, sink);
    EXPECT_EQ(sink.size(), x < 2.0 ? 1u : 0u);
  }
}

TEST(Neighbors, ManyParticlesAtOnePlaceSeeOneAnother) {
  Frame frame = random_frame(54, 30, {9, 0, 0, 0, 9, 0, 0, 0, 9}, {false, true, false}, 1);
  for (std::size_t k = 0; k < frame.positions.size(); ++k) frame.positions[k] = 1.5;
  expect_neighbors(frame, 2.0);
}

TEST(Neighbors, CrowdedCellsLeaveOutCandidatesThatAreFarFromAllCentres) {
  const Frame frame = random_frame(56, 600, {8, 0, 0, 1, 8, 0, 0, -1, 8}, {false, false, false}, 1);  // some 20 a cell
  expect_neighbors(frame, 2.5);
}

TEST(Neighbors, OpenDirectionsOfAnyExtentWork) {
  Frame frame = random_frame(55, 40, {900, 0, 0, 0, 3, 0, 0, 0, 3}, {false, false, true}, 1);
  expect_neighbors(frame, 40.0 / 9.0);
  for (std::size_t k = 0; k < frame.positions.size(); k += 3) frame.positions[k] *= 1e-3;
  expect_neighbors(frame, 2.5);
}

}  // namespace
}  // namespace anisoap::test
