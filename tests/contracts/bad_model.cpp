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
constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial;
constexpr auto kGto = RadialBasis::Gto;

// Refused alike by validate, Potential and to_json.
template <class Change>
void expect_refused(LocalKind kind, const Change& change, std::initializer_list<const char*> parts) {
  Model model = random_model({kind, kGto, 2, {kSphere, kUniaxial}, 1});
  ASSERT_NO_THROW(model.validate());
  change(model);
  const std::string text = error_of([&] { model.validate(); });
  expect_error(text, parts);
  EXPECT_EQ(error_of([&] { const Potential potential(model); }), text);
  EXPECT_EQ(error_of([&] { model.to_json(); }), text);
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
