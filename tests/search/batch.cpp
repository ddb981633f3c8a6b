// SPDX-License-Identifier: MIT
// Batches of frames and computations that end early.
#include <chrono>
#include <thread>

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

// A batch whose searches take a while, or fail.
class SlowSource : public NeighborSource {
 public:
  SlowSource(const FrameBatch& batch, std::function<void(std::size_t)> before) : batch_(batch), before_(std::move(before)) {}
  void collect(std::size_t centre, NeighborSink& sink) const override {
    before_(centre);
    batch_.collect(centre, sink);
  }

 private:
  const FrameBatch& batch_;
  std::function<void(std::size_t)> before_;
};

class Stopping : public ::testing::Test {
 protected:
  Stopping() { batch_.add(frame_.view()); }
  void compute(const std::function<void(std::size_t)>& before, const Options& options) {
    const std::size_t length = descriptor_.row_length(Quantity::PowerSpectrum);
    rows_.assign(frame_.size() * length, 0.0);
    descriptor_.compute(batch_.table(), SlowSource(batch_, before), batch_.centres(), Quantity::PowerSpectrum,
                        {rows_.data(), nullptr, length}, options);
  }
  Frame frame_ = random_frame(78, 900, {20, 0, 0, 0, 20, 0, 0, 0, 20}, {true, true, true}, 1);
  Descriptor descriptor_{gto(2, 3.0, 1.0)};
  FrameBatch batch_{descriptor_.basis()};
  std::vector<double> rows_;
};

TEST_F(Stopping, AnInterruptedComputationThrowsAndCanBeRepeated) {
  for (int num_threads : {1, 2}) {
    Options options;
    options.num_threads = num_threads;
    int asked = 0;
    options.interrupted = [&] { return ++asked == 2; };
    const auto pause = [](std::size_t centre) {
      if (centre % 128 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(60));
    };
    EXPECT_THROW(compute(pause, options), Interrupted);
    EXPECT_EQ(asked, 2);
    compute([](std::size_t) {}, {});
    EXPECT_EQ(rows_, rows_of(descriptor_, frame_, Quantity::PowerSpectrum));
  }
}

TEST_F(Stopping, AnErrorOfAnyThreadArrives) {
  for (int num_threads : {1, 2}) {
    Options options;
    options.num_threads = num_threads;
    const auto fail = [](std::size_t centre) {
      if (centre == 700) throw std::runtime_error("no neighbours");
    };
    EXPECT_EQ(error_of<std::runtime_error>([&] { compute(fail, options); }), "no neighbours");
  }
}

}  // namespace
}  // namespace anisoap::test
