// SPDX-License-Identifier: MIT
// Cutoff function f_c(r): 1 up to cutoff - width, then (1 + cos(pi t)) / 2 with t = (r - cutoff + width) / width, 0 at the
// cutoff.
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

template <class T>
ANISOAP_FUNCTION T cosine_cutoff(T r_squared, T cutoff, T inverse_width) {
  const T t = clamp01(T(1) - (cutoff - sqrt(r_squared)) * inverse_width);
  return T(0.5) - T(0.5) * sin_pi_half_range(t - T(0.5));
}

}  // namespace anisoap::detail
