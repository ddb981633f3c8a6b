// SPDX-License-Identifier: MIT
// Error text of the library: "anisoap: <what is wrong>, got <value>; expected <allowed>", and a hint behind a comma.
// The caller's values throw ArgumentError; files, threads and devices throw std::runtime_error.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace anisoap {

// A value of the caller that cannot be used, in parts; what() is their text.
class ArgumentError : public std::invalid_argument {
 public:
  // `argument`: as the user wrote it, or where it stands in a file. `hint`: may be empty.
  ArgumentError(std::string argument, std::string got, std::string expected, std::string hint = "");

  const std::string& argument() const { return argument_; }
  const std::string& got() const { return got_; }
  const std::string& expected() const { return expected_; }
  const std::string& hint() const { return hint_; }

 private:
  std::string argument_, got_, expected_, hint_;
};

// Throws ArgumentError.
[[noreturn]] void bad_argument(const std::string& what, const std::string& got, const std::string& expected,
                               const std::string& hint = "");

// Throws std::runtime_error with the library's prefix.
[[noreturn]] void failure(const std::string& what);

// Text of an error of the library without the leading "anisoap: ".
std::string without_prefix(const std::string& message);

// "did you mean 'gto'?" for the closest of `allowed`, empty when none is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& allowed);

// The same behind a comma and a space, for running text.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed);

}  // namespace anisoap
