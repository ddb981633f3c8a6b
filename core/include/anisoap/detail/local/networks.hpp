// SPDX-License-Identifier: MIT
// Networks: offset + mean of a committee on x = (p - shift) * scale; variance of its members.
#pragma once

#include "anisoap/detail/local/view.hpp"

namespace anisoap::detail {

// work: its first [n_networks] are the energies of the members afterwards.
template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> committee_energy(const LocalEnergyView& local, In p, Out gradient, Work work) {
  using T = Entry<Work>;
  const T mean = committee_value(committee_of(local), p, gradient, work, work + local.n_networks);
  return {T(local.offset) + mean, committee_variance(work, local.n_networks)};
}

}  // namespace anisoap::detail
