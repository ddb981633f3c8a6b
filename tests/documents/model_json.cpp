// SPDX-License-Identifier: MIT
// The model document: what is written is read back, what is damaged is refused; and its conversion to other units.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/model.hpp"
#include "support/sanitized.hpp"

namespace anisoap::test {
namespace {

using Document = nlohmann::ordered_json;
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

std::vector<Recipe> recipes() {
  return {{LocalKind::Linear, kGto, 1, {}, 1},
          {LocalKind::Kernel, kMonomial, 2, {kSphere, kBiaxial}, 2},
          {LocalKind::Networks, kGto, 2, {kUniaxial, kUniaxial}, 1},
          {LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}, 1},
          with_polynomials({LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}, 1}),
          with_polynomials({LocalKind::Linear, kGto, 2, {kBiaxial, kUniaxial}, 1}),
          with_polynomials({LocalKind::Kernel, kGto, 2, {kUniaxial, kUniaxial}, 1}, PairEnergies::Both)};
}

// One document with every kind of local energy; the pairs of species 0 with others: networks twice, a polynomial.
Model mixed_model() {
  Model model = random_model({LocalKind::None, kGto, 4, {kSphere, kUniaxial, kBiaxial, kUniaxial}, 0});
  Random random(3);
  for (int k = 0; k < 4; ++k) {
    const auto kind = static_cast<LocalKind>(k);
    model.local[static_cast<std::size_t>(k)] = random_local(random, kind, model.n_features());
  }
  model.two_body.pairs.resize(3);
  model.two_body.pairs[2].shift = model.two_body.pairs[2].scale = {};
  model.two_body.pairs[2].networks = {};
  add_polynomial(random, model.two_body, model.two_body.pairs[2]);
  add_pair_rows(random, model.two_body, 2, model.local[2]);
  model.density_scale = 1.0 / 3.0;
  model.units = Units::Real;
  model.training = R"({"frames":12,"rmse":{"force":0.1}})";
  return model;
}

// FNV-1a of the document without its checksum and the library version, as its header says.
std::string sum_of(Document document) {
  document.erase("checksum");
  document.erase("library_version");
  std::uint64_t h = 0xcbf29ce484222325u;
  for (char c : document.dump()) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char text[40];
  std::snprintf(text, sizeof(text), "fnv1a64:%016llx", static_cast<unsigned long long>(h));
  return text;
}

// Error of the mixed model's document after a change; the checksum fits what it then holds.
std::string changed(const std::function<void(Document&)>& change) {
  Document document = Document::parse(mixed_model().to_json());
  change(document);
  document["checksum"] = sum_of(document);
  return error_of([&] { Model::from_json(document.dump()); });
}

std::string set(const std::string& pointer, const Document& value) {
  return changed([&](Document& d) { d[Document::json_pointer(pointer)] = value; });
}

std::string without(const std::string& parent, const std::string& key) {
  return changed([&](Document& d) { d[Document::json_pointer(parent)].erase(key); });
}

TEST(ModelJson, AWrittenDocumentIsReadBackToEqualTextAndEqualForces) {
  for (const Recipe& recipe : recipes()) {
    const Model model = random_model(recipe);
    const Model back = Model::from_json(model.to_json());
    EXPECT_EQ(back.to_json(), model.to_json());
    EXPECT_EQ(back.checksum(), model.checksum());
    const Frame frame = spread_frame(101, recipe.n_species);
    const Outcome got = evaluate(Potential(back), frame), expected = evaluate(Potential(model), frame);
    EXPECT_EQ(got.energy, expected.energy);
    EXPECT_EQ(got.forces, expected.forces);
    EXPECT_EQ(got.uncertainties, expected.uncertainties);
    EXPECT_EQ(got.grades, expected.grades);
  }
  EXPECT_EQ(Model::from_json(mixed_model().to_json()).to_json(), mixed_model().to_json());
}

TEST(ModelJson, APolynomialStandsInPlaceOfNetworks) {
  const Model model = mixed_model();
  const Document document = Document::parse(model.to_json());
  const Document& pairs = document.at("two_body").at("pairs");
  const PairPolynomial& p = model.two_body.pairs[2].polynomial;
  const Document expected = {{"species", {0, 2}},
                             {"length", model.two_body.pairs[2].length},
                             {"polynomial", {{"powers", {2, 5, 12}}, {"degree", 4}, {"weights", p.weights}}}};
  EXPECT_EQ(pairs[2], expected);
  EXPECT_FALSE(pairs[1].contains("polynomial"));
  EXPECT_EQ(document.at("local")[2].at("pair_variance_rows"), Document(model.local[2].pair_variance_rows));
  EXPECT_FALSE(document.at("local")[1].contains("pair_variance_rows"));
  const Model back = Model::from_json(model.to_json());
  EXPECT_EQ(back.two_body.pairs[2].polynomial.weights, p.weights);
  EXPECT_EQ(back.local[2].pair_variance_rows, model.local[2].pair_variance_rows);
}

TEST(ModelJson, GradeRowsAreWrittenWhereTheyAre) {
  Model model = random_model(with_polynomials({LocalKind::Linear, kGto, 2, {kUniaxial, kUniaxial}, 1}));
  model.local[1].grade_rows = model.local[1].pair_grade_rows = {};
  const Document document = Document::parse(model.to_json());
  EXPECT_EQ(document.at("local")[0].at("grade_rows"), Document(model.local[0].grade_rows));
  EXPECT_EQ(document.at("local")[0].at("pair_grade_rows"), Document(model.local[0].pair_grade_rows));
  for (const char* key : {"grade_rows", "pair_grade_rows"}) EXPECT_FALSE(document.at("local")[1].contains(key));
  const Model back = Model::from_json(model.to_json());
  EXPECT_TRUE(back.has_grade());
  EXPECT_EQ(back.local[0].grade_rows, model.local[0].grade_rows);
  model.local[0].grade_rows = model.local[0].pair_grade_rows = {};
  EXPECT_FALSE(Model::from_json(model.to_json()).has_grade());
}

TEST(ModelJson, TheChecksumIsThatOfTheContent) {
  const Document document = Document::parse(mixed_model().to_json());
  EXPECT_EQ(document.at("checksum"), sum_of(document));
  EXPECT_EQ(mixed_model().checksum(), sum_of(document));
  EXPECT_EQ(changed([](Document&) {}), "");
  EXPECT_EQ(set("/library_version", "0.0.0"), "") << "another version of the library wrote the same model";
}

TEST(ModelJson, OneDamagedCharacterIsRefused) {
  const Model model = random_model({LocalKind::Linear, kGto, 1, {kSphere}, 0});
  const std::string text = model.to_json();
  const std::size_t version = text.find("\"library_version\":") + 18, end = text.find(',', version);
  for (std::size_t k = 0; k < text.size(); k += kSanitized ? 40 : 3) {
    if (k >= version && k < end) continue;  // not a part of the model
    std::string damaged = text;
    damaged[k] = damaged[k] == '7' ? '3' : '7';
    std::string read;
    const std::string error = error_of([&] { read = Model::from_json(damaged).to_json(); });
    // The last of 17 digits may round to the same number.
    ASSERT_TRUE(error != "" || read == text) << "character " << k << ": " << text.substr(k, 20);
  }
  std::string damaged = text;
  damaged[text.find("\"offset\":") + 14] ^= 1;
  expect_error(error_of([&] { Model::from_json(damaged); }), {"checksum", "damaged"});
}

TEST(ModelJson, EveryTruncationIsRefused) {
  const std::string text = random_model({LocalKind::Linear, kGto, 1, {kSphere}, 0}).to_json();
  for (std::size_t n = 0; n < text.size(); n += 7)
    ASSERT_NE(error_of([&] { Model::from_json(text.substr(0, n)); }), "") << "first " << n << " bytes accepted";
  expect_error(error_of([&] { Model::from_json(text.substr(0, text.size() / 2)); }), {"model file", "not JSON"});
}

TEST(ModelJson, OtherDocumentsAndVersionsAreRefused) {
  for (const char* text : {"[]", "3", "null", "{}", "{\"format\": \"anisoap-hypers\"}"})
    expect_error(error_of([&] { Model::from_json(text); }), {"model file", "anisoap-model"});
  expect_error(set("/version", 2), {"version", "got 2", "newer"});
  for (const Document& v : {Document("1"), Document(1.5), Document(nullptr)})
    expect_error(set("/version", v), {"'version'", "integer"});
  expect_error(without("", "version"), {"version"});
  Document unsigned_document = Document::parse(mixed_model().to_json());
  unsigned_document.erase("checksum");
  expect_error(error_of([&] { Model::from_json(unsigned_document.dump()); }), {"no entry 'checksum'"});
}

TEST(ModelJson, ExpansionsComeBack) {
  const Model model = random_model(with_expansions(LocalKind::None, {"C1", "Td"}));
  const Model back = Model::from_json(model.to_json());
  EXPECT_EQ(back.to_json(), model.to_json());
  EXPECT_EQ(back.two_body.species[1].group, "Td");
  const SymmetricExpansion &got = back.two_body.pairs[1].symmetric, &given = model.two_body.pairs[1].symmetric;
  EXPECT_EQ(got.gap_powers, given.gap_powers);
  EXPECT_EQ(got.distance_powers, given.distance_powers);
  EXPECT_EQ(got.weights, given.weights);
  for (std::size_t k = 0; k < given.terms.size(); ++k) {
    const auto &a = got.terms[k], &b = given.terms[k];
    EXPECT_EQ(std::make_tuple(a.power, a.rank[0], a.number[0], a.rank[1], a.number[1], a.m),
              std::make_tuple(b.power, b.rank[0], b.number[0], b.rank[1], b.number[1], b.m));
  }
}

TEST(ModelJson, NumbersThatAreNotFiniteAreRefused) {
  const std::string text = mixed_model().to_json();
  for (const char* number : {"1e999", "-1e999", "NaN", "Infinity", "nan", "1e", ".5", "0x10"}) {
    std::string other = text;
    const std::size_t at = text.find("\"density_scale\":") + 16;
    other.replace(at, text.find(',', at) - at, number);
    expect_error(error_of([&] { Model::from_json(other); }), {"model file"});
  }
  EXPECT_NE(set("/local/1/weights/0", nullptr), "");
}

TEST(ModelJson, UnknownEntriesSuggestTheNearest) {
  expect_error(set("/unit", 1), {"unknown entry 'unit'", "did you mean 'units'?"});
  expect_error(set("/local/1/weight", 1), {"unknown entry 'weight'", "did you mean 'weights'?"});
  expect_error(set("/local/3/networks/0/width", 1), {"unknown entry 'width'", "did you mean 'widths'?"});
  expect_error(set("/two_body/cutof", 1), {"unknown entry 'cutof'", "did you mean 'cutoff'?"});
  expect_error(set("/two_body/species/0/axes", 1), {"unknown entry 'axes'", "did you mean 'axis'?"});
  expect_error(set("/two_body/pairs/0/scales", 1), {"unknown entry 'scales'", "did you mean 'scale'?"});
  expect_error(set("/two_body/pairs/2/polynomial/power", 1), {"unknown entry 'power'", "did you mean 'powers'?"});
  expect_error(set("/local/2/pair_variance_row", 1), {"unknown entry 'pair_variance_row'", "'pair_variance_rows'?"});
  expect_error(set("/descriptor/hypers/basis_tols", 1), {"unknown entry 'basis_tols'", "did you mean 'basis_tol'?"});
  const std::string text = mixed_model().to_json();
  expect_error(error_of([&] { Model::from_json("{\"units\":\"lj\"," + text.substr(1)); }), {"entry 'units' twice"});
}

TEST(ModelJson, MissingEntriesAreNamed) {
  for (const char* key : {"units", "descriptor", "density_scale", "allow_discontinuity", "joint_committees", "local", "training"})
    expect_error(without("", key), {key});
  for (const char* key : {"kind", "offset", "shift", "scale", "weights"}) expect_error(without("/local/1", key), {key});
  for (const char* key : {"weights", "points", "exponent", "prior_variance"}) expect_error(without("/local/2", key), {key});
  expect_error(without("/local/3", "networks"), {"networks"});
  for (const char* key : {"widths", "activation", "parameters"}) expect_error(without("/local/3/networks/1", key), {key});
  for (const char* key : {"cutoff", "width", "species", "pairs"}) expect_error(without("/two_body", key), {key});
  for (const char* key : {"species", "length", "shift", "scale", "networks"})
    expect_error(without("/two_body/pairs/1", key), {key});
  for (const char* key : {"species", "length"}) expect_error(without("/two_body/pairs/2", key), {key});
  expect_error(without("/two_body/pairs/2", "polynomial"), {"shift"});
  for (const char* key : {"powers", "degree", "weights"}) expect_error(without("/two_body/pairs/2/polynomial", key), {key});
}

TEST(ModelJson, EntriesOfTheWrongKindAreNamed) {
  expect_error(set("/units", "cgs"), {"units", "'cgs'", "'metal', 'real' or 'lj'"});
  expect_error(set("/units", 3), {"'units'", "a string"});
  expect_error(set("/descriptor", 3), {"'descriptor'", "an object"});
  expect_error(set("/density_scale", "1"), {"'density_scale'", "a number"});
  expect_error(set("/allow_discontinuity", 1), {"'allow_discontinuity'", "true or false"});
  expect_error(set("/joint_committees", 1), {"'joint_committees'", "true or false"});
  expect_error(set("/local", "none"), {"'local'", "a list"});
  expect_error(set("/local/0", 1), {"'local'", "objects"});
  expect_error(set("/local/1/kind", "cubic"), {"'kind'", "'cubic'", "'linear'"});
  expect_error(set("/local/1/weights", "heavy"), {"'weights'", "a list of numbers"});
  expect_error(set("/local/1/weights/0", "heavy"), {"'weights'", "a list of numbers"});
  expect_error(set("/local/2/exponent", 2.5), {"'exponent'", "2.5", "an integer"});
  expect_error(set("/local/3/networks/0/activation", "relu"), {"'activation'", "'relu'", "'silu'"});
  expect_error(set("/local/3/networks/0/widths/1", 1.5), {"'widths'", "1.5", "an integer"});
  expect_error(set("/two_body", 1), {"'two_body'"});
  expect_error(set("/two_body/species/0/symmetry", "cubic"), {"'symmetry'", "'cubic'", "'biaxial'"});
  expect_error(set("/two_body/pairs/0/species", Document::array({0})), {"'species'", "two integers"});
  expect_error(set("/two_body/pairs", Document::array()), {"'two_body.pairs'", "null"});
  for (const Document& v : {Document(3), Document("u6"), Document::array({1}), Document(nullptr)})
    expect_error(set("/two_body/pairs/2/polynomial", v), {"'polynomial'", "an object"});
  expect_error(set("/two_body/pairs/2/polynomial/powers", 6), {"'powers'", "a list of integers"});
  expect_error(set("/two_body/pairs/2/polynomial/powers", Document::array()), {"'powers'", "got []", "one integer or more"});
  expect_error(set("/two_body/pairs/2/polynomial/powers/1", 5.5), {"'powers'", "5.5", "an integer"});
  expect_error(set("/two_body/pairs/2/polynomial/degree", "four"), {"'degree'", "an integer"});
  expect_error(set("/two_body/pairs/2/polynomial/weights", 1), {"'weights'", "a list of numbers"});
  expect_error(set("/local/2/pair_variance_rows", "wide"), {"'pair_variance_rows'", "a list of numbers"});
  expect_error(set("/training", "much"), {"'training'", "an object"});
}

TEST(ModelJson, WrongSizesAndValuesAreNamed) {
  const auto drop_last = [](const char* pointer) {
    return changed([&](Document& d) {
      auto& list = d[Document::json_pointer(pointer)];
      list.erase(list.size() - 1);
    });
  };
  expect_error(drop_last("/local"), {"'local'", "3 values", "4"});
  for (const char* key : {"shift", "scale", "weights", "variance_rows"})
    expect_error(drop_last(("/local/1/" + std::string(key)).c_str()), {("local[1]." + std::string(key)).c_str()});
  for (const char* key : {"points", "variance_rows"})
    expect_error(drop_last(("/local/2/" + std::string(key)).c_str()), {("local[2]." + std::string(key)).c_str()});
  expect_error(drop_last("/local/3/networks/2/parameters"), {"local[3].networks[2].parameters"});
  expect_error(drop_last("/two_body/species"), {"two_body.species"});
  expect_error(drop_last("/two_body/pairs/1/shift"), {"two_body.pairs[1].shift"});
  expect_error(drop_last("/two_body/pairs/2/polynomial/weights"), {"two_body.pairs[2].polynomial.weights"});
  expect_error(drop_last("/two_body/pairs/2/polynomial/powers"), {"two_body.pairs[2].polynomial.weights"});
  expect_error(drop_last("/local/2/pair_variance_rows"), {"local[2].pair_variance_rows", "rows of"});
  expect_error(set("/two_body/pairs/2/polynomial/powers/2", 65), {"two_body.pairs[2].polynomial.powers", "got 65"});
  expect_error(set("/two_body/pairs/2/polynomial/degree", -1), {"two_body.pairs[2].polynomial.degree", "got -1"});
  expect_error(set("/two_body/pairs/1/polynomial", {{"powers", {6}}, {"degree", 0}, {"weights", {1}}}),
               {"two_body.pairs[1]", "a polynomial and networks"});
  expect_error(set("/density_scale", 0), {"'density_scale'", "got 0", "> 0"});
  expect_error(set("/local/2/exponent", 0), {"local[2].exponent", "1 to 64"});
  expect_error(set("/descriptor/hypers/cutoff_radius", -1), {"cutoff_radius", "-1"});
}

TEST(ModelJson, TrainingThatIsNoObjectIsNotWritten) {
  for (const char* text : {"[1]", "3", "\"a\"", "{\"a\":", "", "{} {}"}) {
    Model model = mixed_model();
    model.training = text;
    expect_error(error_of([&] { model.to_json(); }), {"training"});
  }
}

TEST(ModelJson, DiametersOfTheTrainingAreThoseOfItsEntry) {
  Model model = random_model({LocalKind::None, kGto, 3, {kSphere, kUniaxial, kBiaxial}, 1});
  EXPECT_TRUE(model.trained_diameters().empty());
  const auto& names = model.hypers.species;
  model.training = R"({"diameters":null})";
  EXPECT_TRUE(model.trained_diameters().empty());
  Document sizes;
  sizes["diameters"] = {{names[2], {1.0, 2.0, 3.5}}, {names[0], nullptr}, {"Xx", {1.0, 1.0, 1.0}}};
  model.training = sizes.dump();
  EXPECT_EQ(converted(Model::from_json(model.to_json()), model.units).trained_diameters(),
            (std::vector<double>{0, 0, 0, 0, 0, 0, 1.0, 2.0, 3.5}));
  for (const Document& wrong : {Document{1.0, 2.0}, Document{1.0, 2.0, 0.0}, Document("large")}) {
    sizes["diameters"][names[2]] = wrong;
    model.training = sizes.dump();
    EXPECT_THROW(model.trained_diameters(), std::invalid_argument) << wrong;
  }
}

TEST(ModelJson, AFileIsReadAndAMissingOneIsNamed) {
  const std::string path = ::testing::TempDir() + "anisoap_model_test.json";
  std::ofstream(path) << mixed_model().to_json();
  EXPECT_EQ(Model::from_file(path).to_json(), mixed_model().to_json());
  std::remove(path.c_str());
  const std::string text = error_of<std::runtime_error>([&] { Model::from_file(path); });
  EXPECT_NE(text.find(path), std::string::npos) << text;
}

TEST(ModelJson, ConversionScalesEnergiesAndKeepsLengths) {
  for (const Recipe& recipe : recipes()) {
    const Model metal = random_model(recipe), real = converted(metal, Units::Real), back = converted(real, Units::Metal);
    EXPECT_EQ(real.units, Units::Real);
    const double factor = 23.060549;  // kcal/mol per eV
    const Frame frame = spread_frame(102, recipe.n_species);
    const Outcome one = evaluate(Potential(metal), frame), other = evaluate(Potential(real), frame),
                  again = evaluate(Potential(back), frame);
    EXPECT_NEAR(other.energy / one.energy, factor, 1e-11);
    const auto times_factor = [&](std::vector<double> v) {
      for (double& x : v) x *= factor;
      return v;
    };
    EXPECT_LE(relative_difference(other.forces, times_factor(one.forces)), 1e-12);
    EXPECT_LE(relative_difference(other.torques, times_factor(one.torques)), 1e-12);
    EXPECT_LE(relative_difference(other.virial, times_factor(one.virial)), 1e-12);
    EXPECT_LE(relative_difference(other.uncertainties, times_factor(one.uncertainties)), 1e-12);
    EXPECT_EQ(other.grades, one.grades);
    EXPECT_LE(relative_difference(again.forces, one.forces), 1e-13);
  }
}

TEST(ModelJson, ReducedUnitsConvertToThemselvesAlone) {
  Model model = mixed_model();
  model.units = Units::Lj;
  EXPECT_EQ(converted(model, Units::Lj).to_json(), model.to_json());
  for (Units to : {Units::Metal, Units::Real}) expect_error(error_of([&] { converted(model, to); }), {"units", "'lj'"});
  expect_error(error_of([&] { converted(mixed_model(), Units::Lj); }), {"units", "'real'", "'lj'"});
  expect_error(error_of([] { units_from_name("si"); }), {"units", "'si'"});
}

}  // namespace
}  // namespace anisoap::test
