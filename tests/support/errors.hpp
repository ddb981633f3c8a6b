// SPDX-License-Identifier: MIT
// Text of the exception that a call throws.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace anisoap::test {

// "" when nothing of type Exception is thrown.
template <class Exception = std::invalid_argument, class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.what();
  }
  return "";
}

// One error in the library's form that holds all of `parts`.
inline void expect_error(const std::string& text, std::initializer_list<const char*> parts) {
  EXPECT_EQ(text.rfind("anisoap: ", 0), 0u) << text;
  EXPECT_EQ(text.find("anisoap: ", 1), std::string::npos) << "prefix twice: " << text;
  for (const char* part : {", got ", "; expected "}) EXPECT_NE(text.find(part), std::string::npos) << text;
  for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

}  // namespace anisoap::test
