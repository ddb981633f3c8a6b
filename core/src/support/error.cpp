// SPDX-License-Identifier: MIT
#include "anisoap/error.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "support/text.hpp"

namespace anisoap {

namespace {

const std::string kPrefix = "anisoap: ";

std::string behind_comma(const std::string& hint) { return hint.empty() ? hint : ", " + hint; }

std::string text_of_parts(const std::string& argument, const std::string& got, const std::string& expected,
                          const std::string& hint) {
  return argument + ", got " + got + "; expected " + expected + behind_comma(hint);
}

}  // namespace

ArgumentError::ArgumentError(std::string argument, std::string got, std::string expected, std::string hint)
    : std::invalid_argument(kPrefix + text_of_parts(argument, got, expected, hint)),
      argument_(std::move(argument)),
      got_(std::move(got)),
      expected_(std::move(expected)),
      hint_(std::move(hint)) {}

std::string ArgumentError::text() const { return text_of_parts(argument_, got_, expected_, hint_); }

ParticleError::ParticleError(std::size_t frame, std::size_t particle, std::string fault, std::string got, std::string expected)
    : ArgumentError("frame " + std::to_string(frame) + ", particle " + std::to_string(particle) + ": " + fault, std::move(got),
                    std::move(expected)),
      frame_(frame),
      particle_(particle),
      fault_(std::move(fault)) {}

ArgumentError ParticleError::renamed(const std::string& particle) const {
  return {particle + ": " + fault_, got(), expected(), hint()};
}

Failure::Failure(std::string text) : std::runtime_error(kPrefix + text), text_(std::move(text)) {}

void bad_argument(const std::string& what, const std::string& got, const std::string& expected, const std::string& hint) {
  throw ArgumentError(what, got, expected, hint);
}

void failure(const std::string& what) { throw Failure(what); }

std::string expected_of_model() { return "distances and diameters nearer to the lengths that the model was made for"; }

void refuse_overflow(const std::string& of) {
  bad_argument(of + "energy or force", "numbers that overflow", expected_of_model());
}

void refuse_overflow_of_row(std::size_t centre, double basis_length) {
  bad_argument("descriptor of centre " + std::to_string(centre), "numbers that overflow",
               "distances and diameters nearer to the basis length " + anisoap::text(basis_length));
}

std::string text_of(const std::exception& error) {
  if (const auto* of_caller = dynamic_cast<const ArgumentError*>(&error)) return of_caller->text();
  if (const auto* of_others = dynamic_cast<const Failure*>(&error)) return of_others->text();
  return error.what();
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

std::string quoted_choices(const std::vector<std::string>& allowed) {
  std::string text;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    if (i > 0) text += i + 1 < allowed.size() ? ", " : " or ";
    text += "'" + allowed[i] + "'";
  }
  return text;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& allowed) {
  return behind_comma(suggestion(word, allowed));
}

}  // namespace anisoap
