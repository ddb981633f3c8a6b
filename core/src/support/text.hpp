// SPDX-License-Identifier: MIT
// Numbers for error messages: shortest %g text.
#pragma once

#include <cstdio>
#include <string>

namespace anisoap {

inline std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.6g", value);
  return buffer;
}

}  // namespace anisoap
