// SPDX-License-Identifier: MIT
// The execution space of this build, and how its errors become ours.
#pragma once

#include <Kokkos_Core.hpp>
#include <mutex>
#include <new>
#include <string>

#include "anisoap/error.hpp"

namespace anisoap::device {

using Space = Kokkos::DefaultExecutionSpace;

// Throws Failure unless a device was started by this process.
void require_started();
// Held by whoever uses the device: threads take turns.
std::mutex& one_at_a_time();

template <class T>
using OnHost = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>;

// values[first .. first + n) of the space to the host.
template <class Array, class T>
void fetch(const Array& values, std::size_t first, std::size_t n, T* out) {
  Kokkos::deep_copy(OnHost<T>(out, n), Kokkos::subview(values, std::make_pair(first, first + n)));
}

}  // namespace anisoap::device
