// SPDX-License-Identifier: MIT
// The entries that parity.hpp stores against the sparse matrix of the basis.
#include "anisoap/detail/parity.hpp"

#include <gtest/gtest.h>

#include <random>

#include "anisoap/basis.hpp"
#include "support/compare.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

std::vector<double> random_numbers(int n) {
  std::mt19937 generator(11);
  std::normal_distribution<double> normal;
  std::vector<double> out(static_cast<std::size_t>(n));
  for (double& v : out) v = normal(generator);
  return out;
}

template <int D, int Half>
std::vector<double> entries(const Basis& basis) {
  std::vector<double> out(static_cast<std::size_t>(detail::ParityPattern<D, Half>::n_entries));
  detail::fill_parity_matrix<D, Half>(basis.view().to_functions, out.data());
  return out;
}

template <int D>
void expect_the_sparse_matrix() {
  const Basis basis(gto(D, 4.0, 1.1));
  constexpr int n = detail::moment_count(D);
  ASSERT_EQ(basis.view().n_functions, n);
  const auto even = entries<D, 0>(basis), odd = entries<D, 1>(basis), x = random_numbers(n);
  std::vector<double> expected(n), half(n), sum(n), back(n);
  detail::contract(basis.view(), x.data(), 0, expected.data());
  detail::contract_half<D, 0>(even.data(), x.data(), sum.data());
  detail::contract_half<D, 1>(odd.data(), x.data(), half.data());
  for (std::size_t k = 0; k < sum.size(); ++k) {
    EXPECT_TRUE(sum[k] == 0 || half[k] == 0) << "function " << k << " of degree " << D;
    sum[k] += half[k];
  }
  EXPECT_LE(relative_difference(sum, expected), 1e-15);
  detail::contract_adjoint(basis.view(), x.data(), 0, expected.data());
  detail::contract_half_adjoint<D, 0>(even.data(), x.data(), back.data());
  detail::contract_half_adjoint<D, 1>(odd.data(), x.data(), back.data());
  EXPECT_LE(relative_difference(back, expected), 1e-15);
}

TEST(Parity, StoresWhatTheMatrixOfABasisHas) {
  expect_the_sparse_matrix<0>();
  expect_the_sparse_matrix<1>();
  expect_the_sparse_matrix<4>();
  expect_the_sparse_matrix<5>();
  expect_the_sparse_matrix<8>();
}

TEST(Parity, NumbersFunctionsAndFeaturesAsABasisDoes) {
  const Basis basis(gto(6, 4.0, 1.1));
  int function = 0, feature = 0;
  for (int l = 0; l <= 6; ++l) {
    const int n = basis.num_radial()[static_cast<std::size_t>(l)];
    EXPECT_EQ(detail::full_radial(6, l), n);
    EXPECT_EQ(detail::feature_index(6, l), feature);
    for (int m = -l; m <= l; ++m, function += n) EXPECT_EQ(detail::function_index(6, l, m), function);
    feature += n * (n + 1) / 2;
  }
}

}  // namespace
}  // namespace anisoap::test
