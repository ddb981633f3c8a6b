// SPDX-License-Identifier: MIT
// One bit per true lane of a comparison.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

template <class Mask>
ANISOAP_FUNCTION unsigned hits(Mask mask) {
  constexpr int lanes = sizeof(Mask) / sizeof(mask[0]);
#if defined(__AVX512F__)
  if constexpr (lanes == 8) return _mm512_cmpneq_epi64_mask(reinterpret_cast<__m512i>(mask), _mm512_setzero_si512());
#endif
#if defined(__AVX__)
  if constexpr (lanes == 4) return static_cast<unsigned>(_mm256_movemask_pd(reinterpret_cast<__m256d>(mask)));
#endif
#if defined(__SSE2__)
  if constexpr (lanes == 2) return static_cast<unsigned>(_mm_movemask_pd(reinterpret_cast<__m128d>(mask)));
#endif
  unsigned bits = 0;
  for (int i = 0; i < lanes; ++i) bits |= mask[i] ? 1u << i : 0u;
  return bits;
}

}  // namespace anisoap::detail
