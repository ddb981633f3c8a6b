// SPDX-License-Identifier: MIT
// Mean and variance over the members of a committee.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

template <class T>
ANISOAP_FUNCTION T committee_mean(const T* members, int n) {
  const T share = T(1.0 / n);
  T mean(0);
  for (int k = 0; k < n; ++k) mean = mean + share * members[k];
  return mean;
}

// 0 for a single member.
template <class T>
ANISOAP_FUNCTION T committee_variance(const T* members, T mean, int n) {
  T sum(0);
  for (int k = 0; k < n; ++k) {
    const T off = members[k] - mean;
    sum = sum + off * off;
  }
  return n > 1 ? sum * T(1.0 / (n - 1)) : T(0);
}

}  // namespace anisoap::detail
