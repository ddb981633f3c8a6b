// SPDX-License-Identifier: MIT
// A thread a centre against the formulas of contraction.hpp, centre by centre, at the highest degrees that have it.
#include "anisoap/kokkos/launch/centres.hpp"

#include "kokkos/evaluate.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

constexpr int kCentres = 77;

struct Rows {
  int stride, n;
  std::vector<double> values;

  Rows(int columns, int length) : stride(128), n(length), values(static_cast<std::size_t>(stride * n)) {
    std::mt19937 generator(3);
    std::normal_distribution<double> normal;
    for (int k = 0; k < n; ++k)
      for (int c = 0; c < columns; ++c) values[static_cast<std::size_t>(k * stride + c)] = normal(generator);
  }
  std::vector<double> row(int c) const {
    std::vector<double> out;
    for (int k = 0; k < n; ++k) out.push_back(values[static_cast<std::size_t>(k * stride + c)]);
    return out;
  }
  void read(const kokkos::Array<Space, double>& from) { values = host<Space>(from, values.size()); }
};

template <int D>
void expect_the_formulas_of_a_centre() {
  const Basis basis(gto(D, 4.0, 1.1));
  const detail::BasisView& view = basis.view();
  ASSERT_TRUE(kokkos::thread_a_centre(basis));
  const int n = view.n_moments, n_features = detail::feature_index(D, D + 1);
  Rows sums(kCentres, n), weights(kCentres, n_features), features(0, n_features), polynomials(0, n);
  const auto in = array_of<Space>(sums.values), gradient = array_of<Space>(weights.values);
  auto out = array_of<Space>(features.values), to = array_of<Space>(polynomials.values);
  kokkos::CentreArrays arrays{sums.stride, in.data(), nullptr, out.data(), gradient.data(), nullptr, to.data()};
  kokkos::run_halves<Space, kokkos::FeaturesOfCentres, D>(basis, kCentres, arrays);
  kokkos::run_halves<Space, kokkos::PolynomialsOfCentres, D>(basis, kCentres, arrays);
  Kokkos::fence();
  features.read(out);
  polynomials.read(to);
  std::vector<double> c(static_cast<std::size_t>(n)), adjoint(c), expected(static_cast<std::size_t>(n_features)), back(c);
  for (int centre = 0; centre < kCentres; ++centre) {
    const auto x = sums.row(centre), g = weights.row(centre);
    detail::contract(view, x.data(), 0, c.data());
    detail::power_spectrum<true>(view, basis.power_scale().data(), c.data(), expected.data());
    EXPECT_LE(relative_difference(features.row(centre), expected), 1e-14) << D << ", centre " << centre;
    detail::power_spectrum_adjoint(view, basis.power_scale().data(), g.data(), c.data(), adjoint.data());
    detail::contract_adjoint(view, adjoint.data(), 0, back.data());
    EXPECT_LE(relative_difference(polynomials.row(centre), back), 1e-14) << D << ", centre " << centre;
  }
}

// On hosts alone: a compiler for GPUs takes minutes.
template <class Of>
void expect_the_highest_degrees() {
  if constexpr (!kokkos::on_device<Of>) {
    expect_the_formulas_of_a_centre<7>();
    expect_the_formulas_of_a_centre<8>();
  }
}

TEST(KokkosCentres, AThreadACentreGivesTheFormulasOfACentre) {
  expect_the_formulas_of_a_centre<3>();
  expect_the_highest_degrees<Space>();
}

TEST(KokkosCentres, NeedOneSpeciesAndAllRadialFunctions) {
  EXPECT_TRUE(kokkos::thread_a_centre(Basis(gto(5, 4.0, 1.1))));
  EXPECT_FALSE(kokkos::thread_a_centre(Basis(gto(5, 4.0, 1.1, 2))));
  Hypers one = gto(5, 4.0, 1.1);
  one.max_radial = {1};
  EXPECT_FALSE(kokkos::thread_a_centre(Basis(one)));
}

}  // namespace
}  // namespace anisoap::test
