// SPDX-License-Identifier: MIT
// Each wrong hyperparameter gets one error that names it.
#include <limits>

#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();

template <class Change>
std::string hypers_error(Change&& change) {
  Hypers h = gto(4, 5.0, 1.0);
  change(h);
  return error_of([&] { const Descriptor descriptor(h); });
}

TEST(BadHypers, MaxAngularOutOfRange) {
  for (int l : {-1, kMaxAngular + 1})
    expect_error(hypers_error([&](Hypers& h) { h.max_angular = l; }), {"max_angular", std::to_string(l).c_str(), "0 to 24"});
  EXPECT_EQ(hypers_error([](Hypers& h) { h.max_angular = kMaxAngular, h.max_radial = {0}; }), "");
}

TEST(BadHypers, MaxRadialOfTheWrongLengthOrSize) {
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {1, 1, 1}; }), {"max_radial", "3 entries", "max_angular + 1 = 5"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {-1}; }), {"max_radial", "-1", ">= 0"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {19}; }), {"max_radial 19", "max_angular 4", "40"});
  expect_error(hypers_error([](Hypers& h) { h.max_radial = {std::numeric_limits<int>::max()}; }), {"max_radial", "40"});
}

TEST(BadHypers, LengthsThatAreNotPositive) {
  for (double v : {0.0, -1.0, kNan, kInfinity}) {
    expect_error(hypers_error([&](Hypers& h) { h.cutoff_radius = v; }), {"cutoff_radius", "> 0"});
    expect_error(hypers_error([&](Hypers& h) { h.radial_gaussian_width = v; }), {"radial_gaussian_width", "> 0"});
  }
}

TEST(BadHypers, AWidthWithTheMonomialBasis) {
  expect_error(hypers_error([](Hypers& h) { h.radial_basis = RadialBasis::Monomial; }),
               {"radial_gaussian_width", "got 1", "monomial"});
}

TEST(BadHypers, ARadialBasisThatIsNone) {
  for (int number : {-1, 7})
    expect_error(hypers_error([&](Hypers& h) { h.radial_basis = static_cast<RadialBasis>(number); }),
                 {"radial_basis", "a number"});
}

TEST(BadHypers, NegativeTolerances) {
  for (double v : {-1e-9, kNan}) {
    expect_error(hypers_error([&](Hypers& h) { h.basis_rcond = v; }), {"basis_rcond"});
    expect_error(hypers_error([&](Hypers& h) { h.basis_tol = v; }), {"basis_tol"});
  }
}

TEST(BadHypers, CutoffWidthThatDoesNotFitTheCutoffFunction) {
  expect_error(hypers_error([](Hypers& h) { h.cutoff_width = 1; }), {"cutoff_width", "cutoff_function"});
  for (double v : {0.0, -1.0, 5.1, kNan})
    expect_error(hypers_error([&](Hypers& h) { h.cutoff_function = CutoffFunction::Cosine, h.cutoff_width = v; }),
                 {"cutoff_width", "cutoff_radius = 5"});
}

TEST(BadHypers, SpeciesThatAreMissingEmptyOrRepeated) {
  expect_error(hypers_error([](Hypers& h) { h.species = {}; }), {"species", "at least one"});
  expect_error(hypers_error([](Hypers& h) { h.species = {""}; }), {"species", "empty"});
  expect_error(hypers_error([](Hypers& h) { h.species = {"C", "H", "C"}; }), {"species", "repeated"});
}

TEST(BadHypers, NamesSuggestTheNearest) {
  expect_error(error_of([] { radial_basis_from_name("gtu"); }), {"radial_basis_name", "'gtu'", "did you mean 'gto'?"});
  expect_error(error_of([] { radial_basis_from_name("monomials"); }), {"did you mean 'monomial'?"});
  expect_error(error_of([] { cutoff_function_from_name("cosin"); }), {"cutoff_function", "'cosin'", "did you mean 'cosine'?"});
  const std::string far = error_of([] { radial_basis_from_name("chebyshev"); });
  expect_error(far, {"'chebyshev'", "'gto' or 'monomial'"});
  EXPECT_EQ(far.find("did you mean"), std::string::npos) << far;
}

TEST(BadHypers, WidthsWhosePowersOverflow) {
  for (double width : {1e-300, 1e300})
    expect_error(hypers_error([&](Hypers& h) { h.radial_gaussian_width = width; }), {"radial_gaussian_width", "finite"});
}

TEST(BadHypers, ErrorsUseTheCallersNames) {
  const HypersNames names = {"lmax", "nmax", "CUTOFF", "sigma", "taper", "taper W"};
  const auto named = [&](auto&& change) {
    Hypers h = gto(4, 5.0, 1.0);
    change(h);
    return error_of([&] { const Descriptor descriptor(h, true, "", true, names); });
  };
  EXPECT_EQ(named([](Hypers& h) { h.max_angular = 25; }), "anisoap: lmax, got 25; expected an integer from 0 to 24");
  EXPECT_EQ(named([](Hypers& h) {
              h.max_radial = {1, 1, 1};
            }),
            "anisoap: nmax, got 3 entries; expected one number, or lmax + 1 = 5 of them");
  EXPECT_EQ(named([](Hypers& h) { h.max_radial = {19}; }),
            "anisoap: lmax and nmax, got nmax 19 at lmax 4; expected l + 2 nmax <= 40 for each l");
  EXPECT_EQ(named([](Hypers& h) { h.cutoff_radius = 0; }), "anisoap: CUTOFF, got 0; expected a finite length > 0");
  EXPECT_EQ(named([](Hypers& h) { h.cutoff_width = 1; }), "anisoap: taper W, got 1; expected none without a taper");
  EXPECT_EQ(named([](Hypers& h) { h.cutoff_function = CutoffFunction::Cosine, h.cutoff_width = 6; }),
            "anisoap: taper W, got 6; expected a width > 0 and <= CUTOFF = 5 with taper cosine");
  expect_error(named([](Hypers& h) { h.radial_gaussian_width = 1e300; }), {"anisoap: sigma, got 1e+300"});
  expect_error(named([](Hypers& h) { h.max_radial = {12}; }), {"degenerate", "; lower nmax, raise basis_tol"});
}

}  // namespace
}  // namespace anisoap::test
