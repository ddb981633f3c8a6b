// SPDX-License-Identifier: MIT
// How centres are dealt out to the threads of a device.
#pragma once

#include <type_traits>

#include "anisoap/kokkos/launch/memory.hpp"

namespace anisoap::kokkos {

// Many: a thread a centre where sums stay in registers, wide tiles elsewhere. Few: several threads a centre and narrow tiles, so
// that a few thousand centres fill a device too. BySize: on a host, packs in double; on a device Few below a 40th of the threads
// that the space holds at a time (6,758 centres on an H100, where the two take equally long). Results of the two differ by
// rounding.
enum class Mapping { BySize, Many, Few };

template <class Space>
bool takes_few(Mapping mapping, int n_centres) {
  if (mapping != Mapping::BySize) return mapping == Mapping::Few;
  return on_device<Space> && n_centres < Space().concurrency() / 40;
}

// Kernels of a host that run the core's loops over packs.
template <class Space, class T>
constexpr bool has_packs = !on_device<Space> && std::is_same_v<T, double>;
template <class Space, class T>
bool takes_packs(Mapping mapping) {
  return has_packs<Space, T> && mapping == Mapping::BySize;
}

}  // namespace anisoap::kokkos
