// SPDX-License-Identifier: MIT
// The test is that this program compiles and links.
#include <cstdio>

#include "anisoap/anisoap.hpp"
#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pack.hpp"

int main() {
  std::printf("public headers of anisoap %s compile alone under C++ %ld\n", ANISOAP_VERSION, static_cast<long>(__cplusplus));
  return 0;
}
