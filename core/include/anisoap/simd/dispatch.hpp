// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "anisoap/simd/tasks.hpp"

namespace anisoap {

// The backend of an instruction set, by name; the widest that runs here when the name is empty.
const Backend& find_backend(const std::string& instruction_set = "");

}  // namespace anisoap
