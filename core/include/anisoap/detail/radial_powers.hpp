// SPDX-License-Identifier: MIT
// Powers of inverse distances, which pair energies are made of.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

constexpr int kMostPowers = 16;
constexpr int kCompiledPowers = 8;  // most powers with loops unrolled

// visit(k, x^(n_k - 1)) for the n >= 1 of powers[first..last-1], those that ascend each from the one before.
template <class T, class Visit>
ANISOAP_FUNCTION void visit_powers(const int* powers, int first, int last, T x, const Visit& visit) {
  T below(1);
  int n = 1;
  for (int k = first; k < last; ++k) {
    if (powers[k] < n) {
      below = T(1);
      n = 1;
    }
    for (; n < powers[k]; ++n) below = below * x;
    visit(k, below);
  }
}

}  // namespace anisoap::detail
