// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "anisoap/options.hpp"

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

}  // namespace anisoap
