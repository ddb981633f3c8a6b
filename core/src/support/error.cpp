// SPDX-License-Identifier: MIT
#include "anisoap/error.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace anisoap {

namespace {

const std::string kPrefix = "anisoap: ";

std::string behind_comma(const std::string& hint) { return hint.empty() ? hint : ", " + hint; }

}  // namespace

ArgumentError::ArgumentError(std::string argument, std::string got, std::string expected, std::string hint)
    : std::invalid_argument(kPrefix + argument + ", got " + got + "; expected " + expected + behind_comma(hint)),
      argument_(std::move(argument)),
      got_(std::move(got)),
      expected_(std::move(expected)),
      hint_(std::move(hint)) {}

void bad_argument(const std::string& what, const std::string& got, const std::string& expected, const std::string& hint) {
  throw ArgumentError(what, got, expected, hint);
}

void failure(const std::string& what) { throw std::runtime_error(kPrefix + what); }

std::string without_prefix(const std::string& message) {
  return message.compare(0, kPrefix.size(), kPrefix) == 0 ? message.substr(kPrefix.size()) : message;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& allowed) {
  const auto closer = [&](const std::string& a, const std::string& b) { return edit_distance(word, a) < edit_distance(word, b); };
  const auto best = std::min_element(allowed.begin(), allowed.end(), closer);
  if (best == allowed.end() || edit_distance(word, *best) > std::max<std::size_t>(2, best->size() / 2)) return "";
  return "did you mean '" + *best + "'?";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed) {
  return behind_comma(suggestion(word, allowed));
}

}  // namespace anisoap
