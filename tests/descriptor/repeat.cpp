// SPDX-License-Identifier: MIT
// Equal input gives equal bits: reruns, threads, batches.
#include <gtest/gtest.h>

#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {14.0, 0.0, 0.0, 1.7, 15.0, 0.0, -1.1, 2.0, 14.5};

// More centres than one work item holds, so that two threads share them.
std::vector<Frame> frames() {
  return {random_frame(41, 700, kCell, {true, true, true}, 2), random_frame(42, 9, kCell, {true, false, true}, 2),
          random_frame(43, 60, kCell, {false, false, false}, 2)};
}

class Repeat : public ::testing::TestWithParam<bool> {
 protected:
  std::vector<double> rows(int num_threads) const {
    Options options;
    options.num_threads = num_threads;
    options.single_precision = GetParam();
    return rows_of(descriptor_, frames(), Quantity::PowerSpectrum, options);
  }
  Descriptor descriptor_{gto(4, 4.0, 1.0, 2)};
};

TEST_P(Repeat, ASecondRunGivesTheSameBits) { EXPECT_EQ(rows(1), rows(1)); }

TEST_P(Repeat, TwoThreadsGiveTheSameBitsAsOne) {
  const auto expected = rows(1);
  for (int run = 0; run < 3; ++run) EXPECT_EQ(rows(2), expected);
  EXPECT_EQ(rows(0), expected);
}

TEST_P(Repeat, ABatchGivesTheSameBitsAsItsFramesOneByOne) {
  Options options;
  options.single_precision = GetParam();
  std::vector<double> one_by_one;
  for (const Frame& f : frames()) {
    const auto part = rows_of(descriptor_, {f}, Quantity::PowerSpectrum, options);
    one_by_one.insert(one_by_one.end(), part.begin(), part.end());
  }
  EXPECT_EQ(rows(1), one_by_one);
}

TEST_P(Repeat, ASubsetOfCentresGivesTheSameBitsAsAll) {
  const auto expected = rows(1);
  const std::size_t length = descriptor_.row_length(Quantity::PowerSpectrum);
  FrameBatch batch(descriptor_.basis(), 1);
  for (const Frame& f : frames()) batch.add(f.view());
  Options options;
  options.single_precision = GetParam();
  for (std::size_t k = 0; k < batch.centres().size(); k += 97) {
    const std::size_t row = batch.centres()[k].row;
    std::vector<double> got(length);
    descriptor_.compute(batch.table(), batch, {{batch.centres()[k].particle, 0}}, Quantity::PowerSpectrum,
                        {got.data(), nullptr, length}, options);
    EXPECT_EQ(got, std::vector<double>(&expected[row * length], &expected[row * length] + length)) << "row " << row;
  }
}

INSTANTIATE_TEST_SUITE_P(Repeat, Repeat, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "single" : "double"; });

}  // namespace
}  // namespace anisoap::test
