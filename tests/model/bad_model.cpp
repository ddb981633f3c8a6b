// SPDX-License-Identifier: MIT
// Models and configurations that a Potential refuses, each with a text that names what is wrong.
#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto;

// Refused alike by validate, Potential and to_json.
template <class Change>
void expect_refused(Model model, const Change& change, std::initializer_list<const char*> parts) {
  ASSERT_NO_THROW(model.validate());
  change(model);
  const std::string text = error_of([&] { model.validate(); });
  expect_error(text, parts);
  EXPECT_EQ(error_of([&] { const Potential potential(model); }), text);
  EXPECT_EQ(error_of([&] { model.to_json(); }), text);
}

template <class Change>
void expect_refused(LocalKind kind, const Change& change, std::initializer_list<const char*> parts) {
  expect_refused(random_model({kind, kGto, 2, {kSphere, kUniaxial}, 1}), change, parts);
}

TEST(BadModel, ForcesWithoutATaperNeedLeave) {
  Model model = random_model({LocalKind::Linear, kGto, 1});
  model.hypers.cutoff_function = CutoffFunction::None;
  model.hypers.cutoff_width = 0;
  expect_error(error_of([&] { const Potential potential(model); }),
               {"cutoff_function", "'none'", "'cosine'", "allow_discontinuity"});
  ASSERT_NO_THROW(model.to_json());
  model.allow_discontinuity = true;
  EXPECT_NO_THROW(const Potential potential(model));
  // A two-body term has its own taper.
  Model two_body = random_model({LocalKind::None, kGto, 1, {kUniaxial}});
  two_body.hypers = model.hypers;
  EXPECT_NO_THROW(const Potential potential(two_body));
}

TEST(BadModel, HypersAndDensityScale) {
  expect_refused(LocalKind::Linear, [](Model& m) { m.hypers.cutoff_radius = -1; }, {"cutoff_radius", "-1"});
  for (double v : {0.0, -1.0, kNan, kInfinity})
    expect_refused(LocalKind::Linear, [&](Model& m) { m.density_scale = v; }, {"'density_scale'", "> 0"});
}

TEST(BadModel, LocalEnergiesOfTheWrongNumber) {
  expect_refused(LocalKind::Linear, [](Model& m) { m.local.pop_back(); }, {"'local'", "1 values", "2"});
  expect_refused(LocalKind::None, [](Model& m) { m.local.clear(); }, {"'local'", "0 values", "2"});
}

TEST(BadModel, LinearArraysOfTheWrongSizeOrNotFinite) {
  const auto kind = LocalKind::Linear;
  expect_refused(kind, [](Model& m) { m.local[1].shift.pop_back(); }, {"local[1].shift"});
  expect_refused(kind, [](Model& m) { m.local[1].scale.push_back(1); }, {"local[1].scale"});
  expect_refused(kind, [](Model& m) { m.local[0].weights.clear(); }, {"local[0].weights", "0 values"});
  expect_refused(kind, [](Model& m) { m.local[0].variance_rows.pop_back(); }, {"local[0].variance_rows", "rows of"});
  for (double v : {kNan, kInfinity, -kInfinity}) {
    expect_refused(kind, [&](Model& m) { m.local[0].offset = v; }, {"local[0].offset", "finite"});
    expect_refused(kind, [&](Model& m) { m.local[1].shift[0] = v; }, {"local[1].shift[0]", "finite"});
    expect_refused(kind, [&](Model& m) { m.local[1].scale[1] = v; }, {"local[1].scale[1]", "finite"});
    expect_refused(kind, [&](Model& m) { m.local[1].weights[2] = v; }, {"local[1].weights[2]", "finite"});
    expect_refused(kind, [&](Model& m) { m.local[1].variance_rows[3] = v; }, {"local[1].variance_rows[3]", "finite"});
  }
}

TEST(BadModel, KernelArraysOfTheWrongSizeOrNotFinite) {
  const auto kind = LocalKind::Kernel;
  expect_refused(kind, [](Model& m) { m.local[0].weights.clear(); }, {"local[0].weights", "no values"});
  expect_refused(kind, [](Model& m) { m.local[0].weights.push_back(1); }, {"local[0].points"});
  expect_refused(kind, [](Model& m) { m.local[0].variance_rows.push_back(1); }, {"local[0].variance_rows", "rows of 6"});
  for (int v : {0, -1, 65}) expect_refused(kind, [&](Model& m) { m.local[0].exponent = v; }, {"local[0].exponent", "1 to 64"});
  for (double v : {-1.0, kNan, kInfinity})
    expect_refused(kind, [&](Model& m) { m.local[0].prior_variance = v; }, {"local[0].prior_variance", ">= 0"});
  expect_refused(kind, [](Model& m) { m.local[1].points[5] = kNan; }, {"local[1].points[5]", "finite"});
}

TEST(BadModel, NetworksThatDoNotFit) {
  const auto kind = LocalKind::Networks;
  const auto net = [](Model& m) -> Network& { return m.local[1].networks[2]; };
  expect_refused(kind, [](Model& m) { m.local[0].networks.clear(); }, {"local[0].networks", "no network"});
  expect_refused(kind, [&](Model& m) { ++net(m).widths.front(); }, {"local[1].networks[2].widths", "inputs to 1"});
  expect_refused(kind, [&](Model& m) { net(m).widths.back() = 2; }, {"local[1].networks[2].widths", "inputs to 1"});
  expect_refused(kind, [&](Model& m) { net(m).widths.resize(1); }, {"local[1].networks[2].widths"});
  for (int w : {0, -3, 65537})
    expect_refused(kind, [&](Model& m) { net(m).widths[1] = w; }, {"local[1].networks[2].widths", "1 to 65536"});
  expect_refused(kind, [&](Model& m) { net(m).parameters.pop_back(); }, {"local[1].networks[2].parameters"});
  expect_refused(kind, [&](Model& m) { net(m).parameters[7] = kNan; }, {"local[1].networks[2].parameters[7]", "finite"});
}

TEST(BadModel, TwoBodyTermsThatDoNotFit) {
  const auto kind = LocalKind::None;
  for (double v : {0.0, -1.0, kNan, kInfinity})
    expect_refused(kind, [&](Model& m) { m.two_body.cutoff = v; }, {"two_body.cutoff", "> 0"});
  for (double v : {0.0, -1.0, kNan, 4.7})
    expect_refused(kind, [&](Model& m) { m.two_body.width = v; }, {"two_body.width", "4.6"});
  expect_refused(kind, [](Model& m) { m.two_body.species.pop_back(); }, {"two_body.species", "1 values", "2"});
  for (int axis : {-1, 3})
    expect_refused(kind, [&](Model& m) { m.two_body.species[1].axis = axis; }, {"two_body.species.axis", "0, 1 or 2"});
  const auto pair = [](Model& m) -> TwoBodyPair& { return m.two_body.pairs[1]; };
  expect_refused(kind, [&](Model& m) { std::swap(pair(m).species[0], pair(m).species[1]); },
                 {"two_body.pairs[1].species", "order"});
  expect_refused(kind, [&](Model& m) { pair(m).species[1] = 2; }, {"two_body.pairs[1].species"});
  expect_refused(kind, [&](Model& m) { pair(m).species[0] = -1; }, {"two_body.pairs[1].species"});
  expect_refused(kind, [](Model& m) { m.two_body.pairs.push_back(m.two_body.pairs[0]); }, {"two_body.pairs[3].species", "once"});
  for (double v : {0.0, -1.0, kNan, kInfinity})
    expect_refused(kind, [&](Model& m) { pair(m).length = v; }, {"two_body.pairs[1].length", "> 0"});
  expect_refused(kind, [&](Model& m) { pair(m).shift.pop_back(); }, {"two_body.pairs[1].shift"});
  expect_refused(kind, [&](Model& m) { pair(m).scale[0] = kNan; }, {"two_body.pairs[1].scale[0]", "finite"});
  expect_refused(kind, [&](Model& m) { pair(m).networks.clear(); }, {"two_body.pairs[1].networks", "no network"});
  expect_refused(kind, [&](Model& m) { m.two_body.species[1].symmetry = BodySymmetry::Biaxial; }, {"two_body.pairs[1].shift"});
}

// Of the pair of a uniaxial and a biaxial body.
template <class Change>
void expect_polynomial_refused(const Change& change, std::initializer_list<const char*> parts) {
  const auto change_pair = [&](Model& m) { change(m.two_body.pairs[1].polynomial); };
  expect_refused(random_model(with_polynomials({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}})), change_pair, parts);
}

TEST(BadModel, PowersOutOfRange) {
  const std::string what = "two_body.pairs[1].polynomial.powers";
  const auto refused = [&](const std::vector<int>& powers, const char* got) {
    expect_polynomial_refused([&](PairPolynomial& p) { p.powers = powers; },
                              {what.c_str(), (", got " + std::string(got)).c_str(), "1 to 64, ascending"});
  };
  refused({0, 1, 2}, "0");
  refused({-1, 1, 2}, "-1");
  refused({2, 5, 65}, "65");
  refused({2, 12, 5}, "5");
  refused({2, 5, 5}, "5");
  expect_polynomial_refused(
      [](PairPolynomial& p) {
        p.powers.clear();
        for (int n = 1; n <= 17; ++n) p.powers.push_back(n);
      },
      {what.c_str(), "17 of them", "at most 16"});
}

TEST(BadModel, DegreesOutOfRange) {
  const auto refused = [](int degree, const char* expected) {
    expect_polynomial_refused([&](PairPolynomial& p) { p.degree = degree; },
                              {"two_body.pairs[1].polynomial.degree", std::to_string(degree).c_str(), expected});
  };
  for (int degree : {-1, 65, std::numeric_limits<int>::max()}) refused(degree, "0 to 64");
  for (int degree : {15, 64}) refused(degree, "at most 10000 monomials");
  expect_polynomial_refused([](PairPolynomial& p) { p.degree = 14; }, {"polynomial.weights", "24804 of them"});  // 3 * 8268
}

TEST(BadModel, WeightsOfAPolynomialOfTheWrongNumberOrNotFinite) {
  const std::string what = "two_body.pairs[1].polynomial.weights";
  expect_polynomial_refused([](PairPolynomial& p) { p.weights.pop_back(); }, {what.c_str(), "116 values", "117"});
  expect_polynomial_refused([](PairPolynomial& p) { p.weights.push_back(1); }, {what.c_str(), "118 values", "117"});
  expect_polynomial_refused([](PairPolynomial& p) { p.degree = 3; }, {what.c_str(), "117 values"});
  expect_polynomial_refused([](PairPolynomial& p) { p.powers.pop_back(); }, {what.c_str(), "117 values", "78"});
  for (double v : {kNan, kInfinity, -kInfinity})
    expect_polynomial_refused([&](PairPolynomial& p) { p.weights[7] = v; }, {(what + "[7]").c_str(), "finite"});
}

TEST(BadModel, GradeRowsThatDoNotFit) {
  const Model model = random_model(with_polynomials({LocalKind::Linear, kGto, 2, {kSphere, kUniaxial}, 1}));
  expect_refused(model, [](Model& m) { m.local[1].grade_rows.pop_back(); }, {"local[1].grade_rows", "rows of"});
  expect_refused(model, [](Model& m) { m.local[1].pair_grade_rows.pop_back(); }, {"local[1].pair_grade_rows", "rows of"});
  expect_refused(model, [](Model& m) { m.local[0].pair_grade_rows.resize(n_species_terms(m.two_body, 0)); },
                 {"local[0].pair_grade_rows"});
  for (double v : {kNan, kInfinity}) {
    expect_refused(model, [&](Model& m) { m.local[0].grade_rows[3] = v; }, {"local[0].grade_rows[3]", "finite"});
    expect_refused(model, [&](Model& m) { m.local[0].pair_grade_rows[3] = v; }, {"local[0].pair_grade_rows[3]", "finite"});
  }
  for (LocalKind kind : {LocalKind::Kernel, LocalKind::Networks, LocalKind::None})
    expect_refused(kind, [](Model& m) { m.local[0].grade_rows = {1}; }, {"local[0].grade_rows", "none for this kind"});
  for (LocalKind kind : {LocalKind::Kernel, LocalKind::Networks})
    expect_refused(kind, [](Model& m) { m.local[0].pair_grade_rows = {1}; }, {"local[0].pair_grade_rows", "none for this kind"});
  expect_refused(LocalKind::None, [](Model& m) { m.local[0].pair_grade_rows = {1}; },
                 {"local[0].pair_grade_rows", "none without a polynomial"});
}

TEST(BadModel, APolynomialBesideNetworks) {
  const Model model = random_model(with_polynomials({LocalKind::None, kGto, 2, {kSphere, kUniaxial}}));
  const TwoBodyPair networks = random_model({LocalKind::None, kGto, 2, {kSphere, kUniaxial}}).two_body.pairs[1];
  const auto pair = [](Model& m) -> TwoBodyPair& { return m.two_body.pairs[1]; };
  const std::initializer_list<const char*> parts = {"two_body.pairs[1]'", "a polynomial and networks", "one of them"};
  expect_refused(
      model, [&](Model& m) { pair(m).networks = networks.networks; }, parts);
  expect_refused(
      model, [&](Model& m) { pair(m).shift = networks.shift; }, parts);
  expect_refused(
      model, [&](Model& m) { pair(m).scale = networks.scale; }, parts);
  expect_refused(model, [&](Model& m) { pair(m).polynomial = {}; }, {"two_body.pairs[1].shift"});
}

// Of the pair of a body of D6h and one of C2v.
template <class Change>
void expect_expansion_refused(const Change& change, std::initializer_list<const char*> parts) {
  const auto change_pair = [&](Model& m) { change(m.two_body.pairs[1].symmetric); };
  expect_refused(random_model(with_expansions(LocalKind::None, {"D6h", "C2v"})), change_pair, parts);
}

TEST(BadModel, TermsThatPointGroupsDoNotHave) {
  using Expansion = SymmetricExpansion;
  const auto refused = [](const Expansion::Term& term, std::initializer_list<const char*> parts) {
    expect_expansion_refused([&](Expansion& e) { e.terms[0] = term; }, parts);
  };
  refused({3, {0, 0}, {0, 0}, 0}, {"two_body.pairs[1].symmetric.terms[0]", "power number 3", "0 to 2"});
  refused({-1, {0, 0}, {0, 0}, 0}, {"power number -1"});
  refused({0, {25, 0}, {0, 0}, 0}, {"rank 25", "0 to 24"});
  refused({0, {1, 0}, {0, 0}, 0}, {"tensor 0 of rank 1", "one of the 0 that D6h has"});
  refused({0, {6, 0}, {2, 0}, 0}, {"tensor 2 of rank 6", "one of the 2 that D6h has"});
  refused({0, {2, 2}, {0, 2}, 0}, {"tensor 2 of rank 2", "one of the 2 that C2v has"});
  refused({0, {2, 1}, {0, 0}, 2}, {"m = 2", "at most 1"});
  refused({0, {2, 1}, {0, 0}, -1}, {"the sine m = -1", "groups that are not chiral"});
  expect_expansion_refused([](Expansion& e) { e.terms[1] = e.terms[0]; }, {"terms[1]", "a term given before"});
}

TEST(BadModel, ExpansionsThatDoNotFit) {
  using Expansion = SymmetricExpansion;
  expect_expansion_refused([](Expansion& e) { e.weights.pop_back(); }, {"two_body.pairs[1].symmetric.weights"});
  expect_expansion_refused([](Expansion& e) { e.weights[3] = kNan; }, {"symmetric.weights[3]", "finite"});
  expect_expansion_refused([](Expansion& e) { e.gap_powers = {5, 2}; }, {"symmetric.gap_powers", "ascending"});
  expect_expansion_refused([](Expansion& e) { e.distance_powers = {0}; }, {"symmetric.distance_powers", ", got 0"});
  const Model model = random_model(with_expansions(LocalKind::None, {"D6h", "C2v"}));
  expect_refused(model, [](Model& m) { m.two_body.species[0].group = "Oh"; },
                 {"two_body.pairs[0].symmetric.terms", "that Oh has"});
  expect_refused(model, [](Model& m) { m.two_body.species[0].group = "D6H"; }, {"two_body.species.group", "did you mean 'D6h'?"});
  expect_refused(model, [](Model& m) { m.two_body.species[1].group.clear(); }, {"two_body.species.group"});
  expect_refused(
      model,
      [](Model& m) { std::swap(m.two_body.pairs[0].symmetric.terms[3].rank[0], m.two_body.pairs[0].symmetric.terms[3].rank[1]); },
      {"tensors out of order"});
  expect_refused(model, [](Model& m) { m.two_body.pairs[1].polynomial = {{1}, 0, {1}}; }, {"an expansion beside another energy"});
}

TEST(BadModel, JointCommitteesOfOtherSizes) {
  Model model = random_model({LocalKind::Networks, kGto, 2, {kSphere, kUniaxial}});
  for (TwoBodyPair& p : model.two_body.pairs) p.networks.resize(2);
  for (LocalEnergy& e : model.local) e.networks.resize(2);
  model.joint_committees = true;
  model.validate();
  const std::initializer_list<const char*> parts = {"'joint_committees'", "2 two-body and 1 many-body", "as many of either"};
  expect_refused(
      model, [](Model& m) { m.local[1].networks.resize(1); }, parts);
  expect_refused(model, [](Model& m) { m.two_body = {}; }, {"'joint_committees'", "0 two-body"});
}

TEST(BadModel, RowsOfPairsThatDoNotFit) {
  const std::string what = "local[1].pair_variance_rows";
  const auto rows = [](Model& m) -> std::vector<double>& { return m.local[1].pair_variance_rows; };
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks}) {
    const Model model = random_model(with_polynomials({kind, kGto, 2, {kSphere, kUniaxial}, 1}));
    expect_refused(model, [&](Model& m) { rows(m).pop_back(); }, {what.c_str(), "rows of "});
    for (double v : {kNan, kInfinity})
      expect_refused(model, [&](Model& m) { rows(m)[5] = v; }, {(what + "[5]").c_str(), "finite"});
    expect_refused(random_model({kind, kGto, 2, {kSphere, kUniaxial}, 1}), [&](Model& m) { rows(m) = {1.0}; },
                   {what.c_str(), "none without a polynomial"});
    expect_refused(random_model({kind, kGto, 2, {}, 1}), [&](Model& m) { rows(m) = {1.0}; },
                   {what.c_str(), "none without a polynomial"});
    // Of the pairs of species 0 alone.
    Model other = model;
    other.two_body.pairs.resize(1);
    rows(other).clear();
    for (LocalEnergy& e : other.local) e.pair_grade_rows.clear();
    other.local[0].pair_variance_rows.resize(kVarianceRows * n_species_terms(other.two_body, 0));
    expect_refused(other, [&](Model& m) { rows(m) = {1.0}; }, {what.c_str(), "none without a polynomial"});
  }
}

TEST(BadModel, RowsOfPairsThatAreNotThoseOfALinearEnergy) {
  Model model = random_model(with_polynomials({LocalKind::Linear, kGto, 2, {kSphere, kUniaxial}, 1}));
  const std::size_t n = n_species_terms(model.two_body, 1);
  const auto resize = [&](std::size_t n_rows) { return [=](Model& m) { m.local[1].pair_variance_rows.resize(n_rows * n); }; };
  const std::string as_many = std::to_string(kVarianceRows * n);
  for (std::size_t n_rows : {std::size_t{1}, kVarianceRows - 1, kVarianceRows + 1})
    expect_refused(model, resize(n_rows), {"local[1].pair_variance_rows", as_many.c_str()});
  model.local[1].variance_rows.clear();
  resize(4)(model);
  EXPECT_NO_THROW(model.validate());
}

TEST(BadModel, ForcesThatOverflowAreRefused) {
  const Potential potential(random_model({LocalKind::None, kGto, 1, {kUniaxial}}));
  Frame frame = spread_frame(111, 1);
  std::copy_n(frame.positions.begin(), 3, frame.positions.begin() + 3);  // two particles in one place
  expect_error(error_of([&] { evaluate(potential, frame); }), {"overflow"});
  Model heavy = random_model({LocalKind::Linear, kGto, 1});
  for (double& w : heavy.local[0].weights) w = 1e308;
  expect_error(error_of([&] { evaluate(Potential(heavy), spread_frame(112, 1)); }), {"overflow"});
}

TEST(BadModel, WrongFramesAreNamed) {
  const Potential potential(random_model({LocalKind::Linear, kGto, 2, {kSphere, kUniaxial}}));
  FrameBatch batch = potential.make_batch();
  batch.count_frames_from(4);
  Frame frame = spread_frame(113, 2);
  frame.diameters[7] = 0;
  expect_error(error_of([&] { batch.add(frame.view()); }), {"frame 4", "particle 2", "diameter"});
  EXPECT_EQ(batch.n_particles(), 0u);
}

// A batch that lets time pass now and then.
class SlowSource final : public NeighborSource {
 public:
  explicit SlowSource(const FrameBatch& batch) : batch_(batch) {}
  void collect(std::size_t centre, NeighborSink& sink) const override {
    if (centre % 128 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(60));
    batch_.collect(centre, sink);
  }

 private:
  const FrameBatch& batch_;
};

TEST(BadModel, AnInterruptStopsTheComputation) {
  const Frame frame = random_frame(114, 900, {20, 0, 0, 0, 20, 0, 0, 0, 20}, {true, true, true}, 1);
  for (const Recipe& recipe : {Recipe{LocalKind::Linear, kGto, 1, {}, 1}, Recipe{LocalKind::None, kGto, 1, {kSphere}, 1}})
    for (int n : {1, 2}) {
      const Potential potential(random_model(recipe));
      FrameBatch batch = potential.make_batch();
      batch.add(frame.view());
      const SlowSource source(batch);
      Options options = threads(n);
      int asked = 0;
      options.interrupted = [&] { return ++asked == 1; };
      EXPECT_THROW(evaluate(potential, {&batch.table(), &source, &batch.centres(), &batch.centres()}, options), Interrupted);
      EXPECT_EQ(asked, 1);
    }
}

}  // namespace
TEST(BadModel, RefusesAKindThatIsNone) {
  for (int number : {-1, 9}) {
    Model model = random_model({LocalKind::None, kGto, 1, {}, 1});
    model.local[0].kind = static_cast<LocalKind>(number);
    expect_error(error_of([&] { model.validate(); }), {"kind", "a number"});
  }
}

TEST(BadModel, RefusesEntriesThatAKindDoesNotHave) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Networks}) {
    Model model = random_model({kind, kGto, 1, {}, 1});
    model.local[0].variance_rows = {1.0};
    EXPECT_NE(error_of([&] { model.to_json(); }).find("variance_rows"), std::string::npos);
  }
}

TEST(BadModel, RefusesDeepNestingAndKeepsCharactersWhole) {
  EXPECT_NE(error_of([] { Model::from_json(std::string(300000, '[')); }).find("levels"), std::string::npos);
  std::string text = "\"";
  for (int k = 0; k < 40; ++k) text += "\xc3\xa9";
  const std::string error = error_of([&] { Model::from_json(text + "\""); });
  EXPECT_NE(error.find("\\u00e9"), std::string::npos);
}

}  // namespace anisoap::test
