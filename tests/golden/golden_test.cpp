// SPDX-License-Identifier: MIT
// Every golden file through every instruction set and both moment paths.
#include "golden.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "support/compare.hpp"

namespace anisoap::test {
namespace {

// Bounds as fractions of the largest entry of a file: blocks that vanish by symmetry hold round-off only.
constexpr double kDouble = 1e-10, kNearSingular = 1e-8, kSingle = 1e-4;

void expect_rows(const Golden& golden, const std::string& instruction_set, bool compiled, bool single) {
  const Descriptor descriptor(golden.hypers, true, instruction_set, compiled);
  Options options;
  options.single_precision = single;
  const bool near_singular = descriptor.basis().amplification() > 1e3;
  const double bound = single ? kSingle : (near_singular ? kNearSingular : kDouble);
  const std::string where = golden.name + ", " + instruction_set + (compiled ? ", compiled" : ", run-time degree");
  EXPECT_LE(relative_difference(rows_of(descriptor, golden.frames, Quantity::Coefficients, options), golden.coefficients), bound)
      << "coefficients, " << where;
  EXPECT_LE(relative_difference(rows_of(descriptor, golden.frames, Quantity::PowerSpectrum, options), golden.power_spectrum),
            bound)
      << "power spectrum, " << where;
}

class GoldenFile : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenFile, DoublePrecisionAgrees) {
  const Golden golden = read_golden(GetParam());
  for (const auto& set : instruction_sets())
    for (bool compiled : {true, false}) expect_rows(golden, set, compiled, false);
}

TEST_P(GoldenFile, SinglePrecisionAgrees) {
  const Golden golden = read_golden(GetParam());
  for (const auto& set : instruction_sets())
    for (bool compiled : {true, false}) expect_rows(golden, set, compiled, true);
}

std::string name_of_file(const ::testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenFile, ::testing::ValuesIn(golden_files(ANISOAP_GOLDEN_DIR)), name_of_file);
INSTANTIATE_TEST_SUITE_P(Reference, GoldenFile, ::testing::ValuesIn(golden_files(ANISOAP_REFERENCE_DIR)), name_of_file);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenFile);

TEST(Golden, TheFilesOfTheRepositoryAreThere) {
  EXPECT_GE(golden_files(ANISOAP_GOLDEN_DIR).size(), 10u);
  for (const auto& path : golden_files(ANISOAP_GOLDEN_DIR)) EXPECT_LE(std::filesystem::file_size(path), 200u * 1024) << path;
}

TEST(Reference, FilesAreComparedWherePresent) {
  const std::string folder = ANISOAP_REFERENCE_DIR;
  const auto files = golden_files(folder);
  EXPECT_TRUE(folder.empty() || !files.empty()) << "no files in ANISOAP_REFERENCE = " << folder;
  std::cout << (folder.empty() ? "only the files of tests/golden are compared"
                               : std::to_string(files.size()) + " files in " + folder)
            << "\n";
}

}  // namespace
}  // namespace anisoap::test
