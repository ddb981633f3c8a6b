// SPDX-License-Identifier: MIT
// Powers of inverse distances, which pair energies are made of.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

constexpr int kMostPowers = 16;
constexpr int kCompiledPowers = 8;  // most powers with loops unrolled

template <class T>
ANISOAP_FUNCTION T to_power(T x, int n) {
  T out(1);
  for (; n > 0; n >>= 1) {
    if (n & 1) out = out * x;
    x = x * x;
  }
  return out;
}

}  // namespace anisoap::detail
