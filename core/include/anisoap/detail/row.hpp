// SPDX-License-Identifier: MIT
// Rows: the entries of one centre or pair as formulas index them. A pointer is a row of contiguous entries; a StridedRow holds
// entry k of many centres side by side, as the lanes of a device read them. Both know [k], + k and += k.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

template <class T>
struct StridedRow {
  T* first;
  std::int64_t stride;

  ANISOAP_FUNCTION T& operator[](int k) const { return first[k * stride]; }
  ANISOAP_FUNCTION StridedRow& operator+=(int k) {
    first += k * stride;
    return *this;
  }
  friend ANISOAP_FUNCTION StridedRow operator+(StridedRow row, int k) { return row += k; }
};

// Numbers that are the same for all centres, as a row of T.
template <class T>
struct Repeated {
  const double* first;

  ANISOAP_FUNCTION T operator[](int k) const { return T(first[k]); }
  friend ANISOAP_FUNCTION Repeated operator+(Repeated row, int k) { return {row.first + k}; }
};

// What a row holds.
template <class Row>
using Entry = std::remove_cv_t<std::remove_reference_t<decltype(std::declval<Row>()[0])>>;

}  // namespace anisoap::detail
