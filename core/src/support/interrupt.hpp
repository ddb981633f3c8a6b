// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "anisoap/descriptor.hpp"

namespace anisoap {

// Asks Options::interrupted at most every 50 ms, on the calling thread; throws Interrupted when it answers true.
class InterruptCheck {
 public:
  explicit InterruptCheck(const Options& options) : options_(options) {}

  void operator()() {
    if (!options_.interrupted || Clock::now() - last_ < std::chrono::milliseconds(50)) return;
    last_ = Clock::now();
    if (options_.interrupted()) throw Interrupted();
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Options& options_;
  Clock::time_point last_ = Clock::now();
};

// Threads for n work items.
inline int thread_count(const Options& options, std::size_t n) {
  const std::size_t wanted = static_cast<std::size_t>(options.num_threads > 0 ? options.num_threads : default_num_threads());
  return static_cast<int>(n < wanted ? (n > 0 ? n : 1) : wanted);
}

}  // namespace anisoap
