// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <chrono>

#include "anisoap/descriptor.hpp"

// Asks Python for signals; keeps the exception that a handler raised.
inline bool signalled() {
  pybind11::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}

// Throws Interrupted once a signal came; asks at most every 50 ms. For loops whose every turn is too short for the core to ask.
class SignalWatch {
 public:
  void check() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(50)) return;
    last_ = now;
    if (signalled()) throw anisoap::Interrupted();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Runs without the GIL, which whoever waits for the device may hold; what a signal handler raised goes on.
template <class Run>
auto unlocked(const Run& run) {
  try {
    const pybind11::gil_scoped_release release;
    return run();
  } catch (const anisoap::Interrupted&) {
    throw pybind11::error_already_set();
  }
}
