// SPDX-License-Identifier: MIT
#include "anisoap/detail/pair_polynomial.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "anisoap/monomials.hpp"
#include "detail/lanes.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

// The invariants of orientation of two bodies, by their degrees in the cosines: A, B, T 2, X 3, AB 4.
struct Bodies {
  const char* name;
  detail::PairForm form;
  std::vector<int> degrees;
  bool one_axis;  // at most one each: X stands once at most
};

detail::PairForm form_of(int n, int m, bool alike) { return {{n, m}, {0, 0}, alike, 1.3}; }

const std::vector<Bodies> kBodies = {
    {"spheres alike", form_of(0, 0, true), {}, true},
    {"uniaxial alike", form_of(1, 1, true), {2, 4, 3, 2}, true},
    {"biaxial alike", form_of(3, 3, true), {2, 2, 2, 4, 3, 2, 4, 3, 2, 4, 3, 2, 4, 3, 2, 4, 3, 2, 4, 3, 2}, false},
    {"two spheres", form_of(0, 0, false), {}, true},
    {"sphere, uniaxial", form_of(0, 1, false), {2}, true},
    {"biaxial, sphere", form_of(3, 0, false), {2, 2, 2}, false},
    {"two uniaxial", form_of(1, 1, false), {2, 2, 3, 2}, true},
    {"uniaxial, biaxial", form_of(1, 3, false), {2, 2, 2, 2, 3, 2, 3, 2, 3, 2}, false},
    {"two biaxial", form_of(3, 3, false), {2, 2, 2, 2, 2, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2}, false}};

using Exponents = std::vector<int>;  // of each invariant

// All exponents of invariants a, a + 1, ... that `left` allows, after those given.
void enumerate(const Bodies& bodies, int left, const Exponents& given, std::vector<Exponents>& out) {
  const std::size_t a = given.size();
  if (a == bodies.degrees.size()) {
    out.push_back(given);
    return;
  }
  for (int e = 0; e * bodies.degrees[a] <= left; ++e) {
    if (e > 1 && bodies.one_axis && bodies.degrees[a] == 3) break;
    Exponents more = given;
    more.push_back(e);
    enumerate(bodies, left - e * bodies.degrees[a], more, out);
  }
}

int n_factors(const Exponents& e) { return std::accumulate(e.begin(), e.end(), 0); }

// In the order of the weights: by the number of factors, then by the factors in order.
std::vector<Exponents> exponents(const Bodies& bodies, int degree) {
  std::vector<Exponents> out;
  enumerate(bodies, degree, {}, out);
  std::sort(out.begin(), out.end(), [](const Exponents& a, const Exponents& b) {
    return n_factors(a) != n_factors(b) ? n_factors(a) < n_factors(b) : a > b;
  });
  return out;
}

TEST(PairPolynomial, MonomialsAreAllOfTheDegreeInOrder) {
  for (const Bodies& bodies : kBodies)
    for (int degree = 0; degree <= (bodies.degrees.size() > 10 ? 5 : 9); ++degree) {
      SCOPED_TRACE(bodies.name + std::string(", degree ") + std::to_string(degree));
      ASSERT_EQ(detail::pair_inputs(bodies.form), detail::kRadialInputs + static_cast<int>(bodies.degrees.size()));
      const Monomials tree(bodies.form, degree);
      std::vector<Exponents> got(tree.size(), Exponents(bodies.degrees.size()));
      for (std::size_t m = 1; m < tree.size(); ++m) {
        ASSERT_LT(tree.parent[m], static_cast<int>(m));
        got[m] = got[static_cast<std::size_t>(tree.parent[m])];
        ++got[m][static_cast<std::size_t>(tree.factor[m])];
      }
      EXPECT_EQ(got, exponents(bodies, degree));
    }
}

TEST(PairPolynomial, NumbersOfMonomials) {
  const auto n = [](int a, int b, bool alike, int degree) { return Monomials(form_of(a, b, alike), degree).size(); };
  EXPECT_EQ(n(1, 1, true, 12), 72u);
  EXPECT_EQ(n(1, 1, false, 12), 119u);  // 84 without X, 35 with it
  for (int degree : {0, 1, 12, 64})
    for (bool alike : {true, false}) EXPECT_EQ(n(0, 0, alike, degree), 1u);
  EXPECT_EQ(n(0, 1, false, 5), 3u);
  EXPECT_EQ(n(3, 0, false, 4), 10u);
  EXPECT_EQ(n(1, 3, false, 4), 39u);
  EXPECT_EQ(n(3, 3, true, 4), 67u);
  EXPECT_EQ(n(3, 3, false, 4), 145u);
  EXPECT_GT(n(3, 3, true, 64), kMostMonomials);
}

// Powers of every size, few and as many as there may be.
const std::vector<std::vector<int>> kPowers = {{1}, {2, 3, 7, 12}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 32, 64}};

struct Case {
  Bodies bodies;
  PairPolynomial polynomial;
  double u;
  std::vector<double> z;
};

Case case_of(const Bodies& bodies, const std::vector<int>& powers, double u) {
  Random random(31);
  Case out{bodies, {powers, bodies.degrees.size() > 4 ? 4 : 12, {}}, u, {}};
  out.polynomial.weights = random.normals(powers.size() * exponents(bodies, out.polynomial.degree).size());
  out.z = random.uniforms(bodies.degrees.size(), -1.1, 1.1);
  return out;
}

// Value, slopes by u and the invariants of orientation, and the sum of the absolute terms of each.
struct Plain {
  double value = 0, by_u = 0, of_value = 0, of_slopes = 0;
  std::vector<double> by_z;
};

double power(double x, int n) { return n == 0 ? 1 : std::pow(x, n); }

Plain plain(const Case& c) {
  Plain out;
  out.by_z.resize(c.z.size());
  const double* weight = c.polynomial.weights.data();
  for (const Exponents& e : exponents(c.bodies, c.polynomial.degree))
    for (int n : c.polynomial.powers) {
      double z = 1;
      for (std::size_t a = 0; a < e.size(); ++a) z *= power(c.z[a], e[a]);
      const double term = *weight * power(c.u, n) * z, by_u = *weight * n * power(c.u, n - 1) * z;
      out.value += term;
      out.by_u += by_u;
      out.of_value += std::fabs(term);
      out.of_slopes += std::fabs(by_u);
      for (std::size_t a = 0; a < e.size(); ++a) {
        if (e[a] == 0) continue;
        double others = e[a] * power(c.z[a], e[a] - 1);
        for (std::size_t b = 0; b < e.size(); ++b)
          if (b != a) others *= power(c.z[b], e[b]);
        out.by_z[a] += *weight * power(c.u, n) * others;
        out.of_slopes += std::fabs(*weight * power(c.u, n) * others);
      }
      ++weight;
    }
  EXPECT_EQ(weight, c.polynomial.weights.data() + c.polynomial.weights.size());
  return out;
}

// The last lane's; the others get other numbers. slopes: by u, then by the invariants of orientation.
struct Result {
  double value;
  std::vector<double> slopes;
};

template <class T>
Result result_of(const Case& c) {
  const PolynomialTables tables(c.bodies.form, c.polynomial);
  const detail::PairPolynomialView view = tables.view();
  if (c.polynomial.weights.size() != tables.monomials().size() * c.polynomial.powers.size())
    return {std::nan(""), std::vector<double>(1 + c.z.size(), std::nan(""))};
  const int last = Lanes<T>::count - 1;
  detail::PairInvariants<T> v;
  for (T& x : v.inputs) x = T(std::nan(""));
  for (int lane = 0; lane <= last; ++lane) {
    Lanes<T>::set(v.u, lane, lane == last ? c.u : 0.7);
    for (std::size_t a = 0; a < c.z.size(); ++a)
      Lanes<T>::set(v.inputs[detail::kRadialInputs + a], lane, lane == last ? c.z[a] : 0.4);
  }
  std::vector<T> work(static_cast<std::size_t>(detail::polynomial_workspace(view)) + 1, T(std::nan("")));
  const auto n = static_cast<std::size_t>(detail::pair_inputs(c.bodies.form));
  std::vector<T> slope(n + 1, T(std::nan("")));
  work.back() = slope.back() = T(-5.0);
  const T value = detail::pair_polynomial(view, c.bodies.form, v, slope.data(), work.data());
  EXPECT_EQ(Lanes<T>::get(work.back(), last), -5) << "beyond the workspace";
  EXPECT_EQ(Lanes<T>::get(slope.back(), last), -5) << "beyond the inputs";
  for (int k : {0, 1, 3, 4}) EXPECT_EQ(Lanes<T>::get(slope[static_cast<std::size_t>(k)], last), 0) << "of the distance";
  Result out{Lanes<T>::get(value, last), {Lanes<T>::get(slope[2], last)}};
  for (std::size_t k = detail::kRadialInputs; k < n; ++k) out.slopes.push_back(Lanes<T>::get(slope[k], last));
  return out;
}

template <class T>
class PairPolynomialOf : public ::testing::Test {};
TYPED_TEST_SUITE(PairPolynomialOf, Numbers);

TYPED_TEST(PairPolynomialOf, ValueAndSlopesFollowTheFormula) {
  for (const Bodies& bodies : kBodies)
    for (const auto& powers : kPowers)
      for (double u : {0.6, 1.05}) {
        SCOPED_TRACE(bodies.name);
        const Case c = case_of(bodies, powers, u);
        const Result got = result_of<TypeParam>(c);
        const Plain expected = plain(c);
        EXPECT_NEAR(got.value, expected.value, 64 * kEpsilon<TypeParam> * expected.of_value);
        EXPECT_NEAR(got.slopes[0], expected.by_u, 64 * kEpsilon<TypeParam> * expected.of_slopes);
        ASSERT_EQ(got.slopes.size(), 1 + c.z.size());
        for (std::size_t a = 0; a < c.z.size(); ++a)
          EXPECT_NEAR(got.slopes[1 + a], expected.by_z[a], 64 * kEpsilon<TypeParam> * expected.of_slopes);
      }
}

// Bodies of one axis: both ways of evaluation, for each number of powers with code of its own and for one known at run time.
template <int K>
void expect_nest_and_walk_agree(const Case& c) {
  const PolynomialTables nest(c.bodies.form, c.polynomial), walk(c.bodies.form, c.polynomial, false);
  double by_nest[detail::kMostPairInputs] = {}, by_walk[detail::kMostPairInputs] = {};
  std::vector<double> stack(static_cast<std::size_t>(detail::polynomial_workspace(walk.view())));
  const double value = detail::nested<K>(nest.view(), c.bodies.form, c.u, c.z.data(), by_nest);
  const Plain scale = plain(c);
  EXPECT_NEAR(detail::walked<K>(walk.view(), c.u, c.z.data(), by_walk, stack.data()), value, 1e-14 * scale.of_value);
  for (int k = 0; k < detail::pair_inputs(c.bodies.form); ++k) EXPECT_NEAR(by_walk[k], by_nest[k], 1e-14 * scale.of_slopes) << k;
}

TEST(PairPolynomial, NestAndWalkAgree) {
  for (const Bodies& bodies : kBodies) {
    if (!bodies.one_axis) continue;
    SCOPED_TRACE(bodies.name);
    const Case c = case_of(bodies, {2, 3, 7, 12}, 0.9);
    expect_nest_and_walk_agree<4>(c);
    expect_nest_and_walk_agree<-1>(c);
  }
}

TYPED_TEST(PairPolynomialOf, TheSlopesAreTheFiniteDifferences) {
  for (const Bodies& bodies : kBodies) {
    const Case c = case_of(bodies, {2, 5, 12}, 0.9);
    const Deviation d = deviation(result_of<TypeParam>(c).slopes, [&](double h) {
      std::vector<double> slopes;
      for (std::size_t k = 0; k <= c.z.size(); ++k)
        slopes.push_back(five_point(
            [&](double s) {
              Case moved = c;
              (k == 0 ? moved.u : moved.z[k - 1]) += s;
              return plain(moved).value;
            },
            h));
      return slopes;
    });
    EXPECT_TRUE(d.within(1e-9 + 256 * kEpsilon<TypeParam>, 1e-11)) << bodies.name << ": " << d.difference << " of " << d.scale;
    EXPECT_GE(d.scale, 0.1) << "nothing to compare";
  }
}

TYPED_TEST(PairPolynomialOf, EveryPowerIsThatOfTheProduct) {
  for (int gap : {1, 2, 5, kMostDegree})
    for (double x : {0.7, 1.1, 4.0 - 2.5}) {
      std::vector<int> powers;
      for (int n = 1; n <= kMostDegree; n += gap) powers.push_back(n);
      const int size = static_cast<int>(powers.size());
      int seen = 0;
      detail::visit_powers(powers.data(), 0, size, TypeParam(x), [&](int k, TypeParam below) {
        EXPECT_EQ(k, seen++);
        const double expected = std::pow(x, powers[static_cast<std::size_t>(k)] - 1);
        EXPECT_NEAR(Lanes<TypeParam>::get(below, 0) / expected, 1, 128 * kEpsilon<TypeParam>);
      });
      EXPECT_EQ(seen, size);
    }
}

TEST(PairPolynomial, FitsTheRoomThatIsKeptForPowers) { EXPECT_EQ(kPowers.back().size(), std::size_t{detail::kMostPowers}); }

}  // namespace
}  // namespace anisoap::test
