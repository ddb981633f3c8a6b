// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <numeric>

#include "anisoap/detail/grade.hpp"
#include "detail/lanes.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"

namespace anisoap::test {
namespace {

constexpr std::size_t kFeatures = 11, kTerms = 5;  // terms of pairs

// A LocalEnergy and the pointers into it.
struct Local {
  LocalEnergy energy;
  std::vector<detail::NetworkView> networks{};

  detail::LocalEnergyView view() {
    networks.clear();
    for (const Network& net : energy.networks)
      networks.push_back({static_cast<int>(net.widths.size()) - 1, net.widths.data(), net.parameters.data()});
    const bool kernel = energy.kind == LocalKind::Kernel;
    const std::size_t columns = kernel ? energy.weights.size() : kFeatures;
    return {static_cast<detail::LocalForm>(energy.kind),
            static_cast<int>(kFeatures),
            energy.offset,
            energy.shift.data(),
            energy.scale.data(),
            energy.weights.data(),
            energy.points.data(),
            kernel ? static_cast<int>(columns) : 0,
            energy.exponent,
            networks.data(),
            static_cast<int>(networks.size()),
            energy.prior_variance,
            energy.variance_rows.empty() ? nullptr : energy.variance_rows.data(),
            static_cast<int>(energy.variance_rows.size() / columns),
            energy.pair_variance_rows.empty() ? nullptr : energy.pair_variance_rows.data(),
            static_cast<int>(energy.pair_variance_rows.size() / kTerms),
            static_cast<int>(kTerms),
            energy.grade_rows.empty() ? nullptr : energy.grade_rows.data(),
            energy.pair_grade_rows.empty() ? nullptr : energy.pair_grade_rows.data(),
            static_cast<int>(std::max(energy.grade_rows.size() / kFeatures, energy.pair_grade_rows.size() / kTerms))};
  }
};

Local local_of(LocalKind kind) {
  Random random(21);
  return {random_local(random, kind, kFeatures)};
}

// With rows for the terms of pairs too.
Local local_with_pairs(LocalKind kind) {
  Local out = local_of(kind);
  out.energy.pair_variance_rows = Random(23).normals(kVarianceRows * kTerms);
  return out;
}

std::vector<double> terms() { return Random(24).normals(kTerms); }

std::vector<double> features() { return Random(22).normals(kFeatures, 0.5); }

struct Result {
  double energy = 0, variance = 0;
  std::vector<double> gradient{};
  double grade = 0;
};

// The last lane's; the others get other features.
template <class T>
Result result_of(Local local, const std::vector<double>& p) {
  const detail::LocalEnergyView view = local.view();
  const auto n_work = static_cast<std::size_t>(detail::local_energy_workspace(view));
  std::vector<T> x(kFeatures + kTerms), gradient(kFeatures, T(std::nan(""))), work(n_work + 1, T(std::nan("")));
  work.back() = T(-5.0);
  const int last = Lanes<T>::count - 1;
  for (std::size_t k = 0; k < kFeatures; ++k)
    for (int lane = 0; lane <= last; ++lane)
      Lanes<T>::set(x[k], lane, lane == last ? p[k] : 0.1 * lane + 1 / (1 + static_cast<double>(k)));
  for (std::size_t k = 0; k < kTerms; ++k)
    for (int lane = 0; lane <= last; ++lane) Lanes<T>::set(x[kFeatures + k], lane, lane == last ? terms()[k] : 0.3 * lane);
  const T grade = detail::extrapolation_grade(view, x.data(), work.data());
  const detail::LocalResult<T> e = detail::local_energy(view, x.data(), gradient.data(), work.data());
  EXPECT_EQ(Lanes<T>::get(work.back(), last), -5) << "beyond the workspace";
  Result out{Lanes<T>::get(e.energy, last), Lanes<T>::get(e.variance, last)};
  out.grade = Lanes<T>::get(grade, last);
  for (const T& g : gradient) out.gradient.push_back(Lanes<T>::get(g, last));
  return out;
}

// Each row of a matrix times x; nothing for no rows.
std::vector<double> product(const std::vector<double>& rows, const std::vector<double>& x) {
  std::vector<double> out;
  for (std::size_t k = 0; k < rows.size(); k += x.size()) out.push_back(std::inner_product(x.begin(), x.end(), &rows[k], 0.0));
  return out;
}

double squared(const std::vector<double>& v) { return std::inner_product(v.begin(), v.end(), v.begin(), 0.0); }

// Energy and variance by their formulas.
Result plain(const LocalEnergy& e, const std::vector<double>& p) {
  std::vector<double> of_pairs = product(e.pair_variance_rows, terms());
  if (e.kind == LocalKind::None) return {e.offset, squared(of_pairs)};
  if (e.kind == LocalKind::Networks) {
    const PlainCommittee c = plain_committee(e.networks, e.shift, e.scale, p.data());
    const double spread = c.members.size() > 1 ? plain_variance(c.members) : 0;
    return {e.offset + c.mean, spread + squared(of_pairs)};
  }
  std::vector<double> x;  // what the weights and rows multiply
  if (e.kind == LocalKind::Linear) {
    for (std::size_t k = 0; k < kFeatures; ++k) x.push_back((p[k] - e.shift[k]) * e.scale[k]);
  } else {
    const double norm = std::sqrt(squared(p));
    for (std::size_t m = 0; m < e.weights.size(); ++m)
      x.push_back(std::pow(std::inner_product(p.begin(), p.end(), &e.points[m * kFeatures], 0.0) / norm, e.exponent));
  }
  const double energy = e.offset + std::inner_product(x.begin(), x.end(), e.weights.begin(), 0.0);
  const std::vector<double> own = product(e.variance_rows, x);
  if (e.kind == LocalKind::Kernel) return {energy, std::max(0.0, e.prior_variance - squared(own)) + squared(of_pairs)};
  of_pairs.resize(std::max(own.size(), of_pairs.size()));
  for (std::size_t k = 0; k < own.size(); ++k) of_pairs[k] += own[k];
  return {energy, squared(of_pairs)};
}

constexpr LocalKind kKinds[] = {LocalKind::None, LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks};

template <class T>
class LocalEnergyOf : public ::testing::Test {};
TYPED_TEST_SUITE(LocalEnergyOf, Numbers);

template <class T>
void expect_formula(const Local& local) {
  const Result got = result_of<T>(local, features()), expected = plain(local.energy, features());
  EXPECT_NEAR(got.energy, expected.energy, 64 * kEpsilon<T> * std::max(1.0, std::fabs(expected.energy)));
  EXPECT_NEAR(got.variance, expected.variance, 64 * kEpsilon<T> * std::max(50.0, expected.variance));
  EXPECT_GE(expected.variance, 0.01) << "nothing to compare";
}

TYPED_TEST(LocalEnergyOf, EnergyAndVarianceFollowTheFormula) {
  for (LocalKind kind : kKinds) {
    if (kind != LocalKind::None) expect_formula<TypeParam>(local_of(kind));
    expect_formula<TypeParam>(local_with_pairs(kind));
  }
  EXPECT_EQ(result_of<TypeParam>(local_of(LocalKind::None), features()).variance, 0);
}

// On both sides of the blocks that rows are taken in.
TYPED_TEST(LocalEnergyOf, AnyNumberOfRowsFollowsTheFormula) {
  for (LocalKind kind : {LocalKind::Linear, LocalKind::Kernel})
    for (std::size_t n_rows : {1u, 7u, 8u, 9u, 16u, 19u}) {
      Local local = local_of(kind);
      local.energy.variance_rows =
          Random(25).normals(n_rows * (kind == LocalKind::Linear ? kFeatures : local.energy.weights.size()));
      expect_formula<TypeParam>(local);
      local.energy.pair_variance_rows = Random(26).normals(n_rows * kTerms);
      expect_formula<TypeParam>(local);
    }
}

TYPED_TEST(LocalEnergyOf, PairsHaveAVarianceWhereTheFeaturesHaveNone) {
  for (LocalKind kind : kKinds) {
    Local local = local_with_pairs(kind);
    local.energy.variance_rows.clear();
    local.energy.prior_variance = 0;
    if (kind == LocalKind::Networks) local.energy.networks.resize(1);
    expect_formula<TypeParam>(local);
  }
}

// The joint rows of a linear energy: shares of opposite sign cancel.
TYPED_TEST(LocalEnergyOf, LinearRowsOfFeaturesAndPairsAddBeforeTheyAreSquared) {
  Local local = local_of(LocalKind::Linear);
  LocalEnergy& e = local.energy;
  const auto p = features(), t = terms();
  double own = 0;
  for (std::size_t k = 0; k < kFeatures; ++k) own += e.variance_rows[k] * (p[k] - e.shift[k]) * e.scale[k];
  e.variance_rows.resize(kFeatures);
  e.pair_variance_rows.assign(kTerms, 0.0);
  e.pair_variance_rows[2] = -own / t[2];
  EXPECT_LE(result_of<TypeParam>(local, p).variance, std::pow(64 * kEpsilon<TypeParam> * own, 2));
  EXPECT_GE(own * own, 0.01) << "nothing to compare";
}

TYPED_TEST(LocalEnergyOf, TheGradientIsTheFiniteDifference) {
  for (LocalKind kind : kKinds) {
    const Local local = local_of(kind);
    const auto p = features();
    const Deviation d = deviation(result_of<TypeParam>(local, p).gradient, [&](double h) {
      std::vector<double> slopes;
      for (std::size_t k = 0; k < kFeatures; ++k)
        slopes.push_back(five_point(
            [&](double s) {
              auto moved = p;
              moved[k] += s;
              return plain(local.energy, moved).energy;
            },
            h));
      return slopes;
    });
    EXPECT_TRUE(d.within(1e-9 + 64 * kEpsilon<TypeParam>, 1e-11)) << d.difference << " of " << d.scale;
  }
}

TYPED_TEST(LocalEnergyOf, EveryKernelExponentIsThePower) {
  for (int exponent : {1, 2, 5, 64}) {
    Local local = local_of(LocalKind::Kernel);
    local.energy.exponent = exponent;
    const Result got = result_of<TypeParam>(local, features()), expected = plain(local.energy, features());
    EXPECT_NEAR(got.energy, expected.energy, 256 * kEpsilon<TypeParam>);
  }
}

// No neighbours and no centre of its own: all features are zero.
TYPED_TEST(LocalEnergyOf, AKernelOfNothingGivesTheOffsetAlone) {
  const Local local = local_of(LocalKind::Kernel);
  const Result got = result_of<TypeParam>(local, std::vector<double>(kFeatures));
  EXPECT_NEAR(got.energy, local.energy.offset, kEpsilon<TypeParam> * std::fabs(local.energy.offset));
  EXPECT_NEAR(got.variance, local.energy.prior_variance, kEpsilon<TypeParam>);
  for (double g : got.gradient) EXPECT_EQ(g, 0);
}

TYPED_TEST(LocalEnergyOf, VariancesBelowZeroAreZero) {
  Local local = local_of(LocalKind::Kernel);
  local.energy.prior_variance = 0;
  EXPECT_EQ(result_of<TypeParam>(local, features()).variance, 0);
  local.energy.pair_variance_rows = Random(23).normals(kTerms);
  expect_formula<TypeParam>(local);  // zero, and that of the pairs
}

TYPED_TEST(LocalEnergyOf, WithoutRowsOrACommitteeTheVarianceIsZero) {
  for (LocalKind kind : kKinds) {
    Local local = local_of(kind);
    local.energy.variance_rows.clear();
    if (kind == LocalKind::Networks) local.energy.networks.resize(1);
    EXPECT_EQ(result_of<TypeParam>(local, features()).variance, 0);
  }
}

// Largest size of the rows of both products, added row by row.
double plain_grade(const LocalEnergy& e, const std::vector<double>& p, const std::vector<double>& t) {
  std::vector<double> x;
  for (std::size_t k = 0; k < e.scale.size(); ++k) x.push_back((p[k] - e.shift[k]) * e.scale[k]);
  std::vector<double> own = product(e.grade_rows, x);
  const std::vector<double> of_pairs = product(e.pair_grade_rows, t);
  own.resize(std::max(own.size(), of_pairs.size()));
  double most = 0;
  for (std::size_t k = 0; k < own.size(); ++k) most = std::max(most, std::fabs(own[k] + (of_pairs.empty() ? 0 : of_pairs[k])));
  return most;
}

// Of features, of pairs and of both, on both sides of the blocks that rows are taken in.
TYPED_TEST(LocalEnergyOf, TheGradeFollowsTheFormula) {
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear})
    for (std::size_t n_rows : {1u, 7u, 8u, 9u, 19u})
      for (int parts = 1; parts < 4; ++parts) {
        Local local = local_of(kind);
        if (parts & 1 && kind == LocalKind::Linear) local.energy.grade_rows = Random(31).normals(n_rows * kFeatures);
        if (parts & 2) local.energy.pair_grade_rows = Random(32).normals(n_rows * kTerms);
        const double expected = plain_grade(local.energy, features(), terms());
        EXPECT_NEAR(result_of<TypeParam>(local, features()).grade, expected, 64 * kEpsilon<TypeParam> * expected);
        EXPECT_EQ(expected > 0, kind == LocalKind::Linear || parts > 1);
      }
}

TYPED_TEST(LocalEnergyOf, AGradeThatOverflowsIsNotFinite) {
  Local local = local_of(LocalKind::Linear);
  local.energy.grade_rows = Random(31).normals(9 * kFeatures);
  for (double value : {std::nan(""), HUGE_VAL}) {
    std::vector<double> p = features();
    p[3] = value;
    EXPECT_FALSE(std::isfinite(result_of<TypeParam>(local, p).grade));
  }
}

}  // namespace
}  // namespace anisoap::test
