# SPDX-License-Identifier: MIT
"""A tool of Kokkos that refuses memory, as a device does that has no more: the first allocations of a label that are larger
than a number of bytes."""

# What Kokkos throws is no std::bad_alloc. Environment: bytes, how many are refused at most, how the label begins. A program may
# set the bytes later and ask what was refused, of how many allocations; by functions, since a variable of the same name in
# another library would take the place of one here.
TOOL = """#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
struct Space { char name[64]; };
static std::uint64_t number(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : ~std::uint64_t(0);
}
static std::uint64_t most = number("REFUSED_ABOVE"), left = number("REFUSED_AT_MOST"), refused = 0, asked = 0;
extern "C" {
void refuse_above(std::uint64_t bytes) { most = bytes; }
std::uint64_t n_refused() { return refused; }
std::uint64_t n_asked() { return asked; }
void kokkosp_allocate_data(Space, const char* label, const void*, std::uint64_t size) {
  const char* beginning = std::getenv("REFUSED_LABEL") ? std::getenv("REFUSED_LABEL") : "anisoap";
  ++asked;
  if (size <= most || left == 0 || std::strncmp(label, beginning, std::strlen(beginning)) != 0) return;
  --left;
  ++refused;
  throw std::runtime_error("Kokkos failed to allocate memory for label '" + std::string(label) + "'");
}
}
"""
