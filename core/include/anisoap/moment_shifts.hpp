// SPDX-License-Identifier: MIT
// Index tables for derivatives of moments of a degree known at run time; see detail/pair_gradient.hpp.
#pragma once

#include <vector>

#include "anisoap/detail/pair_gradient.hpp"

namespace anisoap {

// Of each moment m up to `degree`: the indices of m + e_k and m + e_k + e_j. Those beyond the degree are not to be read.
std::vector<detail::ShiftedIndices> raised_indices(int degree);

// The same for m - e_k and m - e_k - e_j; where there is none, the number of moments.
std::vector<detail::ShiftedIndices> lowered_indices(int degree);

}  // namespace anisoap
