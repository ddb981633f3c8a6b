// SPDX-License-Identifier: MIT
// Stands in for Kokkos's header of this name: defines the one macro that the library takes from it.
#pragma once

#define KOKKOS_FORCEINLINE_FUNCTION inline __attribute__((always_inline))
