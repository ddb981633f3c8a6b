// SPDX-License-Identifier: MIT
// detail/ compiled with Kokkos's function macro: compiled degree = run-time degree up to kUnrolled, float near double at these
// and at higher degrees.
#include "force_case.hpp"

#if !defined(KOKKOS_FORCEINLINE_FUNCTION)
#error "Kokkos's macro is not in use"
#endif

namespace {

using namespace anisoap::test;

template <int D>
bool passes() {
  constexpr int C = kCompiled<D>;
  const anisoap::Basis basis = basis_of_degree(D);
  const auto expected = on_host<C, double>(basis, false);
  bool passed = agree("float, run-time degree", D, on_host<C, float>(basis, false), expected, 1e-5);
  if constexpr (C == D)
    passed &= agree("compiled degree", D, on_host<D, double>(basis, true), expected, 1e-14) &
              agree("float", D, on_host<D, float>(basis, true), expected, 1e-5);
  return passed;
}

template <int D>
bool forces_pass() {
  constexpr int C = kCompiled<D>;
  const ForceCase given(D);
  const auto expected = forces_on_host<C, double>(given, false);
  bool passed = agree("forces, float, run-time degree", D, forces_on_host<C, float>(given, false), expected, 1e-5);
  if constexpr (C == D)
    passed &= agree("forces, compiled degree", D, forces_on_host<D, double>(given, true), expected, 1e-14) &
              agree("forces, float", D, forces_on_host<D, float>(given, true), expected, 1e-5);
  return passed;
}

template <int D>
bool all_pass() {
  return passes<D>() & forces_pass<D>();
}

}  // namespace

int main() { return all_pass<0>() & all_pass<1>() & all_pass<4>() & all_pass<6>() & all_pass<kLargestDegree>() ? 0 : 1; }
