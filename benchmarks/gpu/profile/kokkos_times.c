// SPDX-License-Identifier: MIT
// A tool of Kokkos: where the time of a process goes, as one line of CSV at its end, appended to the file KOKKOS_TIMES:
// seconds in kernels of AniSOAP, in other kernels, in copies to the device and to the host, and counts and bytes of these copies.
// Kokkos waits for the device before and after each kernel where a tool listens, so nothing overlaps: a step takes longer than
// without.
//
//   cc -shared -fPIC -O2 -o kokkos_times.so kokkos_times.c -ldl
//   KOKKOS_TOOLS_LIBS=$PWD/kokkos_times.so KOKKOS_TIMES=times.csv lmp ...
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  char name[64];
} Space;

enum { kAniSOAP, kOther, kToDevice, kToHost, kKinds };
static double seconds[kKinds], start;
static uint64_t counts[kKinds], bytes[kKinds];
static int kind;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// What was copied without waiting is waited for.
static void wait_for_device(void) {
  static int (*synchronize)(void);
  static int looked;
  if (!looked) {
    void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (driver) *(void**)&synchronize = dlsym(driver, "cuCtxSynchronize");
    looked = 1;
  }
  if (synchronize) synchronize();
}

static void begin(int of_kind) {
  wait_for_device();
  kind = of_kind;
  start = now();
}

static void end(void) {
  wait_for_device();
  seconds[kind] += now() - start;
  ++counts[kind];
}

static void begin_kernel(const char* name, uint64_t* id) {
  *id = 0;
  begin(strstr(name, "anisoap") ? kAniSOAP : kOther);
}

void kokkosp_begin_parallel_for(const char* name, uint32_t device, uint64_t* id) { (void)device, begin_kernel(name, id); }
void kokkosp_begin_parallel_reduce(const char* name, uint32_t device, uint64_t* id) { (void)device, begin_kernel(name, id); }
void kokkosp_begin_parallel_scan(const char* name, uint32_t device, uint64_t* id) { (void)device, begin_kernel(name, id); }
void kokkosp_end_parallel_for(uint64_t id) { (void)id, end(); }
void kokkosp_end_parallel_reduce(uint64_t id) { (void)id, end(); }
void kokkosp_end_parallel_scan(uint64_t id) { (void)id, end(); }

// Memory of the host that the device reads is memory of the host.
static int on_device(Space space) { return !strcmp(space.name, "Cuda") || !strcmp(space.name, "HIP"); }

static int copying;

void kokkosp_begin_deep_copy(Space to, const char* to_name, const void* to_data, Space from, const char* from_name,
                             const void* from_data, uint64_t size) {
  (void)to_name, (void)to_data, (void)from_data;
  // to fill a view with a number is no copy, its kernel counts
  copying = on_device(to) != on_device(from) && strcmp(from_name, "(none)") && strcmp(from_name, "Scalar");
  if (!copying) return;
  begin(on_device(to) ? kToDevice : kToHost);
  bytes[kind] += size;
}
void kokkosp_end_deep_copy(void) {
  if (copying) end();
}

void kokkosp_finalize_library(void) {
  const char* path = getenv("KOKKOS_TIMES");
  FILE* out = path ? fopen(path, "a") : NULL;
  if (!out) return;
  fprintf(out, "%.6f,%.6f,%.6f,%.6f,%llu,%llu,%llu,%llu\n", seconds[kAniSOAP], seconds[kOther], seconds[kToDevice],
          seconds[kToHost], (unsigned long long)counts[kToDevice], (unsigned long long)counts[kToHost],
          (unsigned long long)bytes[kToDevice], (unsigned long long)bytes[kToHost]);
  fclose(out);
}
