// SPDX-License-Identifier: MIT
// What anisoap::kokkos::Potential gives for a frame whose images are particles of their own, folded back on the particles.
#pragma once

#include <algorithm>
#include <random>
#include <type_traits>

#include "anisoap/kokkos/potential.hpp"
#include "support/images.hpp"
#include "support/model.hpp"

namespace anisoap::test {

// Where the tests run: a device, if Kokkos has one; else without threads, or where ANISOAP_TEST_THREADS is set with them.
#if defined(KOKKOS_ENABLE_OPENMP) && defined(KOKKOS_ENABLE_SERIAL) && !defined(ANISOAP_TEST_THREADS)
using Space = std::conditional_t<kokkos::on_device<Kokkos::DefaultExecutionSpace>, Kokkos::DefaultExecutionSpace, Kokkos::Serial>;
#else
using Space = Kokkos::DefaultExecutionSpace;
#endif

template <class Space, class T>
auto array_of(const std::vector<T>& values) {
  return kokkos::copy_of<Space>(values.data(), values.size(), "test");
}

template <class Space>
struct Input {
  kokkos::Array<Space, double> x, q, d;
  kokkos::Array<Space, int> s;

  explicit Input(const Frame& f)
      : x(array_of<Space>(f.positions)),
        q(array_of<Space>(f.quaternions)),
        d(array_of<Space>(f.diameters)),
        s(array_of<Space>(f.species)) {}
  KOKKOS_FUNCTION double position(int k, int axis) const { return x(3 * k + axis); }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return q(4 * k + c); }
  KOKKOS_FUNCTION double diameter(int k, int axis) const { return d(3 * k + axis); }
  KOKKOS_FUNCTION int species(int k) const { return s(k); }
};

template <class Space>
struct Lists {
  kokkos::Array<Space, int> start, index;

  explicit Lists(const std::vector<std::vector<int>>& neighbors) {
    std::vector<int> begin{0}, all;
    for (const auto& row : neighbors) {
      all.insert(all.end(), row.begin(), row.end());
      begin.push_back(static_cast<int>(all.size()));
    }
    start = array_of<Space>(begin);
    index = array_of<Space>(all);
  }
  KOKKOS_FUNCTION int particle(int c) const { return c; }
  KOKKOS_FUNCTION int size(int c) const { return start(c + 1) - start(c); }
  KOKKOS_FUNCTION int neighbor(int c, int k) const { return index(start(c) + k); }
};

struct KokkosOptions {
  bool numbered = false, uncertain = true, sorted = false, shuffled = false, graded = false;  // uncertain: grades too
  double skin = 0.3;
};

template <class Space>
std::vector<double> host(const kokkos::Array<Space, double>& values, std::size_t n) {
  std::vector<double> out(n);
  Kokkos::deep_copy(Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(out.data(), n),
                    Kokkos::subview(values, std::make_pair(std::size_t{0}, n)));
  return out;
}

template <class Space, class T>
Outcome evaluate_kokkos(kokkos::Potential<Space, T>& potential, const Frame& frame, const KokkosOptions& options = {}) {
  Images images = with_images(frame, potential.model().cutoff(), options.skin);
  std::mt19937 generator(1);
  for (auto& row : images.neighbors)
    if (options.shuffled) std::shuffle(row.begin(), row.end(), generator);
  const std::size_t n = frame.size(), n_all = images.frame.size();
  kokkos::Particles<Space, T> particles;
  particles.resize(static_cast<int>(n_all));
  Kokkos::deep_copy(Kokkos::subview(particles.numbers, std::make_pair(std::size_t{0}, n_all)), array_of<Space>(images.owner));
  const kokkos::Placed placed = kokkos::set_particles(Input<Space>(images.frame), potential.rules(), particles);
  EXPECT_EQ(placed.n_faults, 0) << describe(placed.fault);
  potential.set_neighbors(Lists<Space>(images.neighbors), static_cast<int>(n), particles, options.numbered, options.sorted);
  kokkos::PotentialResults<Space> results;
  results.want_energies = results.want_virial = results.want_virials = results.want_centroid_virials = true;
  results.want_uncertainties = options.uncertain;
  results.want_grades = options.uncertain || options.graded;
  potential.compute(particles, results);
  Outcome out{results.energy,
              std::vector<double>(n),
              std::vector<double>(3 * n),
              std::vector<double>(3 * n),
              std::vector<double>(results.virial, results.virial + 9),
              std::vector<double>(9 * n),
              std::vector<double>(n),
              std::vector<double>(n),
              std::vector<double>(9 * n)};
  const auto motion = host<Space>(results.motion, 6 * n_all), energies = host<Space>(results.energies, n_all),
             virials = host<Space>(results.virials, 9 * n_all),
             centroid_virials = host<Space>(results.centroid_virials, 9 * n_all);
  for (std::size_t k = 0; k < n_all; ++k) {
    const auto i = static_cast<std::size_t>(images.owner[k]);
    out.energies[i] += energies[k];
    for (std::size_t d = 0; d < 3; ++d) {
      out.forces[3 * i + d] += motion[6 * k + d];
      out.torques[3 * i + d] += motion[6 * k + 3 + d];
    }
    for (std::size_t d = 0; d < 9; ++d) {
      out.virials[9 * i + d] += virials[9 * k + d];
      out.centroid_virials[9 * i + d] += centroid_virials[9 * k + d];
    }
  }
  if (results.want_uncertainties) out.uncertainties = host<Space>(results.uncertainties, n);
  if (results.want_grades) out.grades = host<Space>(results.grades, n);
  return out;
}

}  // namespace anisoap::test
