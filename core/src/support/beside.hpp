// SPDX-License-Identifier: MIT
// Work of a second thread.
#pragma once

#include <future>
#include <system_error>

namespace anisoap {

// Starts work() in a thread of its own; where the system gives none, whoever waits for the result does the work.
template <class Work>
std::future<void> start_beside(const Work& work) {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, work);
  }
}

}  // namespace anisoap
