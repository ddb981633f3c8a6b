// SPDX-License-Identifier: MIT
// True lanes of a comparison: as bits, and as a packed list of lane numbers.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "anisoap/detail/macros.hpp"

namespace anisoap::detail {

// One bit per true lane.
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

#if defined(__AVX2__) && !defined(__AVX512VL__)
// Byte shuffles that pack the 32-bit lanes named by four bits to the front.
struct PackShuffles {
  alignas(16) std::uint8_t bytes[16][16] = {};
  constexpr PackShuffles() {
    for (unsigned bits = 0; bits < 16; ++bits)
      for (unsigned lane = 0, out = 0; lane < 4; ++lane) {
        if (!(bits >> lane & 1u)) continue;
        for (unsigned b = 0; b < 4; ++b) bytes[bits][4 * out + b] = static_cast<std::uint8_t>(4 * lane + b);
        ++out;
      }
  }
};
constexpr PackShuffles kPackShuffles;
#endif

// Appends base + lane for each set bit; room for Lanes entries is needed at out. Returns how many were set.
template <int Lanes>
ANISOAP_FUNCTION int store_hits(unsigned bits, int base, int* out) {
#if defined(__AVX512VL__)
  if constexpr (Lanes == 8) {
    const __m256i lanes = _mm256_add_epi32(_mm256_set1_epi32(base), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_maskz_compress_epi32(static_cast<__mmask8>(bits), lanes));
    return __builtin_popcount(bits);
  }
#elif defined(__AVX2__)
  if constexpr (Lanes == 4) {
    const __m128i lanes = _mm_add_epi32(_mm_set1_epi32(base), _mm_setr_epi32(0, 1, 2, 3));
    const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kPackShuffles.bytes[bits]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(lanes, order));
    return __builtin_popcount(bits);
  }
#endif
  int n = 0;
  for (int lane = 0; lane < Lanes; ++lane) {
    out[n] = base + lane;
    n += static_cast<int>(bits >> lane & 1u);
  }
  return n;
}

}  // namespace anisoap::detail
