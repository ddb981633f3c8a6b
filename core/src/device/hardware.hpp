// SPDX-License-Identifier: MIT
// What the vendors' runtimes say about their devices, where Kokkos has no words for it.
#pragma once

#include <Kokkos_Core.hpp>
#include <string>

#include "anisoap/device.hpp"

namespace anisoap::device {

#if defined(KOKKOS_ENABLE_CUDA)

// 0 where the driver is missing or too old.
inline int count_devices() {
  int n = 0;
  return cudaGetDeviceCount(&n) == cudaSuccess ? n : 0;
}

inline void describe(int index, Info& info) {
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, index) != cudaSuccess) return;
  info.model = properties.name;
  info.capability = std::to_string(properties.major) + "." + std::to_string(properties.minor);
  info.memory = properties.totalGlobalMem;
}

inline int current_device() {
  int index = -1;
  return cudaGetDevice(&index) == cudaSuccess ? index : -1;
}

inline void use_device(int index) { static_cast<void>(cudaSetDevice(index)); }

// Unless nobody uses it yet: making it current would start it.
inline void restore_device(int index) {
  unsigned flags = 0;
  int active = 0, now = -1;
  if (index < 0 || (cudaGetDevice(&now) == cudaSuccess && now == index)) return;
  if (cuDevicePrimaryCtxGetState(index, &flags, &active) == CUDA_SUCCESS && active) use_device(index);
}

inline std::string driver() {
  int version = 0;
  if (cudaDriverGetVersion(&version) != cudaSuccess || version == 0) return "";
  return "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version / 10 % 100);
}

// Why there is no device.
inline std::string without_devices() {
  int version = 0, n = 0;
  const cudaError_t error = cudaGetDeviceCount(&n);
  if (cudaDriverGetVersion(&version) != cudaSuccess || version == 0) return "no NVIDIA driver";
  return error == cudaSuccess ? "no NVIDIA GPU" : cudaGetErrorString(error);
}

// Why no call works any more in this process, such as a kernel of anyone that failed; empty where calls do. The first answer may
// be of a single call; while a graph is captured there is none.
inline std::string lost() {
  if (cudaDeviceSynchronize() == cudaSuccess) return "";
  static_cast<void>(cudaGetLastError());
  const cudaError_t error = cudaDeviceSynchronize();
  const bool captured = error >= cudaErrorStreamCaptureUnsupported && error <= cudaErrorStreamCaptureWrongThread;
  return error == cudaSuccess || captured ? "" : cudaGetErrorString(error);
}

#elif defined(KOKKOS_ENABLE_HIP)

inline int count_devices() {
  int n = 0;
  return hipGetDeviceCount(&n) == hipSuccess ? n : 0;
}
inline void describe(int index, Info& info) {
  hipDeviceProp_t properties{};
  if (hipGetDeviceProperties(&properties, index) != hipSuccess) return;
  info.model = properties.name;
  info.memory = properties.totalGlobalMem;
}
inline int current_device() {
  int index = -1;
  return hipGetDevice(&index) == hipSuccess ? index : -1;
}
inline void use_device(int index) { static_cast<void>(hipSetDevice(index)); }
inline void restore_device(int index) {
  if (index >= 0) use_device(index);
}
inline std::string driver() {
  int version = 0;
  return hipDriverGetVersion(&version) == hipSuccess ? "HIP " + std::to_string(version) : "";
}
inline std::string without_devices() { return "no AMD GPU"; }
inline std::string lost() {
  if (hipDeviceSynchronize() == hipSuccess) return "";
  static_cast<void>(hipGetLastError());
  const hipError_t error = hipDeviceSynchronize();
  return error == hipSuccess ? "" : hipGetErrorString(error);
}

#else

inline int count_devices() { return 1; }
inline void describe(int, Info& info) { info.model = "this machine's processors"; }
inline int current_device() { return 0; }
inline void use_device(int) {}
inline void restore_device(int) {}
inline std::string driver() { return ""; }
inline std::string without_devices() { return ""; }
inline std::string lost() { return ""; }

#endif

}  // namespace anisoap::device
