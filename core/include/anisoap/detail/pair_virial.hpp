// SPDX-License-Identifier: MIT
// What a pair adds to the virials of its two particles, of its W_ab = -r_a (dphi/dr)_b.
//
// Centroid virials are W_j = sum_i (x_j - x_i) F_j(i), where F_j(i) = -dE_i/dx_j: sum_j W_j v_j is the flux of energy between
// particles whose energies E_i move (Fan et al., doi:10.1103/PhysRevB.92.094301; Surblys et al., doi:10.1103/PhysRevE.99.051301).
// A many-body pair is part of its centre's energy, so that all of its W is its neighbour's; of a two-body pair either body has
// half of the energy, and so of W.
#pragma once

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

struct VirialShares {
  double centre, neighbor;
};

// Of many-body pairs: kHalves in LAMMPS's virials of atoms, kCentroid in centroid virials.
constexpr VirialShares kHalves{0.5, 0.5}, kCentroid{0.0, 1.0};
constexpr double kBodyShare = 0.5;  // of two-body pairs, for either body in both

// Adds a share of W to sum [9].
template <class R, class Gradient, class Sum>
ANISOAP_FUNCTION void add_pair_virial(double share, const R& r, const Gradient& gradient, Sum&& sum) {
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b) sum[3 * a + b] -= share * r[a] * gradient[b];
}

}  // namespace anisoap::detail
