// SPDX-License-Identifier: MIT
#include "anisoap/detail/local_energy.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "support/finite_difference.hpp"
#include "support/lanes.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"

namespace anisoap::test {
namespace {

constexpr std::size_t kFeatures = 11;

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
            static_cast<int>(energy.variance_rows.size() / columns)};
  }
};

Local local_of(LocalKind kind) {
  Random random(21);
  return {random_local(random, kind, kFeatures)};
}

std::vector<double> features() { return Random(22).normals(kFeatures, 0.5); }

struct Result {
  double energy = 0, variance = 0;
  std::vector<double> gradient{};
};

// The last lane's; the others get other features.
template <class T>
Result result_of(Local local, const std::vector<double>& p) {
  const detail::LocalEnergyView view = local.view();
  const auto n_work = static_cast<std::size_t>(detail::local_energy_workspace(view));
  std::vector<T> x(kFeatures), gradient(kFeatures, T(std::nan(""))), work(n_work + 1, T(std::nan("")));
  work.back() = T(-5.0);
  const int last = Lanes<T>::count - 1;
  for (std::size_t k = 0; k < kFeatures; ++k)
    for (int lane = 0; lane <= last; ++lane)
      Lanes<T>::set(x[k], lane, lane == last ? p[k] : 0.1 * lane + 1 / (1 + static_cast<double>(k)));
  const detail::LocalResult<T> e = detail::local_energy(view, x.data(), gradient.data(), work.data());
  EXPECT_EQ(Lanes<T>::get(work.back(), last), -5) << "beyond the workspace";
  Result out{Lanes<T>::get(e.energy, last), Lanes<T>::get(e.variance, last)};
  for (const T& g : gradient) out.gradient.push_back(Lanes<T>::get(g, last));
  return out;
}

// Energy and variance by their formulas.
Result plain(const LocalEnergy& e, const std::vector<double>& p) {
  if (e.kind == LocalKind::None) return {e.offset, 0};
  if (e.kind == LocalKind::Networks) {
    const PlainCommittee c = plain_committee(e.networks, e.shift, e.scale, p.data());
    return {e.offset + c.mean, plain_variance(c.members)};
  }
  std::vector<double> x;  // what the weights and rows multiply
  if (e.kind == LocalKind::Linear) {
    for (std::size_t k = 0; k < kFeatures; ++k) x.push_back((p[k] - e.shift[k]) * e.scale[k]);
  } else {
    const double norm = std::sqrt(std::inner_product(p.begin(), p.end(), p.begin(), 0.0));
    for (std::size_t m = 0; m < e.weights.size(); ++m)
      x.push_back(std::pow(std::inner_product(p.begin(), p.end(), &e.points[m * kFeatures], 0.0) / norm, e.exponent));
  }
  Result out{e.offset + std::inner_product(x.begin(), x.end(), e.weights.begin(), 0.0), 0};
  for (std::size_t row = 0; row < e.variance_rows.size() / x.size(); ++row)
    out.variance += std::pow(std::inner_product(x.begin(), x.end(), &e.variance_rows[row * x.size()], 0.0), 2);
  if (e.kind == LocalKind::Kernel) out.variance = e.prior_variance - out.variance;
  return out;
}

constexpr LocalKind kKinds[] = {LocalKind::None, LocalKind::Linear, LocalKind::Kernel, LocalKind::Networks};

template <class T>
class LocalEnergyOf : public ::testing::Test {};
TYPED_TEST_SUITE(LocalEnergyOf, Numbers);

TYPED_TEST(LocalEnergyOf, EnergyAndVarianceFollowTheFormula) {
  for (LocalKind kind : kKinds) {
    const Local local = local_of(kind);
    const Result got = result_of<TypeParam>(local, features()), expected = plain(local.energy, features());
    EXPECT_NEAR(got.energy, expected.energy, 64 * kEpsilon<TypeParam> * std::max(1.0, std::fabs(expected.energy)));
    EXPECT_NEAR(got.variance, expected.variance, 64 * kEpsilon<TypeParam> * std::max(50.0, expected.variance));
    EXPECT_GE(expected.variance, kind == LocalKind::None ? 0 : 0.01) << "nothing to compare";
  }
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
}

TYPED_TEST(LocalEnergyOf, WithoutRowsOrACommitteeTheVarianceIsZero) {
  for (LocalKind kind : kKinds) {
    Local local = local_of(kind);
    local.energy.variance_rows.clear();
    if (kind == LocalKind::Networks) local.energy.networks.resize(1);
    EXPECT_EQ(result_of<TypeParam>(local, features()).variance, 0);
  }
}

}  // namespace
}  // namespace anisoap::test
