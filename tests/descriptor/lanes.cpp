// SPDX-License-Identifier: MIT
// What the lanes of the density step hold: they are full for mixtures too, and species without neighbours leave zeros.
#include <gtest/gtest.h>

#include <algorithm>

#include "anisoap/simd/dispatch.hpp"
#include "descriptor/density_step.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {14.0, 0.0, 0.0, 1.7, 15.0, 0.0, -1.1, 2.0, 14.5};

// Neighbours summed over the lanes' time: each pack takes as long as its longest lane.
double efficiency(const Hypers& h, const Frame& frame, const Backend& backend) {
  const Basis basis(h);
  FrameBatch batch(basis, 1);
  batch.add(frame.view());
  ChunkSearch search(batch.table(), h, backend);
  DensityStep density(basis, backend, true, batch.table(), false);
  Chunk chunk;
  const auto lanes = static_cast<std::size_t>(backend.lanes);
  double neighbors = 0, time = 0;
  for (std::size_t next = 0; next < frame.size();) {
    next = search.fill(batch, batch.centres(), next, std::min(next + kBlockCentres, frame.size()), chunk);
    for (std::size_t k = 0; k < chunk.entries.size(); k += density.batch()) {
      density.arrange(chunk, k, std::min(density.batch(), chunk.entries.size() - k));
      for (std::size_t pack = 0; pack < density.n_lanes(); pack += lanes) {
        int longest = 0;
        for (std::size_t lane = pack; lane < std::min(pack + lanes, density.n_lanes()); ++lane) {
          neighbors += density.count(lane);
          longest = std::max(longest, density.count(lane));
        }
        time += static_cast<double>(lanes) * longest;
      }
    }
  }
  return neighbors / time;
}

TEST(Lanes, AreFullForOneToFourSpecies) {
  for (const auto& set : instruction_sets())
    for (int n_species = 1; n_species <= 4; ++n_species) {
      const Frame frame = random_frame(61, 768, kCell, {true, true, true}, n_species);  // 30 neighbours within the cutoff
      EXPECT_GT(efficiency(gto(6, 3.1, 1.0, n_species), frame, find_backend(set)), 0.93)
          << set << ", " << n_species << " species";
    }
}

TEST(Lanes, SpeciesWithoutNeighborsHaveNoCoefficients) {
  const Descriptor descriptor(gto(4, 3.0, 1.0, 4));
  const Frame mixture = random_frame(62, 90, kCell, {true, true, true}, 3),
              pure = random_frame(63, 90, kCell, {true, true, true}, 1);
  const std::size_t length = descriptor.row_length(Quantity::Coefficients);
  const auto rows = rows_of(descriptor, {mixture, pure, mixture, pure}, Quantity::Coefficients);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const bool is_pure = k / length / 90 % 2 == 1;
    if (k % 4 != 3 && (!is_pure || k % 4 == 0)) continue;
    EXPECT_EQ(rows[k], 0) << "row " << k / length << ", column " << k % length;
  }
}

TEST(Lanes, PacksWithoutNeighborsLeaveZerosBesideOthers) {
  const std::size_t n_close = 50, n_alone = 200;
  Frame close = random_frame(64, n_close, kCell, {false, false, false}, 1),
        frame = random_frame(65, n_alone, kCell, {false, false, false}, 1);
  for (std::size_t i = 0; i < n_alone; ++i) frame.positions[3 * i] += 100.0 + 10.0 * static_cast<double>(i);
  frame.positions.insert(frame.positions.end(), close.positions.begin(), close.positions.end());
  frame.quaternions.insert(frame.quaternions.end(), close.quaternions.begin(), close.quaternions.end());
  frame.diameters.insert(frame.diameters.end(), close.diameters.begin(), close.diameters.end());
  frame.species.assign(n_alone + n_close, 0);
  for (Hypers h : {gto(4, 3.0, 1.0), monomial(4, 3.0)}) {
    h.subtract_center_contribution = true;
    for (const auto& set : instruction_sets())
      for (const bool compiled : {true, false})
        for (const bool single : {true, false}) {
          const Descriptor descriptor(h, true, set, compiled);
          Options options;
          options.single_precision = single;
          const auto rows = rows_of(descriptor, std::vector<Frame>{frame}, Quantity::Coefficients, options),
                     expected = rows_of(descriptor, std::vector<Frame>{close}, Quantity::Coefficients, options);
          const std::size_t n_zeros = n_alone * descriptor.row_length(Quantity::Coefficients);
          ASSERT_GT(*std::max_element(expected.begin(), expected.end()), 0.01);
          const auto others = rows.begin() + static_cast<std::ptrdiff_t>(n_zeros);
          EXPECT_TRUE(std::all_of(rows.begin(), others, [](double v) { return v == 0; })) << set;
          for (std::size_t k = 0; k < expected.size(); ++k)
            EXPECT_NEAR(rows[n_zeros + k], expected[k], single ? 1e-6 : 1e-14) << set;
        }
  }
}

}  // namespace
}  // namespace anisoap::test
