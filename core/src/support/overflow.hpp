// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "anisoap/error.hpp"

namespace anisoap {

// total: a sum of energies, forces and torques.
inline void require_no_overflow(double total) {
  if (!std::isfinite(total))
    bad_argument("energy or force", "numbers that overflow",
                 "distances and diameters nearer to the lengths that the model was made for");
}

}  // namespace anisoap
