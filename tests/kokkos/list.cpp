// SPDX-License-Identifier: MIT
// Lists of pairs, particles that are wrong, and the order of sums.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "kokkos/evaluate.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

TEST(KokkosList, SortsShortAndLongRows) {
  Random random(3);
  for (int n : {0, 1, 2, 5, 64, 65, 200, 1000}) {
    std::vector<int> values;
    for (int k = 0; k < n; ++k) values.push_back(static_cast<int>(random.uniform(0, 500)));
    std::vector<int> sorted = values;
    kokkos::sort_entries(values.data(), n);
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(values, sorted) << n;
  }
}

TEST(KokkosList, NamesTheFirstParticleThatIsWrong) {
  Frame frame = spread_frame(3, 1);
  frame.diameters[3 * 5 + 1] = 0;
  frame.positions[3 * 4] = std::nan("");
  kokkos::Potential<Space> potential(random_model({}));
  kokkos::Particles<Space, double> particles;
  particles.resize(static_cast<int>(frame.size()));
  const kokkos::Placed placed = kokkos::set_particles(Input<Space>(frame), potential.rules(), particles);
  EXPECT_EQ(placed.n_faults, 2);
  EXPECT_EQ(placed.first_fault, 4);
  EXPECT_EQ(placed.fault, ParticleFault::Position);
}

TEST(KokkosList, KnowsWhenASpeciesChanged) {
  Frame frame = spread_frame(3, 2);
  kokkos::Potential<Space> potential(random_model({LocalKind::Linear, RadialBasis::Gto, 2}));
  kokkos::Particles<Space, double> particles;
  particles.resize(static_cast<int>(frame.size()));
  kokkos::set_particles(Input<Space>(frame), potential.rules(), particles);
  EXPECT_FALSE(kokkos::set_particles(Input<Space>(frame), potential.rules(), particles).species_changed);
  frame.species[2] = 1 - frame.species[2];
  EXPECT_TRUE(kokkos::set_particles(Input<Space>(frame), potential.rules(), particles).species_changed);
}

// Rows longer than the registers' sums of float, than a chunk of the pair pass and than a short sort.
TEST(KokkosList, HundredsOfNeighbours) {
  const Model model = random_model(with_polynomials({LocalKind::Linear, RadialBasis::Gto, 1, {BodySymmetry::Uniaxial}}));
  Frame frame = spread_frame(8, 1);
  for (double& x : frame.positions) x *= 0.55;
  for (double& x : frame.cell) x *= 0.55;
  for (double& d : frame.diameters) d *= 0.55;
  const Outcome expected = evaluate(Potential(model), frame);
  kokkos::Potential<Space> potential(model);
  const Outcome got = evaluate_kokkos(potential, frame);
  EXPECT_GE(potential.pairs().n_pairs, 8 * 150);
  EXPECT_LE(relative_difference(got.forces, expected.forces), 1e-11);
  EXPECT_LE(relative_difference(got.torques, expected.torques), 1e-11);
  EXPECT_LE(relative_difference(got.virials, expected.virials), 1e-11);
  EXPECT_LE(relative_difference(got.centroid_virials, expected.centroid_virials), 1e-11);
}

// Particles by their numbers, and images of one, by where they are, in short and long rows of the list.
TEST(KokkosList, SortsRowsByNumbers) {
  using Host = Kokkos::DefaultHostExecutionSpace;
  Random random(4);
  constexpr std::size_t kMost = 300;
  const kokkos::Array<Host, std::int64_t> numbers("numbers", kMost);
  const kokkos::Array<Host, kokkos::Point> points("points", kMost);
  for (std::size_t k = 0; k < kMost; ++k) {
    numbers(k) = static_cast<std::int64_t>(k * 7919 % 50);  // six images of each
    points(k) = {};
    for (int d = 0; d < 3; ++d) points(k).x[d] = std::floor(random.uniform(0, 3));
    points(k).x[2] += static_cast<double>(k);  // no two at one place
  }
  const auto key = [&](int k) {
    const kokkos::Point& p = points(static_cast<std::size_t>(k));
    return std::make_tuple(numbers(static_cast<std::size_t>(k)), p.x[0], p.x[1], p.x[2]);
  };
  for (int n : {2, 64, 65, 300}) {
    std::vector<int> row(static_cast<std::size_t>(n));
    std::iota(row.begin(), row.end(), 0);
    std::vector<int> expected = row;
    std::sort(expected.begin(), expected.end(), [&](int i, int j) { return key(i) < key(j); });
    kokkos::sort_entries(row.data(), n, kokkos::ByNumber<Host>{numbers, points});
    EXPECT_EQ(row, expected) << n;
  }
}

// To the bit: the same list gives the same numbers; with sorted rows their order does not matter.
TEST(KokkosList, ResultsAreRepeated) {
  const Model model = random_model(with_polynomials({LocalKind::Networks, RadialBasis::Gto, 1, {BodySymmetry::Uniaxial}}));
  const Frame frame = spread_frame(9, 1);
  kokkos::Potential<Space> one(model), two(model);
  const Outcome first = evaluate_kokkos(one, frame), again = evaluate_kokkos(two, frame);
  EXPECT_EQ(first.forces, again.forces);
  EXPECT_EQ(first.torques, again.torques);
  KokkosOptions sorted, shuffled;
  sorted.sorted = shuffled.sorted = true;
  shuffled.shuffled = true;
  EXPECT_EQ(evaluate_kokkos(one, frame, sorted).forces, evaluate_kokkos(two, frame, shuffled).forces);
  shuffled.sorted = false;
  EXPECT_NE(evaluate_kokkos(one, frame, {}).forces, evaluate_kokkos(two, frame, shuffled).forces) << "nothing to compare";
}

}  // namespace
}  // namespace anisoap::test
