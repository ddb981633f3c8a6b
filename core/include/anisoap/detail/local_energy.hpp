// SPDX-License-Identifier: MIT
// Energy of one centre from its power spectrum, its gradient, and the variance of the prediction. Features are rows of T
// (row.hpp): a pack holds one centre per lane.
#pragma once

#include "anisoap/detail/local/kernel.hpp"
#include "anisoap/detail/local/linear.hpp"
#include "anisoap/detail/local/networks.hpp"

namespace anisoap::detail {

// What the terms of pairs add to the variance of any kind but the linear one.
template <class In>
ANISOAP_FUNCTION Entry<In> pair_variance(const LocalEnergyView& local, In p) {
  return local.pair_rows ? squared_norm(local.n_pair_rows, pair_product(local, p)) : Entry<In>(0);
}

template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> energy_of_features(const LocalEnergyView& local, In p, Out gradient, Work work) {
  using T = Entry<Work>;
  switch (local.form) {
    case LocalForm::Linear:
      return linear_energy(local, p, gradient, work);
    case LocalForm::Kernel:
      return kernel_energy(local, p, gradient, work);
    case LocalForm::Networks:
      return committee_energy(local, p, gradient, work);
    default:
      for (int k = 0; k < local.n_features; ++k) gradient[k] = T(0);
      return {T(local.offset), T(0)};
  }
}

// p: [n_features], then [n_pair_terms] where there are pair_rows; gradient: [n_features], overwritten; work:
// [local_energy_workspace]. The gradient is that of the features.
template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> local_energy(const LocalEnergyView& local, In p, Out gradient, Work work) {
  LocalResult<Entry<Work>> out = energy_of_features(local, p, gradient, work);
  if (local.form != LocalForm::Linear) out.variance = out.variance + pair_variance(local, p);
  return out;
}

}  // namespace anisoap::detail
