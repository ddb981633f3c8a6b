// SPDX-License-Identifier: MIT
// anisoap::kokkos::Jacobian gives the derivatives of anisoap::pair_jacobian, in one run of pairs or in many.
#include "anisoap/kokkos/jacobian.hpp"

#include "anisoap/training.hpp"
#include "kokkos/evaluate.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

// Sums over the pairs of each centre, whatever their order: features, then of each pair's row times 1, r_x, r_y and r_z.
struct Sums {
  std::size_t n_features;
  std::vector<double> features, rows;

  Sums(std::size_t n, std::size_t f) : n_features(f), rows(n * 4 * 6 * f) {}
  void add(std::size_t centre, const double* r, const double* row) {
    for (std::size_t q = 0; q < 4; ++q)
      for (std::size_t k = 0; k < 6 * n_features; ++k)
        rows[(centre * 4 + q) * 6 * n_features + k] += (q == 0 ? 1.0 : r[q - 1]) * row[k];
  }
};

Sums sums_of_core(const Hypers& hypers, const Frame& frame, double density_scale) {
  const PairJacobian pairs = pair_jacobian(hypers, frame.view(), density_scale);
  Sums sums(frame.size(), pairs.n_features);
  sums.features = pairs.features;
  for (std::size_t p = 0; p < pairs.i.size(); ++p)
    sums.add(static_cast<std::size_t>(pairs.i[p]), &pairs.r[3 * p], &pairs.jacobian[p * 6 * pairs.n_features]);
  return sums;
}

struct HostPairs {
  std::vector<int> neighbor, row;
};

HostPairs pairs_on_host(const kokkos::PairList<Space>& pairs) {
  const auto n = static_cast<std::size_t>(pairs.n_pairs);
  HostPairs out{std::vector<int>(n), std::vector<int>(n)};
  const auto get = [&](const auto& from, std::vector<int>& to) {
    Kokkos::deep_copy(Kokkos::View<int*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(to.data(), n),
                      Kokkos::subview(from, std::make_pair(std::size_t{0}, n)));
  };
  get(pairs.neighbor, out.neighbor);
  get(pairs.row, out.row);
  return out;
}

Sums sums_of_kokkos(const Hypers& hypers, const Frame& frame, double density_scale, std::size_t memory) {
  kokkos::Jacobian<Space> jacobian(hypers, Quantity::SymmetricPowerSpectrum, density_scale, memory);
  const Images images = with_images(frame, hypers.cutoff_radius);
  kokkos::Particles<Space, double> particles;
  particles.resize(static_cast<int>(images.frame.size()));
  kokkos::set_particles(Input<Space>(images.frame), jacobian.rules(), particles);
  jacobian.set(Lists<Space>(images.neighbors), static_cast<int>(frame.size()), particles);
  const auto n_features = static_cast<std::size_t>(jacobian.row_length());
  Sums sums(frame.size(), n_features);
  const kokkos::Array<Space, double> features("features", frame.size() * n_features);
  jacobian.features(features);
  sums.features = host<Space>(features, frame.size() * n_features);
  const HostPairs pairs = pairs_on_host(jacobian.pairs());
  std::size_t next = 0;
  jacobian.for_pairs(particles, 0, jacobian.pairs().n_pairs, [&](const kokkos::PairRange& range, const auto& rows) {
    const auto n = static_cast<std::size_t>(range.n);
    const std::vector<double> values = host<Space>(rows, n * 6 * n_features);
    EXPECT_EQ(static_cast<std::size_t>(range.first), next);
    next += n;
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t p = static_cast<std::size_t>(range.first) + k, i = static_cast<std::size_t>(pairs.row[p]);
      const double *x = &images.frame.positions[3 * i],
                   *y = &images.frame.positions[3 * static_cast<std::size_t>(pairs.neighbor[p])];
      const double r[3] = {y[0] - x[0], y[1] - x[1], y[2] - x[2]};
      sums.add(i, r, &values[k * 6 * n_features]);
    }
  });
  EXPECT_EQ(next, pairs.row.size());
  return sums;
}

TEST(KokkosJacobian, GivesTheDerivativesOfThePairJacobian) {
  for (Hypers h : {gto(4, 3.9, 1.2), gto(3, 3.9, 1.2, 2), monomial(3, 3.9, 3), gto(0, 3.9, 1.2), gto(7, 3.9, 1.2)})
    for (CutoffFunction cutoff : {CutoffFunction::None, CutoffFunction::Cosine})
      for (const double density_scale : {1.0, 0.7}) {
        h.cutoff_function = cutoff;
        h.cutoff_width = cutoff == CutoffFunction::Cosine ? 1.5 : 0.0;
        const Frame frame = spread_frame(3, static_cast<int>(h.species.size()));
        const Sums expected = sums_of_core(h, frame, density_scale);
        for (const std::size_t memory : {std::size_t{1} << 28, std::size_t{1} << 20, std::size_t{1}}) {
          const Sums got = sums_of_kokkos(h, frame, density_scale, memory);
          EXPECT_LE(relative_difference(got.features, expected.features), 1e-12) << memory;
          EXPECT_LE(relative_difference(got.rows, expected.rows), 1e-10) << memory;
        }
      }
}

}  // namespace
}  // namespace anisoap::test
