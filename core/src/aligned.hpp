// SPDX-License-Identifier: MIT
// Doubles aligned to a cache line, for packs of any width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace anisoap {

class AlignedBuffer {
 public:
  void resize(std::size_t n) { storage_.resize(n + kSlack); }
  double* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
    return storage_.data() + (kLine - address % kLine) % kLine / sizeof(double);
  }

 private:
  static constexpr std::size_t kLine = 64, kSlack = kLine / sizeof(double);
  std::vector<double> storage_;
};

}  // namespace anisoap
