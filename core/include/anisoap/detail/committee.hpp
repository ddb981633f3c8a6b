// SPDX-License-Identifier: MIT
// A committee of networks on the same inputs, and the mean and variance over its members.
#pragma once

#include "anisoap/detail/network.hpp"

namespace anisoap::detail {

template <class In>
ANISOAP_FUNCTION Entry<In> committee_mean(In members, int n) {
  using T = Entry<In>;
  const T share = T(1.0 / n);
  T mean(0);
  for (int k = 0; k < n; ++k) mean = mean + share * members[k];
  return mean;
}

// 0 below two members.
template <class In>
ANISOAP_FUNCTION Entry<In> committee_variance(In members, int n) {
  using T = Entry<In>;
  if (n < 2) return T(0);
  const T mean = committee_mean(members, n);
  T sum(0);
  for (int k = 0; k < n; ++k) {
    const T off = members[k] - mean;
    sum = sum + off * off;
  }
  return sum * T(1.0 / (n - 1));
}

// Networks on x = (p - shift) * scale.
struct CommitteeView {
  int n_inputs;
  const double *shift, *scale;  // [n_inputs]
  const NetworkView* networks;
  int n_networks;
};

// Entries of T that one evaluation works with.
ANISOAP_FUNCTION int committee_workspace(const CommitteeView& committee) {
  int most = 0;
  for (int k = 0; k < committee.n_networks; ++k) {
    const int one = network_workspace(committee.networks[k]);
    most = one > most ? one : most;
  }
  return committee.n_inputs + most;
}

// Mean at p [n_inputs]; gradient [n_inputs], overwritten; members: [n_networks] out; work: [committee_workspace].
template <class In, class Out, class Members, class Work, class Each = Alone>
ANISOAP_FUNCTION Entry<Work> committee_value(const CommitteeView& committee, In p, Out gradient, Members members, Work work,
                                             const Each& each = {}) {
  using T = Entry<Work>;
  const int n = committee.n_inputs;
  const Work x = work;
  each.blocks(n, [&](int first, auto count) {
    for (int k = first; k < first + decltype(count)::value; ++k) {
      x[k] = (p[k] - T(committee.shift[k])) * T(committee.scale[k]);
      gradient[k] = T(0);
    }
  });
  each.wait();
  for (int c = 0; c < committee.n_networks; ++c) members[c] = network(committee.networks[c], x, gradient, work + n, each);
  const T share = T(1.0 / committee.n_networks);
  each.blocks(n, [&](int first, auto count) {
    for (int k = first; k < first + decltype(count)::value; ++k) gradient[k] = gradient[k] * (share * T(committee.scale[k]));
  });
  return committee_mean(members, committee.n_networks);
}

}  // namespace anisoap::detail
