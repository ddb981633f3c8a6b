// SPDX-License-Identifier: MIT
// Each wrong value gets one error that names it.
#include <functional>
#include <limits>

#include "anisoap/error.hpp"
#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();
const std::array<double, 9> kCell = {6, 0, 0, 0, 6, 0, 0, 0, 6};

template <class Change>
std::string hypers_error(Change&& change) {
  Hypers h = gto(4, 5.0, 1.0);
  change(h);
  return error_of([&] { const Descriptor descriptor(h); });
}

TEST(BadInput, MaxAngularOutOfRange) {
  for (int l : {-1, kMaxAngular + 1})
    expect_error(hypers_error([&](Hypers& h) { h.max_angular = l; }), {"max_angular", std::to_string(l).c_str(), "0 to 24"});
  EXPECT_EQ(hypers_error([](Hypers& h) { h.max_angular = kMaxAngular, h.max_radial = {0}; }), "");
}

TEST(BadInput, MaxRadialOfTheWrongLengthOrSize) {
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {1, 1, 1}; }), {"max_radial", "3 entries", "max_angular + 1 = 5"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {-1}; }), {"max_radial", "-1", ">= 0"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {19}; }), {"max_radial 19", "max_angular 4", "40"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {std::numeric_limits<int>::max()}; }), {"max_radial", "40"});
}

TEST(BadInput, LengthsThatAreNotPositive) {
  for (double v : {0.0, -1.0, kNan, kInfinity}) {
    expect_error(hypers_error([&](Hypers& h) { h.cutoff_radius = v; }), {"cutoff_radius", "> 0"});
    expect_error(hypers_error([&](Hypers& h) { h.radial_gaussian_width = v; }), {"radial_gaussian_width", "> 0"});
  }
}

TEST(BadInput, AWidthWithTheMonomialBasis) {
  expect_error(hypers_error([](Hypers& h) { h.radial_basis = RadialBasis::Monomial; }),
               {"radial_gaussian_width", "got 1", "monomial"});
}

TEST(BadInput, NegativeTolerances) {
  for (double v : {-1e-9, kNan}) {
    expect_error(hypers_error([&](Hypers& h) { h.basis_rcond = v; }), {"basis_rcond"});
    expect_error(hypers_error([&](Hypers& h) { h.basis_tol = v; }), {"basis_tol"});
  }
}

TEST(BadInput, CutoffWidthThatDoesNotFitTheCutoffFunction) {
  expect_error(hypers_error([](Hypers& h) { h.cutoff_width = 1; }), {"cutoff_width", "cutoff_function"});
  for (double v : {0.0, -1.0, 5.1, kNan})
    expect_error(hypers_error([&](Hypers& h) { h.cutoff_function = CutoffFunction::Cosine, h.cutoff_width = v; }),
                 {"cutoff_width", "cutoff_radius = 5"});
}

TEST(BadInput, SpeciesThatAreMissingEmptyOrRepeated) {
  expect_error(hypers_error([](Hypers& h) { h.species = {}; }), {"species", "at least one"});
  expect_error(hypers_error([](Hypers& h) { h.species = {""}; }), {"species", "empty"});
  expect_error(hypers_error([](Hypers& h) { h.species = {"C", "H", "C"}; }), {"species", "repeated"});
}

TEST(BadInput, NamesSuggestTheNearest) {
  expect_error(error_of([] { radial_basis_from_name("gtu"); }), {"radial_basis_name", "'gtu'", "did you mean 'gto'?"});
  expect_error(error_of([] { radial_basis_from_name("monomials"); }), {"did you mean 'monomial'?"});
  expect_error(error_of([] { cutoff_function_from_name("cosin"); }), {"cutoff_function", "'cosin'", "did you mean 'cosine'?"});
  const std::string far = error_of([] { radial_basis_from_name("chebyshev"); });
  expect_error(far, {"'chebyshev'", "'gto' or 'monomial'"});
  EXPECT_EQ(far.find("did you mean"), std::string::npos) << far;
}

// Error of a batch that holds one good frame when the changed one is added.
template <class Change>
std::string frame_error(Change&& change, std::size_t n = 20) {
  const Basis basis(gto(2, 3.0, 1.0));
  FrameBatch batch(basis, 2);
  batch.count_frames_from(6);
  const Frame good = random_frame(61, 3, kCell, {true, true, true}, 1);
  batch.add(good.view());
  Frame bad = random_frame(62, n, kCell, {true, true, true}, 1);
  change(bad);
  return error_of([&] { batch.add(bad.view()); });
}

TEST(BadInput, CutoffsOfABatch) {
  for (double cutoff : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_NE(error_of([&] { FrameBatch(TableRules{}, cutoff); }).find("cutoff"), std::string::npos) << cutoff;
}

TEST(BadInput, ParticlesThatAreNotFinite) {
  for (double v : {kNan, kInfinity, -kInfinity})
    for (std::size_t n : {5u, 20u}) {
      expect_error(frame_error([&](Frame& f) { f.positions[3 * 4 + 1] = v; }, n),
                   {"frame 7, particle 4: position is not finite"});
      expect_error(frame_error([&](Frame& f) { f.quaternions[4 * 3 + 2] = v; }, n),
                   {"frame 7, particle 3: quaternion is not finite"});
      expect_error(frame_error([&](Frame& f) { f.diameters[3 * 2] = v; }, n), {"frame 7, particle 2: diameter"});
    }
}

TEST(BadInput, ZeroQuaternionsAndDiametersThatAreNotPositive) {
  expect_error(frame_error([](Frame& f) { std::fill_n(&f.quaternions[4 * 3], 4, 0.0); }),
               {"particle 3: quaternion is zero", "(0, 0, 0, 0)", "(w, x, y, z)"});
  for (double v : {0.0, -1.0})
    expect_error(frame_error([&](Frame& f) { f.diameters[3 * 2 + 2] = v; }), {"particle 2: diameter is zero, negative", "> 0"});
}

TEST(BadInput, UnknownSpecies) {
  for (int s : {-1, 1}) expect_error(frame_error([&](Frame& f) { f.species[4] = s; }), {"particle 4: species is unknown"});
}

TEST(BadInput, TheFirstFaultyParticleIsNamed) {
  expect_error(frame_error([](Frame& f) { f.species[9] = f.species[14] = 7, f.diameters[3 * 5] = 0; }), {"particle 5: diameter"});
}

TEST(BadInput, CellsThatAreNotFiniteOrSpanNoVolume) {
  for (double v : {kNan, kInfinity}) expect_error(frame_error([&](Frame& f) { f.cell[4] = v; }), {"frame 7, cell", "finite"});
  expect_error(frame_error([](Frame& f) { f.cell[3] = 6, f.cell[4] = 0; }), {"frame 7, cell", "independent"});
  expect_error(frame_error([](Frame& f) { f.cell[6] = f.cell[7] = f.cell[8] = 0; }), {"frame 7, cell"});
  expect_error(frame_error([](Frame& f) { f.cell[8] = kNan, f.periodic[2] = false; }), {"frame 7, cell", "finite"});
  expect_error(frame_error([](Frame& f) { f.cell = {1e200, 0, 0, 0, 1e200, 0, 0, 0, 1e200}; }), {"frame 7, cell", "finite"});
}

TEST(BadInput, PositionsTooFarAwayToKeepDigits) {
  expect_error(frame_error([](Frame& f) { f.positions[3 * 4] = 1e12; }), {"particle 4: position", "10^7"});
}

TEST(BadInput, CellsSoSmallThatImagesCannotBeCounted) {
  expect_error(frame_error([](Frame& f) { f.cell = {1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3}; }, 3), {"cutoff_radius"});
}

TEST(BadInput, DiametersOutOfAllProportionToTheBasis) {
  expect_error(frame_error([](Frame& f) { f.diameters[3 * 2] = 1e200; }), {"particle 2: diameter", "1e+200"});
}

TEST(BadInput, DescriptorsThatOverflowNameTheParticle) {
  Frame frame = random_frame(64, 3, kCell, {true, true, true}, 1);
  frame.diameters[3] = 1e140;
  const std::string text = error_of([&] { rows_of(Descriptor(monomial(6, 3.0)), frame, Quantity::PowerSpectrum); });
  expect_error(text, {"descriptor of particle", "overflow", "basis length 3"});
}

TEST(BadInput, WidthsWhosePowersOverflow) {
  for (double width : {1e-300, 1e300})
    expect_error(hypers_error([&](Hypers& h) { h.radial_gaussian_width = width; }), {"radial_gaussian_width", "finite"});
}

// Power spectra have the unit 1 / volume.
TEST(Invariance, AnyUnitOfLengthGivesTheSameNumbers) {
  const Frame frame = random_frame(65, 5, kCell, {true, true, true}, 1);
  Hypers hypers = gto(24, 3.0, 1.0);
  hypers.basis_tol = 1.0;
  const auto expected = rows_of(Descriptor(hypers), frame, Quantity::PowerSpectrum);
  for (double unit : {1e-9, 1e9}) {
    Frame scaled = frame;
    for (auto* values : {&scaled.positions, &scaled.diameters})
      for (double& v : *values) v *= unit;
    for (double& v : scaled.cell) v *= unit;
    hypers.cutoff_radius = 3.0 * unit;
    hypers.radial_gaussian_width = unit;
    auto rows = rows_of(Descriptor(hypers), scaled, Quantity::PowerSpectrum);
    for (double& v : rows) v *= unit * unit * unit;
    EXPECT_LE(relative_difference(rows, expected), 1e-9) << unit;
  }
}

TEST(BadInput, ShapesOfExtremeSizeStayFinite) {
  for (double size : {1e-8, 1e-3, 1e3, 1e6}) {
    Frame frame = random_frame(63, 6, kCell, {true, true, true}, 1);
    for (std::size_t k = 0; k < frame.diameters.size(); k += 2) frame.diameters[k] = size;
    for (double v : rows_of(Descriptor(gto(6, 3.0, 1.0)), frame, Quantity::PowerSpectrum)) ASSERT_TRUE(std::isfinite(v)) << size;
  }
}

// Argument, got, expected and hint of the error that a call throws.
template <class Call>
std::array<std::string, 4> parts_of(Call&& call) {
  try {
    call();
  } catch (const ArgumentError& e) {
    const std::string hint = e.hint().empty() ? "" : ", " + e.hint();
    EXPECT_EQ("anisoap: " + e.argument() + ", got " + e.got() + "; expected " + e.expected() + hint, e.what());
    return {e.argument(), e.got(), e.expected(), e.hint()};
  }
  return {};
}

TEST(BadInput, AnErrorHasItsPartsBesideTheText) {
  using Parts = std::array<std::string, 4>;
  EXPECT_EQ(parts_of([] { radial_basis_from_name("gtoo"); }),
            (Parts{"radial_basis_name", "'gtoo'", "'gto' or 'monomial'", "did you mean 'gto'?"}));
  EXPECT_EQ(parts_of([] { radial_basis_from_name("plane waves"); }),
            (Parts{"radial_basis_name", "'plane waves'", "'gto' or 'monomial'", ""}));
  Frame frame = random_frame(7, 3, kCell, {true, true, true}, 1);
  frame.cell[4] = kNan;
  const Descriptor descriptor(gto(2, 4.0, 1.0));
  FrameBatch batch(descriptor.basis(), 1);
  batch.count_frames_from(6);
  EXPECT_EQ(parts_of([&] { batch.add(frame.view()); }), (Parts{"frame 6, cell", "nan", "finite cell vectors", ""}));
}

}  // namespace
}  // namespace anisoap::test
