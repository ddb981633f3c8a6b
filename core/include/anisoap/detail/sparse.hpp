// SPDX-License-Identifier: MIT
// Sparse matrix by rows.
#pragma once

#include "anisoap/detail/row.hpp"

namespace anisoap::detail {

// One entry; 16 bytes, which a device loads at once.
struct alignas(16) SparseEntry {
  double value;
  int column;
};

struct SparseView {
  const int* start;          // [n_rows + 1] into entries
  const SparseEntry* entry;  // row by row
};

// Row `row` of A x; x_k is x[k * step].
template <class In>
ANISOAP_FUNCTION Entry<In> row_times(const SparseView& a, int row, In x, int step = 1) {
  using T = Entry<In>;
  T v(0);
  for (int e = a.start[row]; e < a.start[row + 1]; ++e) {
    const SparseEntry entry = a.entry[e];
    v = v + T(entry.value) * x[entry.column * step];
  }
  return v;
}

}  // namespace anisoap::detail
