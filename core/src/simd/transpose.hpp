// SPDX-License-Identifier: MIT
// Rows of one structure per lane, transposed into one pack per field, and back.
#pragma once

#include <cstddef>
#include <cstring>
#include <utility>

#include "anisoap/detail/pack.hpp"

namespace anisoap::detail {

// One stage of a transposition: swaps the off-diagonal blocks of S x S lanes of rows a and b.
template <int S, class V, int... K>
ANISOAP_FUNCTION void exchange(V& a, V& b, std::integer_sequence<int, K...>) {
  constexpr int w = sizeof...(K);
  const V low = __builtin_shufflevector(a, b, ((K & S) ? w + (K ^ S) : K)...);
  const V high = __builtin_shufflevector(a, b, ((K & S) ? w + K : (K ^ S))...);
  a = low;
  b = high;
}

// Four consecutive doubles of each lane's row: field[k] holds rows[lane][k].
template <class Isa>
ANISOAP_FUNCTION void load_four(const double* const* rows, Pack<double, 2, Isa>* field) {
  using P = Pack<double, 2, Isa>;
  for (int half = 0; half < 4; half += 2) {
    P a = P::load(rows[0] + half), b = P::load(rows[1] + half);
    exchange<1>(a.v, b.v, std::make_integer_sequence<int, 2>{});
    field[half] = a;
    field[half + 1] = b;
  }
}

template <int W, class Isa>
ANISOAP_FUNCTION void load_four(const double* const* rows, Pack<double, W, Isa>* field) {
  static_assert(W % 4 == 0, "lanes come in blocks of four rows");
  for (int k = 0; k < 4; ++k)  // blocks of rows k, k + 4, ... side by side
    for (int block = 0; block < W / 4; ++block)
      std::memcpy(reinterpret_cast<double*>(&field[k].v) + 4 * block, rows[4 * block + k], 4 * sizeof(double));
  constexpr std::make_integer_sequence<int, W> lanes;
  exchange<1>(field[0].v, field[1].v, lanes);
  exchange<1>(field[2].v, field[3].v, lanes);
  exchange<2>(field[0].v, field[2].v, lanes);
  exchange<2>(field[1].v, field[3].v, lanes);
}

// The reverse: rows[lane][k] of four fields.
template <class Isa>
ANISOAP_FUNCTION void store_four(Pack<double, 2, Isa>* field, double* const* rows) {
  for (int half = 0; half < 4; half += 2) {
    exchange<1>(field[half].v, field[half + 1].v, std::make_integer_sequence<int, 2>{});
    field[half].store(rows[0] + half);
    field[half + 1].store(rows[1] + half);
  }
}

template <int W, class Isa>
ANISOAP_FUNCTION void store_four(Pack<double, W, Isa>* field, double* const* rows) {
  constexpr std::make_integer_sequence<int, W> lanes;
  exchange<2>(field[0].v, field[2].v, lanes);
  exchange<2>(field[1].v, field[3].v, lanes);
  exchange<1>(field[0].v, field[1].v, lanes);
  exchange<1>(field[2].v, field[3].v, lanes);
  for (int k = 0; k < 4; ++k)
    for (int block = 0; block < W / 4; ++block)
      std::memcpy(rows[4 * block + k], reinterpret_cast<double*>(&field[k].v) + 4 * block, 4 * sizeof(double));
}

// The same in float, from two double packs of half the lanes.
template <int W, class Isa>
ANISOAP_FUNCTION void load_four(const double* const* rows, Pack<float, W, Isa>* field) {
  using Half = Pack<double, W / 2, Isa>;
  typedef float HalfFloats __attribute__((vector_size(sizeof(float) * W / 2)));
  for (int part = 0; part < 2; ++part) {
    Half wide[4];
    load_four(rows + part * (W / 2), wide);
    for (int k = 0; k < 4; ++k) {
      const HalfFloats narrow = __builtin_convertvector(wide[k].v, HalfFloats);
      std::memcpy(reinterpret_cast<float*>(&field[k].v) + part * (W / 2), &narrow, sizeof(narrow));
    }
  }
}

}  // namespace anisoap::detail
