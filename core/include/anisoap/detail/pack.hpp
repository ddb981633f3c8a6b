// SPDX-License-Identifier: MIT
// SIMD pack on the compiler's vector type: W lanes of S. Isa is a tag, so that packs compiled for different instruction sets are
// different types and the linker never merges their code. Host only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

template <class S, int W, class Isa>
struct Pack {
  using Scalar = S;
  using Bits = std::conditional_t<sizeof(S) == 8, std::int64_t, std::int32_t>;
  typedef S Vector __attribute__((vector_size(sizeof(S) * W)));
  typedef S InMemory __attribute__((vector_size(sizeof(S) * W), aligned(alignof(S)), may_alias));
  typedef Bits Mask __attribute__((vector_size(sizeof(S) * W)));
  typedef std::make_unsigned_t<Bits> Pattern __attribute__((vector_size(sizeof(S) * W)));
  static constexpr int kLanes = W;

  Vector v;

  Pack() = default;
  ANISOAP_FUNCTION explicit Pack(double s) : v(static_cast<S>(s) - Vector{}) {}
  ANISOAP_FUNCTION explicit Pack(Vector x) : v(x) {}

  // Of any alignment. One access: compilers split a std::memcpy, and what was stored in halves is slow to load as a whole.
  ANISOAP_FUNCTION static Pack load(const S* p) { return Pack(Vector(*reinterpret_cast<const InMemory*>(p))); }
  ANISOAP_FUNCTION void store(S* p) const { *reinterpret_cast<InMemory*>(p) = v; }

  friend ANISOAP_FUNCTION Pack operator+(Pack a, Pack b) { return Pack(a.v + b.v); }
  friend ANISOAP_FUNCTION Pack operator-(Pack a, Pack b) { return Pack(a.v - b.v); }
  friend ANISOAP_FUNCTION Pack operator*(Pack a, Pack b) { return Pack(a.v * b.v); }
  friend ANISOAP_FUNCTION Pack operator/(Pack a, Pack b) { return Pack(a.v / b.v); }
  friend ANISOAP_FUNCTION Mask operator<(Pack a, Pack b) { return a.v < b.v; }
};

// mask ? a : b, lane by lane.
template <class S, int W, class Isa>
ANISOAP_FUNCTION Pack<S, W, Isa> select(typename Pack<S, W, Isa>::Mask mask, Pack<S, W, Isa> a, Pack<S, W, Isa> b) {
  return Pack<S, W, Isa>(mask ? a.v : b.v);
}

template <class S, int W, class Isa>
ANISOAP_FUNCTION Pack<S, W, Isa> abs(Pack<S, W, Isa> x) {
  using P = Pack<S, W, Isa>;
  const P negative = P(0.0) - x;
  return select(x < negative, negative, x);
}

template <class S, int W, class Isa>
ANISOAP_FUNCTION Pack<S, W, Isa> clamp01(Pack<S, W, Isa> x) {
  using P = Pack<S, W, Isa>;
  const P zero(0.0), one(1.0);
  return select(one < x, one, select(x < zero, zero, x));
}

template <class S, int W, class Isa>
ANISOAP_FUNCTION Pack<S, W, Isa> sqrt(Pack<S, W, Isa> x) {
  constexpr std::size_t n = W;
  S lane[n];
  x.store(lane);
  for (std::size_t i = 0; i < n; ++i) lane[i] = sqrt(lane[i]);
  return Pack<S, W, Isa>::load(lane);
}

// exp(x) for x <= 0: 2^k exp(r), |r| <= ln(2) / 2, Taylor series of degree 12 (7 in float); 0 below the smallest normal number.
template <class S, int W, class Isa>
ANISOAP_FUNCTION Pack<S, W, Isa> exp(Pack<S, W, Isa> x) {
  using P = Pack<S, W, Isa>;
  constexpr bool wide = sizeof(S) == 8;
  constexpr int mantissa = wide ? 52 : 23;
  constexpr double lowest = wide ? -708.0 : -87.0;
  // Adding 1.5 * 2^mantissa leaves round(x / ln 2) in the low bits.
  constexpr S shift = wide ? S(6755399441055744.0) : S(12582912.0);
  const P t = x * P(1.44269504088896340736) + P(double(shift));
  const P k = t - P(double(shift));
  const P r = wide ? x - k * P(6.93147180369123816490e-01) - k * P(1.90821492927058770002e-10)
                   : x - k * P(0.693359375) - k * P(-2.12194440e-4);
  constexpr int degree = wide ? 12 : 7;
  constexpr double inverse_factorial[13] = {
      1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,      1.0 / 720,
      1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600};
  P p(inverse_factorial[degree]);
  for (int i = degree - 1; i >= 0; --i) p = p * r + P(inverse_factorial[i]);
  typename P::Pattern bits, scaled;
  std::memcpy(&bits, &t.v, sizeof(bits));
  std::memcpy(&scaled, &p.v, sizeof(scaled));
  scaled +=
      bits << static_cast<std::make_unsigned_t<typename P::Bits>>(mantissa);  // the low bits of t are k: adds k to the exponent
  P result;
  std::memcpy(&result.v, &scaled, sizeof(scaled));
  return select(x < P(lowest), P(0.0), result);
}

}  // namespace anisoap::detail
