// SPDX-License-Identifier: MIT
#include "anisoap/detail/pair_invariants.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "detail/lanes.hpp"
#include "support/finite_difference.hpp"
#include "support/turn.hpp"

namespace anisoap::test {
namespace {

using Vector = std::array<double, 3>;

struct TwoBodies {
  Vector r;
  Quaternion q[2];
  Vector diameter[2];
};

Quaternion unit(Quaternion q) {
  double norm = 0;
  for (double v : q) norm += v * v;
  for (double& v : q) v /= std::sqrt(norm);
  return q;
}

const TwoBodies kBodies = {
    {1.1, -0.7, 1.6}, {unit({0.5, -0.1, 0.7, 0.4}), unit({0.3, 0.8, -0.2, 0.6})}, {{1.2, 0.8, 1.7}, {0.9, 1.5, 1.1}}};

detail::PairForm form_of(int n, int m, bool alike) {
  return {{n, m}, {n == 1 ? 2 : 0, m == 1 ? (alike ? 2 : 1) : 0}, alike, 1.3};
}

const std::vector<detail::PairForm> kForms = {form_of(0, 0, true),  form_of(1, 1, true),  form_of(3, 3, true),
                                              form_of(0, 0, false), form_of(0, 1, false), form_of(3, 0, false),
                                              form_of(1, 1, false), form_of(1, 3, false), form_of(3, 3, false)};

template <class T>
detail::Body<T> body_of(const TwoBodies& b, int p) {
  T q[4], d[3];
  for (std::size_t k = 0; k < 4; ++k) q[k] = static_cast<T>(b.q[p][k]);
  for (std::size_t k = 0; k < 3; ++k) d[k] = static_cast<T>(b.diameter[p][k]);
  return detail::make_body(q, d);
}

detail::PairInvariants<double> evaluated(const detail::PairForm& form, const TwoBodies& b) {
  detail::PairInvariants<double> v;
  detail::pair_invariants(form, b.r.data(), body_of<double>(b, 0), body_of<double>(b, 1), v);
  return v;
}

std::vector<double> inputs_of(const detail::PairForm& form, const TwoBodies& b) {
  const auto v = evaluated(form, b);
  return std::vector<double>(v.inputs, v.inputs + detail::pair_inputs(form));
}

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// s = [e . (S_i + S_j)^-1 e / 2]^(-1/2), with the inverse by elimination.
double plain_contact(const TwoBodies& b, const Vector& e) {
  double g[3][4];
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t c = 0; c < 3; ++c) {
      g[a][c] = 0;
      for (int p = 0; p < 2; ++p)
        for (std::size_t k = 0; k < 3; ++k)
          g[a][c] += std::pow(0.5 * b.diameter[p][k], 2) * body_axes(b.q[p])[k][a] * body_axes(b.q[p])[k][c];
    }
    g[a][3] = e[a];
  }
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t row = 0; row < 3; ++row) {
      if (row == a) continue;
      const double factor = g[row][a] / g[a][a];
      for (std::size_t c = 0; c < 4; ++c) g[row][c] -= factor * g[a][c];
    }
  return 1 / std::sqrt(0.5 * (e[0] * g[0][3] / g[0][0] + e[1] * g[1][3] / g[1][1] + e[2] * g[2][3] / g[2][2]));
}

// Inputs as the header lists them.
std::vector<double> plain_inputs(const detail::PairForm& form, const TwoBodies& b) {
  const double r = std::sqrt(dot(b.r, b.r));
  const Vector e = {b.r[0] / r, b.r[1] / r, b.r[2] / r};
  const double gap = r - plain_contact(b, e), u = form.unit / (gap + form.unit);
  std::vector<double> out{r, gap, u, std::pow(u, 6), std::pow(u, 12)};
  std::vector<Vector> axes[2];
  for (int p = 0; p < 2; ++p)
    for (int k = 0; k < form.n_axes[p]; ++k)
      axes[p].push_back(body_axes(b.q[p])[static_cast<std::size_t>(form.first_axis[p] + k)]);
  const std::size_t n = axes[0].size(), m = axes[1].size();
  const auto A = [&](std::size_t k) { return std::pow(dot(axes[0][k], e), 2); };
  const auto B = [&](std::size_t l) { return std::pow(dot(axes[1][l], e), 2); };
  const auto X = [&](std::size_t k, std::size_t l) {
    return dot(axes[0][k], e) * dot(axes[1][l], e) * dot(axes[0][k], axes[1][l]);
  };
  const auto T = [&](std::size_t k, std::size_t l) { return std::pow(dot(axes[0][k], axes[1][l]), 2); };
  if (form.alike) {
    for (std::size_t k = 0; k < n; ++k) out.push_back(A(k) + B(k));
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t l = k; l < n; ++l) {
        const double half = k == l ? 0.5 : 1;
        for (double v : {A(k) * B(l) + A(l) * B(k), X(k, l) + X(l, k), T(k, l) + T(l, k)}) out.push_back(half * v);
      }
    return out;
  }
  for (std::size_t k = 0; k < n; ++k) out.push_back(A(k));
  for (std::size_t l = 0; l < m; ++l) out.push_back(B(l));
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t l = 0; l < m; ++l)
      for (double v : {X(k, l), T(k, l)}) out.push_back(v);
  return out;
}

TEST(PairInvariants, AreThoseOfTheDefinition) {
  for (const auto& form : kForms) EXPECT_LE(relative_difference(inputs_of(form, kBodies), plain_inputs(form, kBodies)), 1e-14);
}

template <class T>
class PairInvariantsOf : public ::testing::Test {};
TYPED_TEST_SUITE(PairInvariantsOf, Numbers);

TYPED_TEST(PairInvariantsOf, EveryNumberTypeAgrees) {
  using Scalar = typename Lanes<TypeParam>::Scalar;
  for (const auto& form : kForms) {
    detail::Body<TypeParam> bodies[2];
    for (int p = 0; p < 2; ++p) {
      const auto body = body_of<Scalar>(kBodies, p);
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t d = 0; d < 3; ++d) bodies[p].axis[k][d] = TypeParam(static_cast<double>(body.axis[k][d]));
        bodies[p].half_squared[k] = TypeParam(static_cast<double>(body.half_squared[k]));
      }
    }
    const TypeParam r[3] = {TypeParam(kBodies.r[0]), TypeParam(kBodies.r[1]), TypeParam(kBodies.r[2])};
    detail::PairInvariants<TypeParam> v;
    detail::pair_invariants(form, r, bodies[0], bodies[1], v);
    const auto n = static_cast<std::size_t>(detail::pair_inputs(form));
    std::vector<TypeParam> slope(n, TypeParam(0.5));
    const std::vector<double> slopes(n, 0.5);
    const auto moved = detail::pair_motion(form, v, slope.data());
    const auto expected = detail::pair_motion(form, evaluated(form, kBodies), slopes.data());
    std::vector<double> inputs, motion, expected_motion;
    const int last = Lanes<TypeParam>::count - 1;
    for (std::size_t k = 0; k < n; ++k) inputs.push_back(Lanes<TypeParam>::get(v.inputs[k], last));
    for (std::size_t d = 0; d < 3; ++d)
      for (const auto& [got, wanted] : {std::pair{moved.r[d], expected.r[d]},
                                        {moved.turn[0][d], expected.turn[0][d]},
                                        {moved.turn[1][d], expected.turn[1][d]}}) {
        motion.push_back(Lanes<TypeParam>::get(got, last));
        expected_motion.push_back(wanted);
      }
    EXPECT_LE(relative_difference(inputs, plain_inputs(form, kBodies)), 64 * kEpsilon<TypeParam>);
    EXPECT_LE(relative_difference(motion, expected_motion), 256 * kEpsilon<TypeParam>);
  }
}

// wrt 0..2: r, 3..5: turns of i, 6..8: turns of j, about the space axes.
TwoBodies moved(TwoBodies b, std::size_t wrt, double s) {
  if (wrt < 3) b.r[wrt] += s;
  else turn_body(turn_about(wrt % 3, s), b.q[wrt / 3 - 1].data());
  return b;
}

std::vector<double> motion_of(const detail::PairForm& form, const TwoBodies& b, std::size_t input) {
  double slopes[detail::kMostPairInputs] = {};
  slopes[input] = 1;
  const auto m = detail::pair_motion(form, evaluated(form, b), slopes);
  std::vector<double> out(m.r, m.r + 3);
  out.insert(out.end(), m.turn[0], m.turn[0] + 6);
  return out;
}

TEST(PairInvariants, DerivativesOfEachInputAreTheFiniteDifferences) {
  for (const auto& form : kForms)
    for (std::size_t k = 0; k < static_cast<std::size_t>(detail::pair_inputs(form)); ++k) {
      const Deviation d = deviation(motion_of(form, kBodies, k), [&](double h) {
        std::vector<double> slopes;
        for (std::size_t wrt = 0; wrt < 9; ++wrt)
          slopes.push_back(five_point([&](double s) { return inputs_of(form, moved(kBodies, wrt, s))[k]; }, h));
        return slopes;
      });
      EXPECT_TRUE(d.within(1e-9, 1e-11)) << "input " << k << ": " << d.difference << " of " << d.scale;
    }
}

TEST(PairInvariants, TwoOfOneSpeciesMayChangePlaces) {
  const TwoBodies swapped = {
      {-kBodies.r[0], -kBodies.r[1], -kBodies.r[2]}, {kBodies.q[1], kBodies.q[0]}, {kBodies.diameter[1], kBodies.diameter[0]}};
  for (const auto& form : {form_of(0, 0, true), form_of(1, 1, true), form_of(3, 3, true)})
    EXPECT_LE(relative_difference(inputs_of(form, swapped), inputs_of(form, kBodies)), 1e-14);
}

TEST(PairInvariants, AreEvenInEachAxis) {
  for (const auto& form : kForms)
    for (int p = 0; p < 2; ++p)
      for (std::size_t axis = 0; axis < 3; ++axis) {
        TwoBodies turned = kBodies;
        Quaternion half{};
        half[1 + axis] = 1;
        turned.q[p] = product(kBodies.q[p], half.data());
        EXPECT_LE(relative_difference(inputs_of(form, turned), inputs_of(form, kBodies)), 1e-14);
      }
}

TEST(PairInvariants, ARoundBodyMayTurnAboutItsAxis) {
  TwoBodies round = kBodies;
  round.diameter[0] = {0.9, 0.9, 1.7};  // axis 2
  TwoBodies turned = round;
  turned.q[0] = product(round.q[0], turn_about(2, 0.7).data());
  for (const auto& form : {form_of(1, 1, true), form_of(1, 3, false)})
    EXPECT_LE(relative_difference(inputs_of(form, turned), inputs_of(form, round)), 1e-14);
}

TEST(PairInvariants, SpheresTouchAtTheirDiameter) {
  TwoBodies spheres = kBodies;
  spheres.diameter[0] = spheres.diameter[1] = {1.4, 1.4, 1.4};
  EXPECT_NEAR(evaluated(form_of(0, 0, true), spheres).contact, 1.4, 1e-15);
  spheres.diameter[1] = {0.6, 0.6, 0.6};
  EXPECT_NEAR(evaluated(form_of(0, 0, false), spheres).contact, std::sqrt(0.5 * (1.4 * 1.4 + 0.6 * 0.6)), 1e-15);
}

TEST(PairInvariants, ParallelBodiesTouchAtTheirDiameterAlongTheirAxes) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    TwoBodies parallel = kBodies;
    parallel.q[1] = parallel.q[0];
    parallel.diameter[1] = parallel.diameter[0];
    for (std::size_t d = 0; d < 3; ++d) parallel.r[d] = 2.5 * body_axes(parallel.q[0])[axis][d];
    const auto v = evaluated(form_of(3, 3, true), parallel);
    EXPECT_NEAR(v.contact, parallel.diameter[0][axis], 1e-14);
    EXPECT_NEAR(v.inputs[1], 2.5 - parallel.diameter[0][axis], 1e-14);
  }
}

TEST(PairInvariants, DeepOverlapsStayFinite) {
  for (double r : {0.4, 1e-3, 1e-9}) {
    TwoBodies close = kBodies;
    for (std::size_t d = 0; d < 3; ++d) close.r[d] *= r / std::sqrt(dot(kBodies.r, kBodies.r));
    for (auto& diameter : close.diameter)
      for (double& v : diameter) v *= 3;
    for (const auto& form : kForms) {
      const auto v = evaluated(form, close);
      EXPECT_NEAR(v.u, 1 / detail::kClosestContact, 1e-14) << "u does not level off";
      for (double x : inputs_of(form, close)) EXPECT_TRUE(std::isfinite(x));
      for (std::size_t k = 0; k < static_cast<std::size_t>(detail::pair_inputs(form)); ++k)
        for (double x : motion_of(form, close, k)) EXPECT_TRUE(std::isfinite(x));
      for (double x : motion_of(form, close, 2)) EXPECT_EQ(x, 0) << "u is constant where it has levelled off";
    }
  }
}

// y(x) of u = s_0 / y, x = gap + s_0: x from twice c = kClosestContact s_0 on, c (1 + (x / 2c)^2) down to 0, then c.
TEST(PairInvariants, LevelOffWithAContinuousSlope) {
  const auto form = form_of(1, 1, true);
  TwoBodies spheres = kBodies;
  spheres.diameter[0] = spheres.diameter[1] = {3.0, 3.0, 3.0};
  const double c = detail::kClosestContact * form.unit;
  for (double x : {-0.3, -0.01, 0.01, 0.3, 0.6, 0.64, 0.66, 1.2}) {
    const double r = x - form.unit + 3.0;
    spheres.r = {0.6 * r, 0.0, 0.8 * r};
    const double y = x < 0 ? c : (x < 2 * c ? c * (1 + std::pow(x / (2 * c), 2)) : x);
    EXPECT_NEAR(inputs_of(form, spheres)[2], form.unit / y, 1e-13) << x;
    const double slope = x < 0 ? 0 : (x < 2 * c ? x / (2 * c) : 1);
    EXPECT_NEAR(motion_of(form, spheres, 2)[0], -0.6 * form.unit / (y * y) * slope, 1e-12) << x;
  }
}

TEST(PairInvariants, FitTheRoomThatIsKeptForThem) {
  int most = 0;
  for (const auto& form : kForms) most = std::max(most, detail::pair_inputs(form));
  EXPECT_EQ(most, detail::kMostPairInputs);
}

}  // namespace
}  // namespace anisoap::test
