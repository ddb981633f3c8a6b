// SPDX-License-Identifier: MIT
// ANISOAP_FUNCTION marks every function of detail/: callable on the host, on CUDA and HIP devices and in Kokkos kernels.
// Always inlined on the host, so that no copy compiled for one instruction set is linked into code for another.
#pragma once

#if defined(ANISOAP_WITH_KOKKOS)
#include <Kokkos_Macros.hpp>
#define ANISOAP_FUNCTION KOKKOS_FORCEINLINE_FUNCTION
#elif defined(__CUDACC__) || defined(__HIPCC__)
#define ANISOAP_FUNCTION __host__ __device__ __forceinline__
#elif defined(__GNUC__)
#define ANISOAP_FUNCTION inline __attribute__((always_inline))
#else
#define ANISOAP_FUNCTION inline
#endif
