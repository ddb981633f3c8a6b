// SPDX-License-Identifier: MIT
// Kokkos lives as long as the tests of the program do.
#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>

namespace {

class KokkosEnvironment : public testing::Environment {
 public:
  void SetUp() override { Kokkos::initialize(); }
  void TearDown() override { Kokkos::finalize(); }
};

const testing::Environment* const environment = testing::AddGlobalTestEnvironment(new KokkosEnvironment);

}  // namespace
