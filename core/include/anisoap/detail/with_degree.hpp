// SPDX-License-Identifier: MIT
// Picks compiled code for a degree known at run time.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

template <int D>
struct Degree {
  static constexpr int value = D;
};

// f(Degree<degree>), or f(Degree<-1>) where the degree is above Most or compiled code is not wanted.
template <int Most, class F>
ANISOAP_FUNCTION void with_degree(int degree, bool compiled, const F& f) {
  if constexpr (Most < 0) {
    f(Degree<-1>{});
  } else if (compiled && degree == Most) {
    f(Degree<Most>{});
  } else {
    with_degree<Most - 1>(degree, compiled, f);
  }
}

}  // namespace anisoap::detail
