// SPDX-License-Identifier: MIT
// The few functions that formulas call, overloaded for scalars here and for packs in pack.hpp.
#pragma once

#include <cmath>

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

ANISOAP_FUNCTION double exp(double x) { return ::exp(x); }
ANISOAP_FUNCTION float exp(float x) { return ::expf(x); }
ANISOAP_FUNCTION double sqrt(double x) { return ::sqrt(x); }
ANISOAP_FUNCTION float sqrt(float x) { return ::sqrtf(x); }

ANISOAP_FUNCTION double abs(double x) { return ::fabs(x); }
ANISOAP_FUNCTION float abs(float x) { return ::fabsf(x); }

// condition ? a : b, evaluating both.
template <class T>
ANISOAP_FUNCTION T select(bool condition, T a, T b) {
  return condition ? a : b;
}

template <class T>
ANISOAP_FUNCTION T clamp01(T x) {
  return x < T(0) ? T(0) : (x > T(1) ? T(1) : x);
}

template <class T>
ANISOAP_FUNCTION T dot3(const T a[3], const T b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

// sin(pi u) for |u| <= 1/2: Taylor series to degree 21, error below 2e-18. One formula for scalars, packs and devices.
template <class T>
ANISOAP_FUNCTION T sin_pi_half_range(T u) {
  const T v = T(3.14159265358979323846) * u;
  const T s = v * v;
  T p = T(1.0 / 51090942171709440000.0);
  p = p * s + T(-1.0 / 121645100408832000.0);
  p = p * s + T(1.0 / 355687428096000.0);
  p = p * s + T(-1.0 / 1307674368000.0);
  p = p * s + T(1.0 / 6227020800.0);
  p = p * s + T(-1.0 / 39916800.0);
  p = p * s + T(1.0 / 362880.0);
  p = p * s + T(-1.0 / 5040.0);
  p = p * s + T(1.0 / 120.0);
  p = p * s + T(-1.0 / 6.0);
  return v * (p * s + T(1));
}

}  // namespace anisoap::detail
