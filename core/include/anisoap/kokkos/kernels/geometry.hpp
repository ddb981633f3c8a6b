// SPDX-License-Identifier: MIT
// One pair of a list in a kernel.
#pragma once

#include "anisoap/detail/density.hpp"
#include "anisoap/kokkos/launch/tables.hpp"
#include "anisoap/kokkos/pairs.hpp"

namespace anisoap::kokkos {

template <class T>
struct Separation {
  T r[3], squared;  // x_j - x_i times a unit
};

template <class T>
KOKKOS_FORCEINLINE_FUNCTION Separation<T> separation(const Point& i, const Point& j, double unit) {
  Separation<T> out;
  out.squared = T(0);
  for (int d = 0; d < 3; ++d) {
    out.r[d] = T((j.x[d] - i.x[d]) * unit);
    out.squared += out.r[d] * out.r[d];
  }
  return out;
}

}  // namespace anisoap::kokkos
