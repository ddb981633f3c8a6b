// SPDX-License-Identifier: MIT
// Linear: offset + w . x with x = (p - shift) * scale; variance |V x + V_p t|^2.
#pragma once

#include "anisoap/detail/local/norms.hpp"

namespace anisoap::detail {

// What weights and rows of a linear energy multiply.
template <class In, class Work>
ANISOAP_FUNCTION void scaled_features(const LocalEnergyView& local, In p, Work x) {
  using T = Entry<Work>;
  for (int k = 0; k < local.n_features; ++k) x[k] = (p[k] - T(local.shift[k])) * T(local.scale[k]);
}

// Energy alone; gradient may be p.
template <class In, class Out>
ANISOAP_FUNCTION Entry<In> linear_value(const LocalEnergyView& local, In p, Out gradient) {
  using T = Entry<In>;
  T energy = T(local.offset);
  for (int k = 0; k < local.n_features; ++k) {
    energy = energy + T(local.weights[k]) * ((p[k] - T(local.shift[k])) * T(local.scale[k]));
    gradient[k] = T(local.weights[k] * local.scale[k]);
  }
  return energy;
}

template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> linear_energy(const LocalEnergyView& local, In p, Out gradient, Work x) {
  using T = Entry<Work>;
  LocalResult<T> out{linear_value(local, p, gradient), T(0)};
  const int n_rows = local.variance_rows ? local.n_variance_rows : (local.pair_rows ? local.n_pair_rows : 0);
  if (n_rows == 0) return out;
  scaled_features(local, p, x);
  out.variance = norm_of<SumOfSquares>(n_rows, Product<Work>{local.variance_rows, local.n_features, x}, pair_product(local, p));
  return out;
}

}  // namespace anisoap::detail
