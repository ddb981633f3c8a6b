// SPDX-License-Identifier: MIT
// Golden files: hyperparameters, frames and expected rows, in the library's column order.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/frame.hpp"

namespace anisoap::test {

struct Golden {
  std::string name;
  Hypers hypers;
  std::vector<Frame> frames;
  std::vector<double> coefficients;    // [n_centres * row_length]
  std::vector<double> power_spectrum;  // [n_centres * row_length]
};

// Throws for a file that cannot be read, lacks a key or has an unknown hyperparameter.
Golden read_golden(const std::string& path);

// Files *.json of a folder in alphabetical order, {} when there is no such folder.
std::vector<std::string> golden_files(const std::string& folder);

}  // namespace anisoap::test
