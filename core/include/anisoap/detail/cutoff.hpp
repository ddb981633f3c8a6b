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

// Half of t, or of 1 - t past the middle: 0 at both ends.
template <class T>
ANISOAP_FUNCTION T half_from_end(T t) {
  return T(0.5) * select(t < T(0.5), t, T(1) - t);
}

// f_c = cos^2(pi t / 2) = 1 - sin^2(pi t / 2); sine: of pi half_from_end(t). Exactly 1 and 0 at the ends.
template <class T>
ANISOAP_FUNCTION T cutoff_of_sine(T t, T sine) {
  return select(t < T(0.5), T(1) - sine * sine, sine * sine);
}

template <class T>
ANISOAP_FUNCTION T cosine_cutoff(T r_squared, T cutoff, T inverse_width) {
  const T t = taper_position(sqrt(r_squared), cutoff, inverse_width);
  return cutoff_of_sine(t, sin_pi_half_range(half_from_end(t)));
}

// Cutoff function and its slope f_c' / r; the slope is 0 at r = 0 and wherever f_c is constant.
template <class T>
struct Taper {
  T value, slope;
};

// inverse_width: 0 without a taper.
template <class T>
ANISOAP_FUNCTION Taper<T> taper_at(T r_squared, double cutoff, double inverse_width) {
  if (!(inverse_width > 0)) return {T(1), T(0)};
  const T r = sqrt(r_squared), t = taper_position(r, T(cutoff), T(inverse_width));
  const T u = half_from_end(t), sine = sin_pi_half_range(u), cosine = sin_pi_half_range(T(0.5) - u);
  return {cutoff_of_sine(t, sine), T(-3.14159265358979323846 * inverse_width) * sine * cosine / (r + T(1e-30))};
}

}  // namespace anisoap::detail
