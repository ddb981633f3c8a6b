// SPDX-License-Identifier: MIT
#include "anisoap/moment_shifts.hpp"

namespace anisoap {
namespace {

// Index of m + step e_k (+ step e_j where j >= 0); `none` when an exponent falls below 0.
int shifted(detail::Exponents m, int step, int k, int j, int none) {
  m.e[k] += step;
  if (j >= 0) m.e[j] += step;
  for (int e : m.e)
    if (e < 0) return none;
  return detail::moment_index(m.e[0], m.e[1], m.e[2]);
}

std::vector<detail::ShiftedIndices> shifted_indices(int degree, int step) {
  const int n = detail::moment_count(degree);
  std::vector<detail::ShiftedIndices> table(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    const detail::Exponents m = detail::moment_exponents(i);
    auto& row = table[static_cast<std::size_t>(i)];
    for (int k = 0, pair = 0; k < 3; ++k) {
      row.first[k] = shifted(m, step, k, -1, n);
      for (int j = k; j < 3; ++j, ++pair) row.second[pair] = shifted(m, step, k, j, n);
    }
  }
  return table;
}

}  // namespace

std::vector<detail::ShiftedIndices> raised_indices(int degree) { return shifted_indices(degree, 1); }
std::vector<detail::ShiftedIndices> lowered_indices(int degree) { return shifted_indices(degree, -1); }

}  // namespace anisoap
