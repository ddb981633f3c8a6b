// SPDX-License-Identifier: MIT
// JSON documents of this project: strict parsing, and entries whose errors name them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace anisoap {

using Json = nlohmann::ordered_json;

// Throws std::invalid_argument for text that is not JSON or has an entry twice; `what` names the document.
Json parse_document(const std::string& text, const std::string& what);

// The first characters of a value, for error messages.
std::string excerpt(const Json& value);

// Throws when an entry is not one of `keys`; `allowed` says what they are.
void require_known(const Json& object, const std::vector<std::string>& keys, const std::string& what, const std::string& allowed);

// Format and version of a document; newer ones are refused.
void require_format(const Json& document, const std::string& format, int version, const std::string& what);

int json_integer(const Json& value, const std::string& where);

// Entry `key` as T; `type` says what it must be.
template <class T>
T json_entry(const Json& object, const char* key, const char* type, const std::string& what);

// Content of a file; throws std::runtime_error when it cannot be read.
std::string read_text_file(const std::string& path, const std::string& what);

}  // namespace anisoap

#include "anisoap/error.hpp"

namespace anisoap {

template <class T>
T json_entry(const Json& object, const char* key, const char* type, const std::string& what) {
  if (!object.contains(key)) bad_argument(what, "no entry '" + std::string(key) + "'", type);
  try {
    return object.at(key).get<T>();
  } catch (const Json::exception&) {
    bad_argument(std::string("entry '") + key + "' of the " + what, excerpt(object.at(key)), type);
  }
}

}  // namespace anisoap
