// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string>

#include "anisoap/error.hpp"

namespace anisoap {

// total: a sum of energies, forces and torques.
inline void require_no_overflow(double total) {
  if (!std::isfinite(total)) refuse_overflow();
}

// What a caller gave, under its name.
inline void require_finite(const std::string& name, const double* values, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k)
    if (!std::isfinite(values[k]))
      bad_argument(name, "a number that is not finite at place " + std::to_string(k), "finite numbers");
}

inline void require_positive(const std::string& name, double value) {
  if (!(value > 0 && std::isfinite(value))) bad_argument(name, std::to_string(value), "a finite number > 0");
}

}  // namespace anisoap
