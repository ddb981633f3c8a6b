// SPDX-License-Identifier: MIT
#include "anisoap/detail/network.hpp"

#include <gtest/gtest.h>

#include "detail/lanes.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"

namespace anisoap::test {
namespace {

template <class T>
class NetworkOf : public ::testing::Test {};
TYPED_TEST_SUITE(NetworkOf, Numbers);

TYPED_TEST(NetworkOf, SiluAndItsSlopeAreTheStandardOnes) {
  for (double v = -30; v <= 30; v += 0.37) {
    TypeParam x = TypeParam(v), slope;
    const double rounded = Lanes<TypeParam>::get(x, 0), gate = 1 / (1 + std::exp(-rounded));
    detail::silu(x, slope);
    EXPECT_NEAR(Lanes<TypeParam>::get(x, 0), rounded * gate, 4 * kEpsilon<TypeParam> * std::max(1.0, std::fabs(rounded) * gate));
    // 1 - s cancels for large x.
    EXPECT_NEAR(Lanes<TypeParam>::get(slope, 0), gate + rounded * gate * (1 - gate),
                4 * kEpsilon<TypeParam> * std::max(1.0, std::fabs(rounded)))
        << v;
  }
}

TYPED_TEST(NetworkOf, SiluOfLargeNumbersDoesNotOverflow) {
  for (double v : {200.0, 1e4, 1e30}) {
    TypeParam up = TypeParam(v), down = TypeParam(-v), slope_up, slope_down;
    const double rounded = Lanes<TypeParam>::get(up, 0);
    detail::silu(up, slope_up);
    detail::silu(down, slope_down);
    EXPECT_EQ(Lanes<TypeParam>::get(up, 0), rounded);
    EXPECT_EQ(Lanes<TypeParam>::get(slope_up, 0), 1);
    EXPECT_NEAR(Lanes<TypeParam>::get(down, 0), 0, 1e-30);
    EXPECT_NEAR(Lanes<TypeParam>::get(slope_down, 0), 0, 1e-30);
  }
}

// Value and gradient of each lane, from inputs that differ between lanes.
template <class T>
std::vector<PlainValue> evaluate_lanes(const Network& net, const std::vector<std::vector<double>>& inputs) {
  const detail::NetworkView view{static_cast<int>(net.widths.size()) - 1, net.widths.data(), net.parameters.data()};
  const std::size_t n = inputs[0].size(), n_work = static_cast<std::size_t>(detail::network_workspace(view));
  std::vector<T> x(n), gradient(n, T(0.0)), work(n_work + 1, T(std::nan("")));
  work.back() = T(-5.0);
  for (std::size_t k = 0; k < n; ++k)
    for (int lane = 0; lane < Lanes<T>::count; ++lane) Lanes<T>::set(x[k], lane, inputs[static_cast<std::size_t>(lane)][k]);
  const T value = detail::network(view, x.data(), gradient.data(), work.data(), detail::Alone{});
  for (int lane = 0; lane < Lanes<T>::count; ++lane) EXPECT_EQ(Lanes<T>::get(work.back(), lane), -5) << "beyond the workspace";
  std::vector<PlainValue> out;
  for (int lane = 0; lane < Lanes<T>::count; ++lane) {
    out.push_back({Lanes<T>::get(value, lane), {}});
    for (const T& g : gradient) out.back().gradient.push_back(Lanes<T>::get(g, lane));
  }
  return out;
}

// Layers narrower than a block of outputs, equal to it and wider; without hidden layers; of one unit.
const std::vector<std::vector<int>> kWidths = {{3, 1},        {1, 1}, {1, 1, 1}, {5, 8, 1}, {9, 17, 3, 1}, {8, 16, 16, 16, 1},
                                               {20, 4, 11, 1}};

TYPED_TEST(NetworkOf, ValueAndGradientEqualThePlainLoops) {
  for (const auto& widths : kWidths) {
    Random random(7);
    const Network net = random_network(random, widths);
    std::vector<std::vector<double>> inputs(4);
    for (auto& x : inputs)
      for (double v : random.normals(static_cast<std::size_t>(widths[0])))
        x.push_back(static_cast<double>(static_cast<float>(v)));
    const auto got = evaluate_lanes<TypeParam>(net, inputs);
    for (std::size_t lane = 0; lane < got.size(); ++lane) {
      const PlainValue expected = plain_network(net, inputs[lane]);
      EXPECT_NEAR(got[lane].value, expected.value, 64 * kEpsilon<TypeParam>);
      EXPECT_LE(relative_difference(got[lane].gradient, expected.gradient), 64 * kEpsilon<TypeParam>);
    }
  }
}

TEST(Network, TheGradientIsTheFiniteDifference) {
  for (const auto& widths : kWidths) {
    Random random(8);
    const Network net = random_network(random, widths);
    const auto x = random.normals(static_cast<std::size_t>(widths[0]));
    const Deviation d = deviation(evaluate_lanes<double>(net, {x})[0].gradient, [&](double h) {
      std::vector<double> slopes;
      for (std::size_t k = 0; k < x.size(); ++k)
        slopes.push_back(five_point(
            [&](double s) {
              auto moved = x;
              moved[k] += s;
              return evaluate_lanes<double>(net, {moved})[0].value;
            },
            h));
      return slopes;
    });
    EXPECT_TRUE(d.within(1e-10, 1e-12)) << d.difference << " of " << d.scale;
  }
}

TEST(Network, CountsItsParameters) {
  EXPECT_EQ(Network::n_parameters({3, 1}), 4u);
  EXPECT_EQ(Network::n_parameters({5, 8, 1}), 6u * 8 + 9);
}

}  // namespace
}  // namespace anisoap::test
