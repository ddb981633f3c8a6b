// SPDX-License-Identifier: MIT
// The radial bases that there are. Another one is a file like theirs and its place in this list, which makes its name known to
// Python, LAMMPS and model documents.
#pragma once

#include "basis/radial/gto.hpp"
#include "basis/radial/monomial.hpp"

namespace anisoap {

inline constexpr RadialForm kRadialForms[] = {kGto, kMonomial};  // the first two in the order of RadialBasis

}  // namespace anisoap
