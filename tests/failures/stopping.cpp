// SPDX-License-Identifier: MIT
// Computations that end early.
#include <chrono>
#include <functional>
#include <thread>

#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

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
