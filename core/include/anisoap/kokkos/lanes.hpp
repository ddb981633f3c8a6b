// SPDX-License-Identifier: MIT
// A few numbers that one thread works on side by side, in the formulas of detail/.
#pragma once

#include <Kokkos_Core.hpp>

namespace anisoap::kokkos {

template <class T, int N>
struct alignas(sizeof(T) * N) Lanes {
  T v[N];

  Lanes() = default;
  KOKKOS_FORCEINLINE_FUNCTION explicit Lanes(double x) {
    for (int k = 0; k < N; ++k) v[k] = T(x);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator+(const Lanes& a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < N; ++k) out.v[k] = a.v[k] + b.v[k];
    return out;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Lanes operator*(const Lanes& a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < N; ++k) out.v[k] = a.v[k] * b.v[k];
    return out;
  }
};

}  // namespace anisoap::kokkos
