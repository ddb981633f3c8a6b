// SPDX-License-Identifier: MIT
// The number types that the functions of detail/ are tested with, and access to their lanes.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>

#include "anisoap/detail/pack.hpp"

namespace anisoap::test {

struct TestIsa {};
using PackD = detail::Pack<double, 2, TestIsa>;
using PackS = detail::Pack<float, 4, TestIsa>;
using Numbers = ::testing::Types<float, double, PackS, PackD>;

template <class T, class = void>
struct Lanes {
  using Scalar = T;
  static constexpr int count = 1;
  static double get(T x, int) { return static_cast<double>(x); }
  static void set(T& x, int, double v) { x = static_cast<T>(v); }
};

template <class T>
struct Lanes<T, std::void_t<typename T::Scalar>> {
  using Scalar = typename T::Scalar;
  static constexpr int count = T::kLanes;
  static double get(T x, int lane) { return static_cast<double>(x.v[lane]); }
  static void set(T& x, int lane, double v) { x.v[lane] = static_cast<Scalar>(v); }
};

template <class T>
constexpr double kEpsilon = static_cast<double>(std::numeric_limits<typename Lanes<T>::Scalar>::epsilon());

}  // namespace anisoap::test
