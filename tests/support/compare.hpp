// SPDX-License-Identifier: MIT
// Comparisons in which NaN loses.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace anisoap::test {

// Running maximum in which NaN wins: std::max(m, NaN) is m, which lets NaN pass every bound.
inline double worst(double m, double x) { return std::isnan(x) || x > m ? x : m; }

inline double largest(const std::vector<double>& values) {
  double m = 0;
  for (double v : values) m = worst(m, std::fabs(v));
  return m;
}

// Largest difference as a fraction of the largest entry of `expected`; NaN for arrays of different length.
inline double relative_difference(const std::vector<double>& got, const std::vector<double>& expected) {
  if (got.size() != expected.size()) return std::nan("");
  double m = 0;
  for (std::size_t k = 0; k < got.size(); ++k) m = worst(m, std::fabs(got[k] - expected[k]));
  return m / std::max(largest(expected), 1e-300);
}

}  // namespace anisoap::test
