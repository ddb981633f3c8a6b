// SPDX-License-Identifier: MIT
#pragma once

namespace anisoap {

// Highest degree with compiled (unrolled) code; the target anisoap_internals sets it.
constexpr int kCompiledDegree = ANISOAP_COMPILED_DEGREE;

}  // namespace anisoap
