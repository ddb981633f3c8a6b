// SPDX-License-Identifier: MIT
// The kinds of local energies, and which arrays of LocalEnergy (model.hpp) each has; a file beside this one has its formula. What
// a model may be, its document, views and copies on devices follow from these facts.
#pragma once

namespace anisoap::detail {

enum class LocalForm {
  None,      // no many-body term
  Linear,    // w . x
  Kernel,    // sum_m w_m (x . z_m)^zeta with x = p / |p| and unit vectors z_m
  Networks,  // mean of a committee on x
};

struct LocalFormFacts {
  const char* name;  // kind of a model document
  bool scaled;       // has shift and scale [n_features]
  bool weights;      // [n_features], of points [n_points]
  bool points;       // [n_points * n_features], exponent and prior_variance
  bool networks;
  bool variance_rows, grade_rows, pair_grade_rows;  // may have them
};

// In the order of LocalForm.
inline constexpr LocalFormFacts kLocalForms[] = {
    {"none", false, false, false, false, false, false, true},
    {"linear", true, true, false, false, true, true, true},
    {"kernel", false, true, true, false, true, false, false},
    {"networks", true, false, false, true, false, false, false},
};

const LocalFormFacts& facts_of(LocalForm form);  // ArgumentError for a number that is none

}  // namespace anisoap::detail
