// SPDX-License-Identifier: MIT
// What one neighbour brings to the density around a centre: its Gaussian times the cutoff function.
#pragma once

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/moments.hpp"

namespace anisoap::detail {

// r = x_j - x_i and the cutoff in basis units; s: shape of j. inverse_width: of the taper, 0 without one.
template <class T>
ANISOAP_FUNCTION PairGaussian<T> tapered_gaussian(const T r[3], Shape<T> s, T window, double cutoff, double inverse_width) {
  if (inverse_width > 0) s.weight = s.weight * cosine_cutoff(dot3(r, r), T(cutoff), T(inverse_width));
  return pair_gaussian(r, s, window);
}

}  // namespace anisoap::detail
