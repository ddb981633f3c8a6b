// SPDX-License-Identifier: MIT
#pragma once

namespace anisoap::test {

// Sanitizers take a hundred times as long: tests that repeat one thing do so less often under them.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace anisoap::test
