// SPDX-License-Identifier: MIT
// Extrapolation grade of one centre: the largest coefficient of its row, features and terms of pairs, in the rows of an active
// set of the training (E. Podryabinkin, A. Shapeev, Comput. Mater. Sci. 140, 171 (2017); Y. Lysogorskiy et al., Phys. Rev. Mater.
// 7, 043801 (2023)). At most 1 inside what the active set spans.
#pragma once

#include "anisoap/detail/local_energy.hpp"

namespace anisoap::detail {

// Largest |y|; not finite where some y is not.
struct LargestSize {
  template <class T>
  ANISOAP_FUNCTION static T with(T most, T y) {
    const T size = abs(y);
    return select(most < size, size, most) + (y - y);
  }
};

// p: [n_features], then [n_pair_terms] where there are pair_grade_rows; work: [n_features] of a linear energy. 0 without rows.
template <class In, class Work>
ANISOAP_FUNCTION Entry<Work> extrapolation_grade(const LocalEnergyView& local, In p, Work work) {
  if (local.n_grade_rows == 0) return Entry<Work>(0);
  if (local.grade_rows) scaled_features(local, p, work);
  return norm_of<LargestSize>(local.n_grade_rows, Product<Work>{local.grade_rows, local.n_features, work},
                              Product<In>{local.pair_grade_rows, local.n_pair_terms, p + local.n_features});
}

}  // namespace anisoap::detail
