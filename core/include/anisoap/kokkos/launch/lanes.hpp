// SPDX-License-Identifier: MIT
// A few numbers that one thread works on side by side, in the formulas of detail/.
#pragma once

#include <Kokkos_Core.hpp>

#include "anisoap/detail/math.hpp"

namespace anisoap::kokkos {

template <int N>
struct Mask {
  bool v[N];
};

template <class T, int N>
struct alignas(sizeof(T) * N) Lanes {
  T v[N];

  Lanes() = default;
  KOKKOS_FORCEINLINE_FUNCTION explicit Lanes(double x) {
    for (int k = 0; k < N; ++k) v[k] = T(x);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator+(const Lanes& a, const Lanes& b) {
    return each([&](int k) { return a.v[k] + b.v[k]; });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator-(const Lanes& a, const Lanes& b) {
    return each([&](int k) { return a.v[k] - b.v[k]; });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator*(const Lanes& a, const Lanes& b) {
    return each([&](int k) { return a.v[k] * b.v[k]; });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator/(const Lanes& a, const Lanes& b) {
    return each([&](int k) { return a.v[k] / b.v[k]; });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Mask<N> operator<(const Lanes& a, const Lanes& b) {
    Mask<N> out;
    for (int k = 0; k < N; ++k) out.v[k] = a.v[k] < b.v[k];
    return out;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes select(const Mask<N>& mask, const Lanes& a, const Lanes& b) {
    return each([&](int k) { return mask.v[k] ? a.v[k] : b.v[k]; });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes exp(const Lanes& a) {
    return each([&](int k) { return detail::exp(a.v[k]); });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes sqrt(const Lanes& a) {
    return each([&](int k) { return detail::sqrt(a.v[k]); });
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes abs(const Lanes& a) {
    return each([&](int k) { return detail::abs(a.v[k]); });
  }

 private:
  template <class F>
  KOKKOS_FORCEINLINE_FUNCTION static Lanes each(const F& f) {
    Lanes out;
    for (int k = 0; k < N; ++k) out.v[k] = f(k);
    return out;
  }
};

}  // namespace anisoap::kokkos
