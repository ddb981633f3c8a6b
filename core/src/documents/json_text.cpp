// SPDX-License-Identifier: MIT
#include "documents/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace anisoap {

namespace {

constexpr int kDeepest = 64;  // levels of a document; deeper ones would overflow the stack of whoever walks them

// What a parser says may be cut within a character.
std::string ascii(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 127; }, '?');
  return text;
}

}  // namespace

std::string excerpt(const Json& value) {
  std::string text = value.dump(-1, ' ', true);  // ASCII: a cut never splits a character
  return text.size() > 60 ? text.substr(0, 60) + " ..." : text;
}

Json parse_document(const std::string& text, const std::string& what) {
  const std::size_t nul = text.find('\0');  // the parser takes it for the end
  if (nul != std::string::npos)
    bad_argument(what, "text that is not JSON (a zero byte at position " + std::to_string(nul) + ")",
                 "the whole file as it was written");
  try {
    std::vector<std::set<std::string>> seen;  // keys of the objects that are open
    return Json::parse(text, [&](int depth, Json::parse_event_t event, const Json& parsed) {
      if (depth > kDeepest)
        bad_argument(what, "more than " + std::to_string(kDeepest) + " levels of lists and objects", "fewer of them");
      if (event == Json::parse_event_t::object_start) seen.emplace_back();
      if (event == Json::parse_event_t::object_end) seen.pop_back();
      if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second)
        bad_argument(what, "entry '" + parsed.get<std::string>() + "' twice", "each entry once");
      return true;
    });
  } catch (const Json::exception& e) {
    bad_argument(what, "text that is not JSON (" + ascii(e.what()) + ")", "the whole file as it was written");
  }
}

void require_known(const Json& object, const std::vector<std::string>& keys, const std::string& what,
                   const std::string& allowed) {
  for (const auto& item : object.items())
    if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
      bad_argument(what, "unknown entry '" + item.key() + "'" + did_you_mean(item.key(), keys), allowed);
}

void require_format(const Json& document, const std::string& format, int version, const std::string& what) {
  if (!document.is_object() || !document.contains("format") || document.at("format") != format)
    bad_argument(what, excerpt(document), "\"format\": \"" + format + "\"");
  if (!document.contains("version")) bad_argument(what, "no entry 'version'", "an integer");
  const int got = json_integer(document.at("version"), "entry 'version' of the " + what);
  if (got != version)
    bad_argument("version of the " + what, std::to_string(got),
                 std::to_string(version) + "; a newer file needs a newer anisoap-md");
}

int json_integer(const Json& value, const std::string& where) {
  // Larger integers would wrap around in get<int>.
  if (!value.is_number_integer() || !(std::fabs(value.get<double>()) <= std::numeric_limits<int>::max()))
    bad_argument(where, excerpt(value), "an integer");
  return value.get<int>();
}

std::string read_text_file(const std::string& path, const std::string& what) {
  std::ifstream file(path);
  if (!file) failure("cannot read " + what + " '" + path + "'");
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace anisoap
