// SPDX-License-Identifier: MIT
// The Kokkos at hand runs what is compiled for it.
#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>

namespace {

template <class Space>
double sum_of_first_integers(int n) {
  const Kokkos::View<double*, Space> values("values", static_cast<std::size_t>(n));
  const Kokkos::RangePolicy<typename Space::execution_space> all(0, n);
  Kokkos::parallel_for(
      "fill", all, KOKKOS_LAMBDA(int i) { values(i) = i + 1; });
  double sum = 0.0;
  Kokkos::parallel_reduce(
      "sum", all, KOKKOS_LAMBDA(int i, double& out) { out += values(i); }, sum);
  return sum;
}

TEST(Kokkos, default_space_sums_a_view) { EXPECT_EQ(sum_of_first_integers<Kokkos::DefaultExecutionSpace>(1000), 500500.0); }

TEST(Kokkos, host_space_sums_a_view) { EXPECT_EQ(sum_of_first_integers<Kokkos::DefaultHostExecutionSpace>(1000), 500500.0); }

}  // namespace
