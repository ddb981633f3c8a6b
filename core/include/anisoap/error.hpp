// SPDX-License-Identifier: MIT
// Error text of the library: "anisoap: <what is wrong>, got <value>; expected <allowed>", and a hint behind a comma.
// The caller's values throw ArgumentError; files, threads and devices throw Failure. Both know their text without the name.
#pragma once

#include <cstddef>
#include <exception>
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
  std::string text() const;  // without the leading "anisoap: "

 private:
  std::string argument_, got_, expected_, hint_;
};

// A value of one particle of a frame; argument() is "frame F, particle P: fault".
class ParticleError : public ArgumentError {
 public:
  ParticleError(std::size_t frame, std::size_t particle, std::string fault, std::string got, std::string expected);

  std::size_t frame() const { return frame_; }
  std::size_t particle() const { return particle_; }
  const std::string& fault() const { return fault_; }
  // What is wrong, for callers to whom the particle has another name.
  ArgumentError renamed(const std::string& particle) const;

 private:
  std::size_t frame_, particle_;
  std::string fault_;
};

// Something beside the caller's values: a file, a thread, a device.
class Failure : public std::runtime_error {
 public:
  explicit Failure(std::string text);
  const std::string& text() const { return text_; }  // without the leading "anisoap: "

 private:
  std::string text_;
};

// Throws ArgumentError.
[[noreturn]] void bad_argument(const std::string& what, const std::string& got, const std::string& expected,
                               const std::string& hint = "");

// Throws Failure.
[[noreturn]] void failure(const std::string& what);

// Results that overflow, in the same words whoever finds them. Throw ArgumentError.
// Energies, forces or torques; of: what has them, such as "frame 3: ", or nothing.
[[noreturn]] void refuse_overflow(const std::string& of = "");
// The row of a centre.
[[noreturn]] void refuse_overflow_of_row(std::size_t centre, double basis_length);
// What is expected where a number of a model overflows.
std::string expected_of_model();

// Text of an error: the library's own without the leading "anisoap: ", others as they are.
std::string text_of(const std::exception& error);

// "did you mean 'gto'?" for the closest of `allowed`, empty when none is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& allowed);

// "'a', 'b' or 'c'".
std::string quoted_choices(const std::vector<std::string>& allowed);

// The suggestion behind a comma and a space, for running text.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed);

}  // namespace anisoap
