// SPDX-License-Identifier: MIT
// anisoap::kokkos::Potential gives what anisoap::Potential gives, for every kind of model.
#include <algorithm>

#include "kokkos/evaluate.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

void expect_same(const Outcome& got, const Outcome& expected, double bound, bool uncertain) {
  EXPECT_NEAR(got.energy, expected.energy, bound * (std::fabs(expected.energy) + largest(expected.energies)));
  EXPECT_LE(relative_difference(got.energies, expected.energies), bound) << "energies";
  EXPECT_LE(relative_difference(got.forces, expected.forces), bound) << "forces";
  EXPECT_LE(relative_difference(got.torques, expected.torques), bound) << "torques";
  EXPECT_LE(relative_difference(got.virial, expected.virial), bound) << "virial";
  EXPECT_LE(relative_difference(got.virials, expected.virials), bound) << "virials";
  EXPECT_LE(relative_difference(got.centroid_virials, expected.centroid_virials), bound) << "centroid_virials";
  if (uncertain) {
    EXPECT_LE(relative_difference(got.uncertainties, expected.uncertainties), bound) << "uncertainties";
    EXPECT_LE(relative_difference(got.grades, expected.grades), bound) << "grades";
  }
}

// Packs on a host; threads of a device.
constexpr kokkos::Mapping kMappings[] = {kokkos::Mapping::BySize, kokkos::Mapping::Many};

constexpr BodySymmetry kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;

std::vector<Recipe> recipes() {
  std::vector<Recipe> out;
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks}) {
    if (kind != LocalKind::None) out.push_back({kind});
    if (kind != LocalKind::None) out.push_back({kind, RadialBasis::Monomial, 2});
    for (PairEnergies pairs : {PairEnergies::Networks, PairEnergies::Polynomial, PairEnergies::Both}) {
      out.push_back({kind, RadialBasis::Gto, 1, {kUniaxial}, 3, 0.8, pairs});
      out.push_back({kind, RadialBasis::Gto, 3, {kUniaxial, kBiaxial, kSphere}, 2, 0.8, pairs});
    }
  }
  out.push_back(with_expansions(LocalKind::None, {"D6h"}));
  out.push_back(with_expansions(LocalKind::Linear, {"Cinfv", "C1", "Kh"}));
  return out;
}

class KokkosPotential : public ::testing::TestWithParam<Recipe> {};
INSTANTIATE_TEST_SUITE_P(KokkosPotential, KokkosPotential, ::testing::ValuesIn(recipes()), RecipeName());

TEST_P(KokkosPotential, GivesWhatThePotentialGives) {
  const Model model = random_model(GetParam());
  const Frame frame = spread_frame(3, GetParam().n_species);
  const Outcome expected = evaluate(Potential(model), frame);
  for (kokkos::Mapping mapping : kMappings) {
    kokkos::Potential<Space> potential(model);
    potential.set_mapping(mapping);
    expect_same(evaluate_kokkos(potential, frame), expected, 1e-12, true);
    expect_same(evaluate_kokkos(potential, frame, {true, false}), expected, 1e-12, false);
  }
}

// More than packs or a block of them hold, around which neighbours are unevenly many.
TEST_P(KokkosPotential, ManyCentresToo) {
  const Model model = random_model(GetParam());
  const Frame frame = random_frame(10, 150, {14, 0, 0, 2, 14, 0, 0, 1, 14}, {false, false, false}, GetParam().n_species);
  const Outcome expected = evaluate(Potential(model), frame);
  for (kokkos::Mapping mapping : kMappings) {
    kokkos::Potential<Space> whole(model), parts(model, 1);
    whole.set_mapping(mapping);
    parts.set_mapping(mapping);
    const Outcome got = evaluate_kokkos(whole, frame);
    expect_same(got, expected, 1e-11, true);
    expect_same(evaluate_kokkos(parts, frame), got, 1e-13, true);
  }
}

// Pairs with images may be evaluated on one side.
TEST_P(KokkosPotential, GradesNeedNoUncertainties) {
  const Model model = random_model(GetParam());
  const Frame frame = spread_frame(3, GetParam().n_species);
  const Outcome expected = evaluate(Potential(model), frame);
  kokkos::Potential<Space> potential(model);
  KokkosOptions options;
  options.numbered = options.graded = true;
  options.uncertain = false;
  const Outcome got = evaluate_kokkos(potential, frame, options);
  expect_same(got, expected, 1e-12, false);
  EXPECT_LE(relative_difference(got.grades, expected.grades), 1e-12);
}

TEST_P(KokkosPotential, BatchesChangeNothing) {
  const Frame frame = spread_frame(4, GetParam().n_species);
  const Model model = random_model(GetParam());
  kokkos::Potential<Space> whole(model), parts(model, 1);
  expect_same(evaluate_kokkos(parts, frame), evaluate_kokkos(whole, frame), 1e-13, true);
}

TEST_P(KokkosPotential, FewCentresAndManyGiveTheSame) {
  const Frame frame = spread_frame(9, GetParam().n_species);
  const Model model = random_model(GetParam());
  const Outcome expected = evaluate(Potential(model), frame);
  for (kokkos::Mapping mapping : {kokkos::Mapping::Few, kokkos::Mapping::Many}) {
    kokkos::Potential<Space> potential(model), parts(model, 1);
    kokkos::Potential<Space, float> single(model);
    potential.set_mapping(mapping);
    parts.set_mapping(mapping);
    single.set_mapping(mapping);
    expect_same(evaluate_kokkos(potential, frame), expected, 1e-12, true);
    expect_same(evaluate_kokkos(parts, frame), expected, 1e-12, true);
    expect_same(evaluate_kokkos(single, frame), expected, 1e-4, true);
  }
}

// To the bit where a centre has one thread, and in batches.
TEST_P(KokkosPotential, ASkinChangesNothing) {
  const Frame frame = spread_frame(8, GetParam().n_species);
  const Model model = random_model(GetParam());
  const std::size_t memory = std::size_t{1} << 28;
  for (kokkos::Mapping mapping : kMappings) {
    if (kokkos::on_device<Space> && mapping != kokkos::Mapping::Many) continue;
    kokkos::Potential<Space> keeps(model), leaves_out(model, memory, 0), in_parts(model, 1, 0);
    for (auto* potential : {&keeps, &leaves_out, &in_parts}) potential->set_mapping(mapping);
    KokkosOptions wide;
    wide.skin = 1.5;
    const Outcome expected = evaluate_kokkos(keeps, frame, wide), got = evaluate_kokkos(leaves_out, frame, wide);
    EXPECT_EQ(got.forces, expected.forces);
    EXPECT_EQ(got.torques, expected.torques);
    EXPECT_EQ(got.virials, expected.virials);
    EXPECT_EQ(got.centroid_virials, expected.centroid_virials);
    EXPECT_EQ(got.uncertainties, expected.uncertainties);
    EXPECT_EQ(got.grades, expected.grades);
    EXPECT_LE(leaves_out.n_walked(), 0.8 * static_cast<double>(keeps.n_walked())) << "nothing was left out";
    expect_same(evaluate_kokkos(in_parts, frame, wide), expected, 1e-13, true);
  }
}

TEST_P(KokkosPotential, SinglePrecisionIsNear) {
  const Model model = random_model(GetParam());
  const Frame frame = spread_frame(3, GetParam().n_species);
  kokkos::Potential<Space, float> potential(model);
  expect_same(evaluate_kokkos(potential, frame), evaluate(Potential(model), frame), 1e-4, true);
}

TEST(KokkosPotentials, CommitteesThatAreOne) {
  Model model = random_model({LocalKind::Networks, RadialBasis::Gto, 1, {kUniaxial}});
  model.joint_committees = true;
  const Frame frame = spread_frame(5, 1);
  kokkos::Potential<Space> potential(model);
  expect_same(evaluate_kokkos(potential, frame), evaluate(Potential(model), frame), 1e-12, true);
}

// Unrolled and beyond.
TEST(KokkosPotentials, EveryDegree) {
  for (int l = 0; l <= std::max(10, kokkos::kCompiledDegreeKokkos + 1); ++l) {
    const Model model = random_model({LocalKind::Linear, RadialBasis::Gto, 1, {}, l});
    const Frame frame = spread_frame(6, 1);
    SCOPED_TRACE(l);
    for (kokkos::Mapping mapping : {kokkos::Mapping::BySize, kokkos::Mapping::Few, kokkos::Mapping::Many}) {
      kokkos::Potential<Space> potential(model);
      potential.set_mapping(mapping);
      expect_same(evaluate_kokkos(potential, frame), evaluate(Potential(model), frame), 1e-11, true);
    }
  }
}

TEST(KokkosPotentials, TheCentreItselfCounts) {
  for (bool subtract : {true, false}) {
    Model model = random_model({});
    model.hypers.subtract_center_contribution = subtract;
    const Frame frame = spread_frame(7, 1);
    kokkos::Potential<Space> potential(model);
    expect_same(evaluate_kokkos(potential, frame), evaluate(Potential(model), frame), 1e-12, true);
  }
}

}  // namespace
}  // namespace anisoap::test
