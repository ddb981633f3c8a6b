// SPDX-License-Identifier: MIT
// Sparse matrix by rows.
#pragma once

#include "anisoap/detail/row.hpp"

namespace anisoap::detail {

struct SparseView {
  const int* start;     // [n_rows + 1] into index and value
  const int* index;     // column of each entry
  const double* value;  // of each entry
};

// Row `row` of A x; x_k is x[k * step].
template <class In>
ANISOAP_FUNCTION Entry<In> row_times(const SparseView& a, int row, In x, int step = 1) {
  using T = Entry<In>;
  T v(0);
  for (int e = a.start[row]; e < a.start[row + 1]; ++e) v = v + T(a.value[e]) * x[a.index[e] * step];
  return v;
}

}  // namespace anisoap::detail
