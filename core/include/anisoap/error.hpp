// SPDX-License-Identifier: MIT
// Error text of the library: "anisoap: <what is wrong>, got <value>; expected <allowed>".
// The caller's values throw std::invalid_argument; files, threads and devices throw std::runtime_error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace anisoap {

// Throws std::invalid_argument. `what` names the argument as the user wrote it.
[[noreturn]] void bad_argument(const std::string& what, const std::string& got, const std::string& expected);

// Throws std::runtime_error with the library's prefix.
[[noreturn]] void failure(const std::string& what);

// Text of an error of the library without the leading "anisoap: ".
std::string without_prefix(const std::string& message);

// ", did you mean 'gto'?" for the closest of `allowed`, empty when none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed);

}  // namespace anisoap
