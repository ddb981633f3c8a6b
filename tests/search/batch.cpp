// SPDX-License-Identifier: MIT
// Batches of frames: what is added, refused and cleared.
#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {9, 0, 0, 1, 9, 0, 0, 2, 9};

std::vector<double> rows_of_batch(const Descriptor& descriptor, const FrameBatch& batch) {
  const std::size_t length = descriptor.row_length(Quantity::PowerSpectrum);
  std::vector<double> out(batch.n_particles() * length, std::nan(""));
  descriptor.compute(batch, Quantity::PowerSpectrum, {out.data(), nullptr, length});
  return out;
}

TEST(Batch, AnAddThatThrowsLeavesTheBatchAsItWas) {
  const Descriptor descriptor(gto(3, 4.0, 1.0));
  for (std::size_t n : {4u, 30u}) {
    const Frame first = random_frame(71, n, kCell, {true, true, true}, 1),
                last = random_frame(72, n, kCell, {true, true, false}, 1);
    std::vector<Frame> bad(4, random_frame(73, n, kCell, {true, true, true}, 1));
    bad[0].species[2] = 5;
    bad[1].positions[4] = std::nan("");
    bad[2].cell[0] = bad[2].cell[1] = bad[2].cell[2] = 0;
    bad[3].quaternions.assign(4 * n, 0.0);
    FrameBatch batch(descriptor.basis());
    batch.add(first.view());
    for (const Frame& f : bad) EXPECT_NE(error_of([&] { batch.add(f.view()); }), "");
    EXPECT_EQ(batch.n_frames(), 1u);
    EXPECT_EQ(batch.n_particles(), n);
    EXPECT_EQ(batch.centres().size(), n);
    batch.add(last.view());
    EXPECT_EQ(rows_of_batch(descriptor, batch), rows_of(descriptor, {first, last}, Quantity::PowerSpectrum));
  }
}

TEST(Batch, AClearedBatchIsLikeANewOne) {
  const Descriptor descriptor(gto(3, 4.0, 1.0));
  const Frame first = random_frame(74, 30, kCell, {true, true, true}, 1),
              second = random_frame(75, 20, kCell, {true, true, true}, 1);
  FrameBatch batch(descriptor.basis());
  batch.add(first.view());
  batch.clear();
  EXPECT_EQ(batch.n_frames(), 0u);
  EXPECT_EQ(batch.n_particles(), 0u);
  batch.add(second.view());
  EXPECT_EQ(rows_of_batch(descriptor, batch), rows_of(descriptor, second, Quantity::PowerSpectrum));
}

TEST(Batch, FramesWithoutParticlesAreFrames) {
  const Descriptor descriptor(gto(3, 4.0, 1.0));
  const Frame empty, full = random_frame(76, 5, kCell, {true, true, true}, 1);
  FrameBatch batch(descriptor.basis());
  batch.add(empty.view());
  EXPECT_TRUE(rows_of_batch(descriptor, batch).empty());
  batch.add(full.view());
  batch.add(empty.view());
  EXPECT_EQ(batch.n_frames(), 3u);
  EXPECT_EQ(rows_of_batch(descriptor, batch), rows_of(descriptor, full, Quantity::PowerSpectrum));
}

TEST(Batch, AParticleAloneHasARow) {
  const Descriptor descriptor(gto(3, 4.0, 1.0));
  const auto rows = rows_of(descriptor, random_frame(77, 1, kCell, {false, false, false}, 1), Quantity::PowerSpectrum);
  EXPECT_GT(rows.at(0), 0);
}

}  // namespace
}  // namespace anisoap::test
