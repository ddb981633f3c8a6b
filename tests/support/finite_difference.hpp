// SPDX-License-Identifier: MIT
// Five-point derivatives over a sweep of steps. The best step counts: large ones truncate, small ones round.
#pragma once

#include <vector>

#include "support/compare.hpp"

namespace anisoap::test {

constexpr double kSteps[] = {3e-3, 1e-3, 3e-4};

// df/dx at 0.
template <class F>
double five_point(const F& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

// How far `got` is from derivative(h), the list of finite differences with step h.
struct Deviation {
  double difference = 0;  // largest of one entry, at the best step; NaN when anything is NaN
  double scale = 0;       // largest entry of the finite differences

  bool within(double relative, double absolute) const { return difference <= relative * scale + absolute; }
};

template <class Derivative>
Deviation deviation(const std::vector<double>& got, const Derivative& derivative) {
  Deviation best{1e300, 0};
  for (double h : kSteps) {
    const std::vector<double> expected = derivative(h);
    double difference = got.size() == expected.size() ? 0 : std::nan("");
    for (std::size_t k = 0; k < expected.size(); ++k) difference = worst(difference, std::fabs(got[k] - expected[k]));
    if (std::isnan(difference) || std::isnan(best.difference)) return {std::nan(""), std::nan("")};
    if (difference < best.difference) best = {difference, largest(expected)};
  }
  return best;
}

}  // namespace anisoap::test
