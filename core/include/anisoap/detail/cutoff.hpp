// SPDX-License-Identifier: MIT
// Cutoff function f_c(r): 1 up to cutoff - width, then (1 + cos(pi t)) / 2 with t = (r - cutoff + width) / width, 0 at the
// cutoff; and its derivative.
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

// Where r lies in the taper: t, cut to 0..1.
template <class T>
ANISOAP_FUNCTION T taper_position(T r, T cutoff, T inverse_width) {
  return clamp01(T(1) - (cutoff - r) * inverse_width);
}

template <class T>
ANISOAP_FUNCTION T cosine_cutoff(T r_squared, T cutoff, T inverse_width) {
  const T t = taper_position(sqrt(r_squared), cutoff, inverse_width);
  return T(0.5) - T(0.5) * sin_pi_half_range(t - T(0.5));
}

// f_c'(r) / r; 0 at r = 0 and wherever f_c is constant.
template <class T>
ANISOAP_FUNCTION T cosine_cutoff_slope(T r_squared, T cutoff, T inverse_width) {
  const T r = sqrt(r_squared);
  const T half = T(0.5) * taper_position(r, cutoff, inverse_width);
  const T sine = T(2) * sin_pi_half_range(half) * sin_pi_half_range(T(0.5) - half);  // sin(pi t), exact 0 at both ends
  return T(-1.57079632679489661923) * inverse_width * sine / (r + T(1e-30));
}

// Cutoff function and its slope f_c' / r.
template <class T>
struct Taper {
  T value, slope;
};

// inverse_width: 0 without a taper.
template <class T>
ANISOAP_FUNCTION Taper<T> taper_at(T r_squared, double cutoff, double inverse_width) {
  if (!(inverse_width > 0)) return {T(1), T(0)};
  return {cosine_cutoff(r_squared, T(cutoff), T(inverse_width)), cosine_cutoff_slope(r_squared, T(cutoff), T(inverse_width))};
}

}  // namespace anisoap::detail
