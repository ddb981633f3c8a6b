// SPDX-License-Identifier: MIT
// detail/ compiled with Kokkos's function macro: compiled degree = run-time degree, float near double.
#include "host_case.hpp"

#if !defined(KOKKOS_FORCEINLINE_FUNCTION)
#error "Kokkos's macro is not in use"
#endif

namespace {

using namespace anisoap::test;

template <int D>
bool passes() {
  const anisoap::Basis basis = basis_of_degree(D);
  const auto expected = on_host<D, double>(basis, false);
  return agree("compiled degree", D, on_host<D, double>(basis, true), expected, 1e-14) &
         agree("float", D, on_host<D, float>(basis, true), expected, 1e-5) &
         agree("float, run-time degree", D, on_host<D, float>(basis, false), expected, 1e-5);
}

}  // namespace

int main() { return passes<0>() & passes<1>() & passes<4>() & passes<6>() & passes<kLargestDegree>() ? 0 : 1; }
