// SPDX-License-Identifier: MIT
// Choice of the kernels at run time.
#include "simd/dispatch.hpp"

#include "anisoap/error.hpp"
#include "anisoap/options.hpp"

namespace anisoap {

#if defined(ANISOAP_X86_64)
extern const Kernels kernels_x86_64_v2, kernels_x86_64_v3, kernels_x86_64_v4;
#else
extern const Kernels kernels_baseline;
#endif

namespace {

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> found;
#if defined(ANISOAP_X86_64)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd"))
    found.push_back(&kernels_x86_64_v4);
  if (v3) found.push_back(&kernels_x86_64_v3);
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) found.push_back(&kernels_x86_64_v2);
#else
  found.push_back(&kernels_baseline);
#endif
  if (found.empty()) failure("this processor lacks x86-64-v2 (SSE4.2), which the library is compiled for");
  return found;
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Kernels* k : runnable()) names.emplace_back(k->name);
  return names;
}

const Kernels& find_kernels(const std::string& instruction_set) {
  const auto found = runnable();
  if (instruction_set.empty()) return *found.front();
  std::string names;
  for (const Kernels* k : found) {
    if (instruction_set == k->name) return *k;
    names += (names.empty() ? "" : ", ") + std::string(k->name);
  }
  bad_argument("instruction_set", "'" + instruction_set + "'", "one of " + names);
}

}  // namespace anisoap
