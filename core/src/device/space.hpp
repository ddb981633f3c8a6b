// SPDX-License-Identifier: MIT
// The execution space of this build, and how its errors become ours.
#pragma once

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <mutex>
#include <new>
#include <string>

#include "anisoap/error.hpp"
#include "anisoap/kokkos/launch/memory.hpp"
#include "device/frames/host_copy.hpp"
#include "device/hardware.hpp"

namespace anisoap::device {

using Space = Kokkos::DefaultExecutionSpace;

// Throws Failure unless a device was started by this process.
void require_started();
// The current device of this thread, which other packages have their own of, is afterwards what it was.
class CurrentDevice {
 public:
  CurrentDevice() : index_(current_device()) {}
  ~CurrentDevice() { restore_device(index_); }
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;

 private:
  int index_;
};

// Held by whoever uses the device: threads take turns. Throws Failure where the device works no more, before Kokkos finds out,
// which ends the process then.
class Turn {
 public:
  Turn();

 private:
  std::lock_guard<std::mutex> lock_;
  CurrentDevice current_;
};

// Room for n numbers of a result, or nullptr where there is none. It comes back when nobody holds it any more, and the last that
// came back is used again: giving memory to a device and taking it takes longer than most kernels.
std::shared_ptr<kokkos::Array<Space, double>> spare_or_new(std::size_t n);
void drop_spare();

template <class T>
using OnHost = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>;

// Memory of the host that the device reads and writes by itself, where there is such.
#ifdef KOKKOS_HAS_SHARED_HOST_PINNED_SPACE
using StagingSpace = Kokkos::SharedHostPinnedSpace;
#else
using StagingSpace = Kokkos::HostSpace;
#endif
template <class T>
using Staging = Kokkos::View<T*, StagingSpace>;

// Brings arrays of the device to the host, one half of the staging memory while the other is copied on.
class Fetcher {
 public:
  int num_threads = 0;  // of copies on the host

  // values[0 .. n) of the space.
  template <class Array, class T>
  void operator()(const Array& values, std::size_t n, T* out) {
    if constexpr (Kokkos::SpaceAccessibility<Kokkos::HostSpace, Space::memory_space>::accessible) {
      copy_bytes(out, values.data(), n * sizeof(T), num_threads);
    } else {
      constexpr std::size_t chunk = kBytes / sizeof(T);
      kokkos::reserve(staged_, std::min(n * sizeof(T), 2 * kBytes));
      const auto start = [&](std::size_t first) {
        const std::size_t here = std::min(chunk, n - first);
        T* half = reinterpret_cast<T*>(staged_.data() + (first / chunk % 2) * kBytes);
        Kokkos::deep_copy(Space(), Kokkos::View<T*, StagingSpace, Kokkos::MemoryUnmanaged>(half, here),
                          Kokkos::subview(values, std::make_pair(first, first + here)));
      };
      if (n > 0) start(0);
      for (std::size_t first = 0; first < n; first += chunk) {
        Space().fence("anisoap fetch");
        if (first + chunk < n) start(first + chunk);
        copy_bytes(out + first, staged_.data() + (first / chunk % 2) * kBytes, std::min(chunk, n - first) * sizeof(T),
                   num_threads);
      }
    }
  }

 private:
  static constexpr std::size_t kBytes = std::size_t{8} << 20;
  Staging<char> staged_{"anisoap fetched", 0};
};

}  // namespace anisoap::device
