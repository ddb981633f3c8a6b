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

// Four doubles of every fourth row, side by side in one pack, and back.
template <int W, class Isa>
ANISOAP_FUNCTION Pack<double, W, Isa> load_blocks(const double* const* rows) {
  using Block = Pack<double, 4, Isa>;
  static_assert(W == 4 || W == 8, "lanes come in one or two blocks of four rows");
  if constexpr (W == 4) {
    return Block::load(rows[0]);
  } else {
    return Pack<double, W, Isa>(__builtin_shufflevector(Block::load(rows[0]).v, Block::load(rows[4]).v, 0, 1, 2, 3, 4, 5, 6, 7));
  }
}

template <int W, class Isa>
ANISOAP_FUNCTION void store_blocks(const Pack<double, W, Isa>& pack, double* const* rows) {
  using Block = Pack<double, 4, Isa>;
  if constexpr (W == 4) {
    pack.store(rows[0]);
  } else {
    Block(__builtin_shufflevector(pack.v, pack.v, 0, 1, 2, 3)).store(rows[0]);
    Block(__builtin_shufflevector(pack.v, pack.v, 4, 5, 6, 7)).store(rows[4]);
  }
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
  for (int k = 0; k < 4; ++k) field[k] = load_blocks<W, Isa>(rows + k);
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
  for (int k = 0; k < 4; ++k) store_blocks(field[k], rows + k);
}

// Two packs of double side by side in float.
template <class P, class V, int... K>
ANISOAP_FUNCTION P joined(V low, V high, std::integer_sequence<int, K...>) {
  typedef float Half __attribute__((vector_size(sizeof(float) * sizeof...(K) / 2)));
  return P(__builtin_shufflevector(__builtin_convertvector(low, Half), __builtin_convertvector(high, Half), K...));
}

// The same in float, from two double packs of half the lanes.
template <int W, class Isa>
ANISOAP_FUNCTION void load_four(const double* const* rows, Pack<float, W, Isa>* field) {
  Pack<double, W / 2, Isa> low[4], high[4];
  load_four(rows, low);
  load_four(rows + W / 2, high);
  for (int k = 0; k < 4; ++k) field[k] = joined<Pack<float, W, Isa>>(low[k].v, high[k].v, std::make_integer_sequence<int, W>{});
}

}  // namespace anisoap::detail
