// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "simd/tasks.hpp"

namespace anisoap {

// Kernels by name of the instruction set; the widest that runs here when the name is empty.
const Kernels& find_kernels(const std::string& instruction_set = "");

}  // namespace anisoap
