// SPDX-License-Identifier: MIT
#include "anisoap/detail/contraction.hpp"

#include <gtest/gtest.h>

#include <random>

#include "basis/solid_harmonics.hpp"
#include "detail/lanes.hpp"
#include "support/compare.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

template <class T>
class ContractionOf : public ::testing::Test {};
TYPED_TEST_SUITE(ContractionOf, Numbers);

// Scaled moments of a unit mass at x, basis units.
std::vector<double> point_moments(const double x[3], int degree) {
  std::vector<double> m(static_cast<std::size_t>(detail::moment_count(degree)));
  for (int a = 0; a <= degree; ++a)
    for (int b = 0; a + b <= degree; ++b)
      for (int c = 0; a + b + c <= degree; ++c)
        m[static_cast<std::size_t>(detail::moment_index(a, b, c))] =
            std::pow(x[0], a) * std::pow(x[1], b) * std::pow(x[2], c) /
            (std::tgamma(a + 1.0) * std::tgamma(b + 1.0) * std::tgamma(c + 1.0));
  return m;
}

// Coefficients of a point mass are the orthonormalised basis functions there; order l, m, n.
std::vector<double> basis_functions(const Hypers& h, double unit, const double x[3]) {
  const double length[3] = {unit * x[0], unit * x[1], unit * x[2]};
  const double r2 = length[0] * length[0] + length[1] * length[1] + length[2] * length[2];
  const auto harmonics = solid_harmonics(h.max_angular);
  std::vector<double> out;
  for (int l = 0; l <= h.max_angular; ++l) {
    const auto n_l = static_cast<std::size_t>(h.num_radial()[static_cast<std::size_t>(l)]);
    const auto loewdin = radial_orthonormalizer(h, l);
    for (const Polynomial& p : harmonics[static_cast<std::size_t>(l)]) {
      long double y = 0;
      for (const auto& [e, v] : p) y += v * std::pow(length[0], e[0]) * std::pow(length[1], e[1]) * std::pow(length[2], e[2]);
      for (std::size_t n = 0; n < n_l; ++n) {
        double sum = 0;
        for (std::size_t k = 0; k < n_l; ++k)
          sum += radial_norm(h, l + 2 * static_cast<int>(k)) * std::pow(r2, static_cast<double>(k)) * loewdin[k * n_l + n];
        out.push_back(sum * static_cast<double>(y));
      }
    }
  }
  return out;
}

TYPED_TEST(ContractionOf, APointMassGivesTheBasisFunctions) {
  for (const Hypers& h : {gto(6, 5.0, 1.3, 2), monomial(5, 4.5, 2)}) {
    const Basis basis(h);
    const double x[3] = {0.5, -0.3, 0.4};
    const auto moments = point_moments(x, basis.degree());
    constexpr int stride = 3;
    std::vector<TypeParam> sums(moments.size() * stride, TypeParam(std::nan("")));
    for (std::size_t k = 0; k < moments.size(); ++k) sums[k * stride] = TypeParam(moments[k]);
    std::vector<TypeParam> c(static_cast<std::size_t>(basis.n_coefficients()), TypeParam(-5.0));
    detail::contract(basis.view(), detail::StridedRow<const TypeParam>{sums.data(), stride}, 1, c.data());
    std::vector<double> got;
    for (std::size_t k = 0; k < c.size(); ++k) {
      const double v = Lanes<TypeParam>::get(c[k], Lanes<TypeParam>::count - 1);
      if (k % 2) got.push_back(v);
      else EXPECT_EQ(v, -5.0) << "the other species is touched";
    }
    EXPECT_LE(relative_difference(got, basis_functions(h, basis.length(), x)), 1000 * kEpsilon<TypeParam>);
  }
}

// p of one centre by the definition, all entries; a = n * n_species + s.
std::vector<double> naive_power(const Basis& basis, const std::vector<double>& c) {
  std::vector<double> out;
  std::size_t start = 0;
  for (std::size_t l = 0; l < basis.num_radial().size(); ++l) {
    const std::size_t n = static_cast<std::size_t>(basis.num_radial()[l]) * basis.hypers().species.size();
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) {
        double v = 0;
        for (std::size_t m = 0; m < 2 * l + 1; ++m) v += c[start + m * n + a] * c[start + m * n + b];
        out.push_back((l % 2 ? -v : v) / std::sqrt(2 * static_cast<double>(l) + 1));
      }
    start += (2 * l + 1) * n;
  }
  return out;
}

TYPED_TEST(ContractionOf, PowerSpectrumIsTheSumOverM) {
  const Basis basis(gto(5, 5.0, 1.3, 2));
  std::mt19937 generator(7);
  std::normal_distribution<double> normal;
  std::vector<double> values(static_cast<std::size_t>(basis.n_coefficients()));
  std::vector<TypeParam> c;
  for (double& v : values) c.emplace_back(TypeParam(v = static_cast<float>(normal(generator))));
  const auto expected = naive_power(basis, values);
  std::vector<TypeParam> p(expected.size(), TypeParam(std::nan("")));
  detail::power_spectrum<false>(basis.view(), basis.power_scale().data(), c.data(), p.data());
  std::vector<double> got;
  for (const TypeParam& v : p) got.push_back(Lanes<TypeParam>::get(v, 0));
  EXPECT_LE(relative_difference(got, expected), 16 * kEpsilon<TypeParam>);
}

template <class T>
std::vector<T> random_numbers(std::mt19937& generator, std::size_t n) {
  std::normal_distribution<double> normal;
  std::vector<T> out;
  for (std::size_t k = 0; k < n; ++k) out.emplace_back(T(normal(generator)));
  return out;
}

template <class T>
double dot(const std::vector<T>& a, const std::vector<T>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += Lanes<T>::get(a[k], 0) * Lanes<T>::get(b[k], 0);
  return sum;
}

// b . (T S) = (T^T b) . S for each species.
TYPED_TEST(ContractionOf, TheAdjointTransposesTheContraction) {
  const Basis basis(gto(5, 5.0, 1.3, 2));
  const auto n = static_cast<std::size_t>(basis.n_moments()), n_c = static_cast<std::size_t>(basis.n_coefficients());
  for (int species : {0, 1}) {
    std::mt19937 generator(11);
    const auto sums = random_numbers<TypeParam>(generator, n), adjoint = random_numbers<TypeParam>(generator, n_c);
    std::vector<TypeParam> coefficients(n_c, TypeParam(0.0)), polynomial(n, TypeParam(std::nan("")));
    detail::contract(basis.view(), sums.data(), species, coefficients.data());
    detail::contract_adjoint(basis.view(), adjoint.data(), species, polynomial.data());
    const double expected = dot(adjoint, coefficients);
    EXPECT_GE(std::fabs(expected), 0.1) << "nothing to compare";
    EXPECT_NEAR(dot(polynomial, sums), expected, 1e5 * kEpsilon<TypeParam>);
  }
}

// The symmetric power spectrum is quadratic: p(c + t) - p(c - t) = 2 dp(c; t), and g . dp(c; t) = adjoint(g, c) . t.
TYPED_TEST(ContractionOf, TangentAndAdjointAreTheDerivativeOfThePowerSpectrum) {
  const Basis basis(gto(5, 5.0, 1.3, 2));
  const auto n_c = static_cast<std::size_t>(basis.n_coefficients());
  const std::size_t n_p = Descriptor(basis.hypers()).row_length(Quantity::SymmetricPowerSpectrum);
  const double* scale = basis.power_scale().data();
  std::mt19937 generator(12);
  const auto c = random_numbers<TypeParam>(generator, n_c), t = random_numbers<TypeParam>(generator, n_c),
             g = random_numbers<TypeParam>(generator, n_p);
  std::vector<double> centre;
  std::vector<TypeParam> up, down, p_up(n_p), p_down(n_p), tangent(n_p, TypeParam(std::nan(""))),
      adjoint(n_c, TypeParam(std::nan("")));
  for (std::size_t k = 0; k < n_c; ++k) {
    centre.push_back(Lanes<TypeParam>::get(c[k], 0));
    up.push_back(c[k] + t[k]);
    down.push_back(c[k] - t[k]);
  }
  detail::power_spectrum<true>(basis.view(), scale, up.data(), p_up.data());
  detail::power_spectrum<true>(basis.view(), scale, down.data(), p_down.data());
  detail::power_spectrum_tangent(basis.view(), scale, centre.data(), t.data(), tangent.data());
  detail::power_spectrum_adjoint(basis.view(), scale, g.data(), c.data(), adjoint.data());
  std::vector<double> got, expected;
  for (std::size_t f = 0; f < n_p; ++f) {
    got.push_back(Lanes<TypeParam>::get(tangent[f], 0));
    expected.push_back(0.5 * (Lanes<TypeParam>::get(p_up[f], 0) - Lanes<TypeParam>::get(p_down[f], 0)));
  }
  EXPECT_LE(relative_difference(got, expected), 64 * kEpsilon<TypeParam>);
  EXPECT_NEAR(dot(adjoint, t), dot(g, tangent), 1e4 * kEpsilon<TypeParam>);
  EXPECT_GE(std::fabs(dot(g, tangent)), 0.1) << "nothing to compare";
}

TEST(Contraction, SymmetricStorageKeepsInnerProducts) {
  const Descriptor descriptor(gto(4, 5.0, 1.3, 2));
  const Frame frame = random_frame(3, 5, {5, 0, 0, 1, 6, 0, 0, 1, 5}, {true, true, true}, 2);
  const auto full = rows_of(descriptor, frame, Quantity::PowerSpectrum),
             upper = rows_of(descriptor, frame, Quantity::SymmetricPowerSpectrum);
  const std::size_t n_full = descriptor.row_length(Quantity::PowerSpectrum),
                    n_upper = descriptor.row_length(Quantity::SymmetricPowerSpectrum);
  for (std::size_t i = 0; i < frame.size(); ++i)
    for (std::size_t j = 0; j < frame.size(); ++j) {
      double a = 0, b = 0;
      for (std::size_t k = 0; k < n_full; ++k) a += full[i * n_full + k] * full[j * n_full + k];
      for (std::size_t k = 0; k < n_upper; ++k) b += upper[i * n_upper + k] * upper[j * n_upper + k];
      EXPECT_LE(worst(0, std::fabs(a - b)), 1e-13 * std::fabs(a));
    }
}

TEST(Contraction, LabelsSayWhichCoefficientsAColumnMultiplies) {
  const Descriptor descriptor(gto(3, 5.0, 1.3, 2));
  const Frame frame = random_frame(4, 3, {6, 0, 0, 0, 6, 0, 0, 0, 6}, {false, false, false}, 2);
  const auto c = rows_of(descriptor, frame, Quantity::Coefficients);
  const auto names = descriptor.labels(Quantity::Coefficients);
  ASSERT_EQ(names.size() * frame.size(), c.size());
  for (Quantity quantity : {Quantity::PowerSpectrum, Quantity::SymmetricPowerSpectrum}) {
    const auto p = rows_of(descriptor, frame, quantity);
    const auto labels = descriptor.labels(quantity);
    ASSERT_EQ(labels.size(), descriptor.row_length(quantity));
    for (std::size_t f = 0; f < labels.size(); ++f) {
      const Label& label = labels[f];
      double v = 0;
      for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < names.size(); ++j)
          if (names[i].l == label.l && names[j].l == label.l && names[i].m == names[j].m && names[i].n == label.n &&
              names[i].species == label.species && names[j].n == label.n2 && names[j].species == label.species2)
            v += c[i] * c[j];
      const bool twice = quantity == Quantity::SymmetricPowerSpectrum && (label.n != label.n2 || label.species != label.species2);
      EXPECT_NEAR(p[f], (label.l % 2 ? -v : v) / std::sqrt(2.0 * label.l + 1) * (twice ? std::sqrt(2.0) : 1.0),
                  1e-13 * largest(p));
    }
  }
}

}  // namespace
}  // namespace anisoap::test
