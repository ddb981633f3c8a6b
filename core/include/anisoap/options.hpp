// SPDX-License-Identifier: MIT
// How a computation runs, for descriptors, potentials and training alike.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace anisoap {

struct Options {
  int num_threads = 0;                // 0 = the OpenMP default
  bool single_precision = false;      // descriptors: moments in float, sums and the rest in double
  std::function<bool()> interrupted;  // asked by the calling thread now and then; true stops with Interrupted
};

// Thrown when Options::interrupted answered true.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("anisoap: interrupted") {}
};

// Instruction sets that this build has code for and this machine runs, widest first.
std::vector<std::string> instruction_sets();

// Threads that num_threads = 0 means.
int default_num_threads();

}  // namespace anisoap
