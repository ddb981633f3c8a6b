// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "anisoap/basis.hpp"
#include "support/compare.hpp"
#include "support/errors.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

// Integral of r^2 R_p R_q by Simpson's rule.
double integrated_overlap(const Hypers& h, int p, int q) {
  const bool is_gto = h.radial_basis == RadialBasis::Gto;
  const double end = is_gto ? 12 * h.radial_gaussian_width : h.cutoff_radius;
  const int n = 4000;
  double sum = 0;
  for (int k = 0; k <= n; ++k) {
    const double r = end * k / n, window = is_gto ? std::exp(-std::pow(r / h.radial_gaussian_width, 2)) : 1.0;
    sum += (k == 0 || k == n ? 1 : (k % 2 ? 4 : 2)) * std::pow(r, p + q + 2) * window;
  }
  return sum * end / n / 3 * radial_norm(h, p) * radial_norm(h, q);
}

TEST(Radial, NormsAndOverlapsAreTheIntegrals) {
  for (const Hypers& h : {gto(6, 5.0, 1.3), monomial(6, 4.5)})
    for (int p : {0, 1, 4, 9})
      for (int q : {p, p + 2, p + 6}) EXPECT_NEAR(integrated_overlap(h, p, q), radial_overlap(h, p, q), 1e-9) << p << " " << q;
}

// Of every basis in the list.
TEST(Radial, AFunctionOverlapsItselfByOne) {
  for (const std::string& name : radial_basis_names()) {
    Hypers h = monomial(6, 4.5);
    h.radial_basis = radial_basis_from_name(name);
    EXPECT_EQ(name_of(h.radial_basis), name);
    for (int q = 0; q <= kMaxDegree; ++q) EXPECT_NEAR(radial_overlap(h, q, q), 1.0, 1e-14) << name << " " << q;
  }
  EXPECT_EQ(radial_basis_from_name("gto"), RadialBasis::Gto);
  EXPECT_EQ(radial_basis_from_name("monomial"), RadialBasis::Monomial);
}

TEST(Radial, OrthonormaliserTurnsTheOverlapIntoTheIdentity) {
  for (Hypers h : {gto(8, 5.0, 1.3), monomial(8, 4.5)})
    for (int n_max : {0, 2, 4}) {
      h.max_radial = {n_max};
      for (int l : {0, 3, 8}) {
        const auto x = radial_orthonormalizer(h, l);
        const auto n = static_cast<std::size_t>(n_max) + 1;
        ASSERT_EQ(x.size(), n * n);
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < n; ++j) {
            double v = 0;
            for (std::size_t a = 0; a < n; ++a)
              for (std::size_t b = 0; b < n; ++b)
                v += x[a * n + i] * radial_overlap(h, l + 2 * static_cast<int>(a), l + 2 * static_cast<int>(b)) * x[b * n + j];
            // Round-off grows with the inverse of the smallest eigenvalue, |X|^2.
            EXPECT_NEAR(v, i == j ? 1.0 : 0.0, 1e-14 * std::pow(largest(x), 2));
          }
      }
    }
}

TEST(Radial, CountsFollowMaxRadial) {
  Hypers h = gto(5, 4.0, 1.0);
  EXPECT_EQ(h.num_radial(), (std::vector<int>{3, 3, 2, 2, 1, 1}));
  EXPECT_EQ(h.degree(), 5);
  h.max_radial = {2};
  EXPECT_EQ(h.num_radial(), (std::vector<int>{3, 3, 3, 3, 3, 3}));
  EXPECT_EQ(h.degree(), 9);
  h.max_radial = {0, 4, 0, 1, 2, 0};
  EXPECT_EQ(h.num_radial(), (std::vector<int>{1, 5, 1, 2, 3, 1}));
  EXPECT_EQ(h.degree(), 9);
}

TEST(Radial, ADegenerateOverlapNamesTheAngularNumberAndWhatToRaise) {
  Hypers h = gto(0, 4.0, 1.0);
  h.max_radial = {5};
  h.basis_rcond = 1e-3;
  expect_error(error_of([&] { const Basis basis(h); }), {"l = 0", "6 functions", "basis_tol", "basis_rcond"});
}

TEST(Radial, AnOverlapWithoutPrecisionLeftIsRefusedUnlessRcondDropsIt) {
  for (Hypers h : {gto(0, 4.0, 1.0), monomial(0, 4.0)}) {
    h.max_radial = {20};
    expect_error(error_of([&] { const Basis basis(h); }), {"l = 0", "21 functions"});
    h.basis_rcond = 1e-8;
    h.basis_tol = 1e-3;
    EXPECT_EQ(error_of([&] { const Basis basis(h); }), "");
  }
}

TEST(Radial, RcondDropsWhatMakesTheOverlapDegenerate) {
  Hypers h = monomial(0, 4.0);
  h.max_radial = {20};
  h.basis_rcond = 1e-8;
  h.basis_tol = 1e-3;
  EXPECT_LE(worst(0, largest(radial_orthonormalizer(h, 0))), 1.1e4);
}

}  // namespace
}  // namespace anisoap::test
