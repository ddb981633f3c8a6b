// SPDX-License-Identifier: MIT
// The numbers of one species' local energy as a device sees them, and what a local energy gives.
#pragma once

#include "anisoap/detail/committee.hpp"
#include "anisoap/detail/local/forms.hpp"

namespace anisoap::detail {

// Pointers into the LocalEnergy of one species; see model.hpp for what the numbers mean.
struct LocalEnergyView {
  LocalForm form;
  int n_features;
  double offset;
  const double *shift, *scale;  // [n_features]
  const double* weights;        // Linear [n_features], Kernel [n_points]
  const double* points;         // [n_points * n_features]
  int n_points, exponent;
  const NetworkView* networks;
  int n_networks;
  double prior_variance;
  const double* variance_rows;  // nullptr when not asked for
  int n_variance_rows;
  const double* pair_rows;  // [n_pair_rows * n_pair_terms] V_p, or nullptr
  int n_pair_rows, n_pair_terms;
  const double *grade_rows, *pair_grade_rows;  // [n_grade_rows * n_features], [n_grade_rows * n_pair_terms], or nullptr
  int n_grade_rows;
};

ANISOAP_FUNCTION CommitteeView committee_of(const LocalEnergyView& local) {
  return {local.n_features, local.shift, local.scale, local.networks, local.n_networks};
}

// Entries of T that one evaluation works with.
ANISOAP_FUNCTION int local_energy_workspace(const LocalEnergyView& local) {
  return committee_workspace(committee_of(local)) + local.n_points + local.n_networks;
}

template <class T>
struct LocalResult {
  T energy, variance;
};

}  // namespace anisoap::detail
