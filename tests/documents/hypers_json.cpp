// SPDX-License-Identifier: MIT
// The hyperparameter file: what is written is read back, what is damaged is refused.
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

using Document = nlohmann::json;

std::vector<Hypers> samples() {
  Hypers list = gto(3, 5.3, 1.0 / 3.0, 3);
  list.max_radial = {2, 0, 1, 4};
  list.subtract_center_contribution = true;
  list.basis_rcond = 1e-8;
  list.basis_tol = 1e-3;
  list.species = {"C", "a \"quoted\" label", "\xC3\xA9"};
  Hypers tapered = monomial(5, 4.1);
  tapered.max_radial = {2};
  tapered.cutoff_function = CutoffFunction::Cosine;
  tapered.cutoff_width = 0.7;
  return {list, tapered, gto(6, 7.0, 1.5)};
}

TEST(Json, AWrittenDocumentIsReadBackExactly) {
  for (const Hypers& h : samples()) {
    const Hypers back = Hypers::from_json(h.to_json());
    EXPECT_EQ(back.max_angular, h.max_angular);
    EXPECT_EQ(back.radial_basis, h.radial_basis);
    EXPECT_EQ(back.cutoff_radius, h.cutoff_radius);
    EXPECT_EQ(back.radial_gaussian_width, h.radial_gaussian_width);
    EXPECT_EQ(back.max_radial, h.max_radial);
    EXPECT_EQ(back.subtract_center_contribution, h.subtract_center_contribution);
    EXPECT_EQ(back.basis_rcond, h.basis_rcond);
    EXPECT_EQ(back.basis_tol, h.basis_tol);
    EXPECT_EQ(back.cutoff_function, h.cutoff_function);
    EXPECT_EQ(back.cutoff_width, h.cutoff_width);
    EXPECT_EQ(back.species, h.species);
    EXPECT_EQ(back.to_json(), h.to_json());
  }
}

TEST(Json, EveryTruncationIsRefused) {
  const std::string text = samples().front().to_json();
  for (std::size_t n = 0; n < text.size(); ++n)
    ASSERT_NE(error_of([&] { Hypers::from_json(text.substr(0, n)); }), "") << "first " << n << " bytes accepted";
  expect_error(error_of([&] { Hypers::from_json(text.substr(0, text.size() / 2)); }), {"hyperparameter file", "not JSON"});
}

TEST(Json, AZeroByteDoesNotEndTheDocument) {
  const std::string text = samples().front().to_json();
  expect_error(error_of([&] { Hypers::from_json(text + '\0' + "[1]"); }), {"hyperparameter file", "a zero byte"});
}

TEST(Json, ErrorTextsAreAsciiWhereTheParserCutsACharacter) {
  for (const std::string text : {"\xE2\x80\x9C", "{\xE2\x80\x9C", "{\"a\": \xC3\xA9}"}) {
    const std::string error = error_of([&] { Hypers::from_json(text); });
    expect_error(error, {"hyperparameter file", "not JSON"});
    for (const char c : error) EXPECT_GT(c, 0) << error;
  }
}

// Error of a good document after one entry has been set (null key path: the top level).
std::string damaged(const std::string& pointer, const Document& value) {
  Document document = Document::parse(gto(4, 5.0, 1.0).to_json());
  document[Document::json_pointer(pointer)] = value;
  return error_of([&] { Hypers::from_json(document.dump()); });
}

std::string without(const char* key) {
  Document document = Document::parse(gto(4, 5.0, 1.0).to_json());
  document["hypers"].erase(key);
  return error_of([&] { Hypers::from_json(document.dump()); });
}

TEST(Json, UnknownEntriesSuggestTheNearest) {
  expect_error(damaged("/hypers/cutoff_radii", 3.0), {"unknown entry 'cutoff_radii'", "did you mean 'cutoff_radius'?"});
}

TEST(Json, EntriesOfTheWrongTypeAreNamed) {
  expect_error(damaged("/specis", 3), {"unknown entry 'specis'", "did you mean 'species'?"});
  expect_error(error_of([&] { Hypers::from_json("{\"format\": 1, \"format\": 2}"); }), {"entry 'format' twice"});
  expect_error(damaged("/hypers/max_angular", 4.5), {"'max_angular'", "4.5", "an integer"});
  expect_error(damaged("/hypers/max_angular", "4"), {"'max_angular'", "an integer"});
  expect_error(damaged("/hypers/cutoff_radius", "far"), {"'cutoff_radius'", "\"far\"", "a number"});
  expect_error(damaged("/hypers/radial_gaussian_width", Document::array({1.0})), {"'radial_gaussian_width'", "a number"});
  expect_error(damaged("/hypers/radial_basis_name", 7), {"'radial_basis_name'", "a string"});
  expect_error(damaged("/hypers/max_radial", Document::array({1, 2.5})), {"'max_radial'", "2.5"});
  expect_error(damaged("/hypers/max_radial", Document::array()), {"'max_radial'", "[]"});
  expect_error(damaged("/hypers/subtract_center_contribution", "no"), {"'subtract_center_contribution'", "true or false"});
  expect_error(damaged("/hypers", 3), {"'hypers'", "an object"});
  expect_error(damaged("/species", "C"), {"'species'", "a list of strings"});
  expect_error(damaged("/species", Document::array({6, 8})), {"'species'", "a list of strings"});
}

TEST(Json, IntegersOutOfRangeAreRefused) {
  for (const char* key : {"/hypers/max_angular", "/hypers/max_radial", "/version"})
    for (const char* number : {"4294967297", "-4294967295", "18446744073709551617", "1e300"})
      EXPECT_NE(damaged(key, Document::parse(number)), "") << key << " " << number << " wraps around to 1";
}

TEST(Json, WrongValuesAreRefusedAsEverywhere) {
  expect_error(damaged("/hypers/cutoff_radius", -1.0), {"cutoff_radius", "-1"});
  expect_error(damaged("/hypers/radial_basis_name", "gtos"), {"'gtos'", "did you mean 'gto'?"});
}

TEST(Json, MissingEntriesAreNamed) {
  for (const char* key : {"max_angular", "cutoff_radius", "radial_basis_name"}) expect_error(without(key), {"no entry", key});
  for (const char* key :
       {"basis_rcond", "basis_tol", "cutoff_function", "cutoff_width", "max_radial", "subtract_center_contribution"})
    EXPECT_EQ(without(key), "") << key << " has a default";
}

TEST(Json, OtherDocumentsAndVersionsAreRefused) {
  for (const char* text : {"[]", "3", "null", "{}", "{\"format\": \"something\"}"})
    expect_error(error_of([&] { Hypers::from_json(text); }), {"hyperparameter file", "anisoap-hypers"});
  expect_error(damaged("/version", 2), {"version", "got 2", "newer"});
  expect_error(damaged("/version", "1"), {"'version'", "an integer"});
}

TEST(Json, AFileIsReadAndAMissingOneIsNamed) {
  const std::string path = ::testing::TempDir() + "anisoap_hypers_test.json";
  std::ofstream(path) << samples().front().to_json();
  EXPECT_EQ(Hypers::from_file(path).to_json(), samples().front().to_json());
  std::remove(path.c_str());
  const std::string text = error_of<std::runtime_error>([&] { Hypers::from_file(path); });
  EXPECT_NE(text.find(path), std::string::npos) << text;
}

}  // namespace
}  // namespace anisoap::test
