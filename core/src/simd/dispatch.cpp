// SPDX-License-Identifier: MIT
// Choice of the backend at run time.
#include "anisoap/simd/dispatch.hpp"

#include "anisoap/error.hpp"
#include "anisoap/options.hpp"

namespace anisoap {

#if defined(ANISOAP_X86_64)
extern const Backend backend_x86_64_v2, backend_x86_64_v3, backend_x86_64_v4;
#else
extern const Backend backend_baseline;
#endif

namespace {

std::vector<const Backend*> runnable() {
  std::vector<const Backend*> found;
#if defined(ANISOAP_X86_64)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd"))
    found.push_back(&backend_x86_64_v4);
  if (v3) found.push_back(&backend_x86_64_v3);
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) found.push_back(&backend_x86_64_v2);
#else
  found.push_back(&backend_baseline);
#endif
  if (found.empty()) failure("this processor lacks x86-64-v2 (SSE4.2), which the library is compiled for");
  return found;
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Backend* k : runnable()) names.emplace_back(k->name);
  return names;
}

const Backend& find_backend(const std::string& instruction_set) {
  const auto found = runnable();
  if (instruction_set.empty()) return *found.front();
  std::string names;
  for (const Backend* k : found) {
    if (instruction_set == k->name) return *k;
    names += (names.empty() ? "" : ", ") + std::string(k->name);
  }
  bad_argument("instruction_set", "'" + instruction_set + "'", "one of " + names);
}

}  // namespace anisoap
