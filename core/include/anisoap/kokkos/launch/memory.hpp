// SPDX-License-Identifier: MIT
// Arrays of an execution space, and copies of the tables that the views of detail/ point at.
#pragma once

#include <Kokkos_Core.hpp>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "anisoap/detail/arrays.hpp"

namespace anisoap::kokkos {

template <class Space, class T>
using Array = Kokkos::View<T*, typename Space::memory_space>;

// Memory of a space that is not to be had. Kokkos says so with another class in each version.
class OutOfMemory : public std::bad_alloc {
 public:
  explicit OutOfMemory(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

// A view of n entries, whatever they are. Throws OutOfMemory.
template <class View>
View allocated(const std::string& label, std::size_t n) {
  try {
    return View(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), n);
  } catch (const std::exception& e) {
    throw OutOfMemory(e.what());
  }
}

// Room for n entries: grown with reserve, never shrunk, contents lost.
template <class View>
void reserve(View& view, std::size_t n) {
  if (view.extent(0) >= n) return;
  const std::string label = view.label();
  view = View();  // the old one first
  view = allocated<View>(label, n + n / 16);
}

template <class Space, class T>
Array<Space, T> copy_of(const T* values, std::size_t n, const char* label) {
  const auto out = allocated<Array<Space, T>>(label, n);
  Kokkos::deep_copy(out, Kokkos::View<const T*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(values, n));
  return out;
}

// The visitor of detail::visit_arrays: keeps a copy of each array and points the views at it.
template <class Space>
class Copies {
 public:
  template <class T>
  void operator()(const T*& p, std::size_t n) {
    p = n > 0 ? keep(copy_of<Space>(p, n, "anisoap table")) : nullptr;
  }
  template <class T, class Each>
  void operator()(const T*& p, std::size_t n, const Each& each) {
    std::vector<T> entries(p, p + n);
    for (T& entry : entries) each(entry);
    p = n > 0 ? keep(copy_of<Space>(entries.data(), n, "anisoap table")) : nullptr;
  }

 private:
  template <class T>
  const T* keep(const Array<Space, T>& copy) {
    kept_.push_back(std::make_shared<Array<Space, T>>(copy));
    return copy.data();
  }

  std::vector<std::shared_ptr<void>> kept_;
};

// Whether the threads of a team share a block of a device.
template <class Space>
constexpr bool on_device = !Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename Space::memory_space>::accessible;

// As many blocks of a device at a time as registers allow, and as much shared memory as these need.
template <class Policy>
auto filling(const Policy& policy) {
  return Kokkos::Experimental::prefer(policy, Kokkos::Experimental::DesiredOccupancy{100});
}

// For kernels of less than 4 kB: they are arguments of their launch. Kokkos puts those above 512 bytes into constant memory, for
// which the host waits until the last one there has ended.
template <class Policy>
auto light(const Policy& policy) {
  return Kokkos::Experimental::require(policy, Kokkos::Experimental::WorkItemProperty::HintLightWeight);
}

template <class Space>
constexpr int team_size(int of_device) {
  return on_device<Space> ? of_device : 1;
}

}  // namespace anisoap::kokkos
