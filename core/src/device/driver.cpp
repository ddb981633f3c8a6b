// SPDX-License-Identifier: MIT
// The functions of NVIDIA's driver that Kokkos and hardware.hpp call, looked up at their first call: what links them from here
// loads where there is no driver, too. A call that finds none fails.
#include <cuda.h>
#include <dlfcn.h>

namespace {

template <class Function>
Function* in_driver(const char* name) {
  static void* const driver = dlopen("libcuda.so.1", RTLD_LAZY);
  return driver ? reinterpret_cast<Function*>(dlsym(driver, name)) : nullptr;
}

}  // namespace

// cuda.h renames functions to their versions, such as cuCtxPushCurrent_v2: the name is that after it.
#define ANISOAP_TEXT(name) #name
#define ANISOAP_CALL(function, ...)                                                 \
  static auto* const found = in_driver<decltype(function)>(ANISOAP_TEXT(function)); \
  return found ? found(__VA_ARGS__) : CUDA_ERROR_NOT_INITIALIZED

extern "C" {

CUresult cuCtxGetDevice(CUdevice* device) { ANISOAP_CALL(cuCtxGetDevice, device); }
CUresult cuCtxPushCurrent(CUcontext context) { ANISOAP_CALL(cuCtxPushCurrent, context); }
CUresult cuStreamGetCtx(CUstream stream, CUcontext* context) { ANISOAP_CALL(cuStreamGetCtx, stream, context); }
CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  ANISOAP_CALL(cuDevicePrimaryCtxGetState, device, flags, active);
}

}  // extern "C"
