// SPDX-License-Identifier: MIT
// Items 0..n-1 in blocks over the threads, each thread with a worker of its own.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "anisoap/options.hpp"
#include "support/interrupt.hpp"
#include "support/parallel.hpp"

namespace anisoap {

struct Block {
  std::size_t number, first, last;  // items first..last-1
};

// Calls work(worker, block, checkpoint) for all blocks of `size` items; a thread calls make_worker() for its first one.
// Exceptions and checkpoints are those of parallel_for; the calling thread asks Options::interrupted.
template <class MakeWorker, class Work>
void for_blocks(std::size_t n, std::size_t size, const Options& options, const MakeWorker& make_worker, const Work& work) {
  using Worker = decltype(make_worker());
  const std::size_t n_blocks = (n + size - 1) / size;
  const int num_threads = static_cast<int>(std::min(n_blocks, static_cast<std::size_t>(thread_count(options.num_threads))));
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(std::max(num_threads, 1)));
  InterruptCheck check(options);
  const auto run = [&](std::size_t k, int thread, const auto& checkpoint) {
    auto& worker = workers[static_cast<std::size_t>(thread)];
    if (!worker) worker.reset(new Worker(make_worker()));  // NOLINT: a worker need not be movable
    work(*worker, Block{k, k * size, std::min(n, (k + 1) * size)}, checkpoint);
  };
  parallel_for(n_blocks, num_threads, run, check);
}

}  // namespace anisoap
