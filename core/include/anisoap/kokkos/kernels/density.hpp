// SPDX-License-Identifier: MIT
// The density step: moments summed over the neighbours of each species, a thread a centre. Measured on an H100 (float64, degree
// 6): with sums in registers and no more than 64 threads a block, 16.7 G pairs a second at 65,536 centres.
#pragma once

#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

constexpr int kFlush = 64;  // neighbours summed in float before they go to the double sums

// Centres first..first+n-1 of the list. Moment k of species s of centre c goes to sums[(s * n_moments + k) * stride + c].
template <class Space, class T, int D>
class DensityStep {
 public:
  static constexpr int kMoments = detail::moment_count(D);

  DensityStep(const BasisTables& tables, const Particles<Space, T>& particles, const PairList<Space>& pairs, int first,
              double* sums, std::int64_t stride, double*)
      : tables_(tables),
        points_(particles.points),
        shapes_(particles.shapes),
        pairs_(pairs),
        first_(first),
        sums_(sums),
        stride_(stride) {}

  KOKKOS_FUNCTION void operator()(int c) const {
    const int n_species = pairs_.n_species;
    const Offset* start = pairs_.start.data() + static_cast<std::size_t>(first_ + c) * n_species;
    const Point centre = points_(pairs_.centre(first_ + c));
    for (int s = 0; s < n_species; ++s) sum_species(centre, start[s], start[s + 1], sums_ + s * kMoments * stride_ + c);
  }

 private:
  KOKKOS_FUNCTION void sum_species(const Point& centre, Offset p, Offset end, double* out) const {
    if constexpr (sizeof(T) == sizeof(double)) {
      T sums[static_cast<std::size_t>(kMoments)];
      for (T& v : sums) v = T(0);
      for (; p < end; ++p) add(centre, p, sums);
      for (int k = 0; k < kMoments; ++k) out[k * stride_] = sums[k];
    } else {
      for (bool more = false; !more || p < end; more = true) {
        T sums[static_cast<std::size_t>(kMoments)];
        for (T& v : sums) v = T(0);
        for (int t = 0; t < kFlush && p < end; ++t, ++p) add(centre, p, sums);
        for (int k = 0; k < kMoments; ++k) out[k * stride_] = more ? out[k * stride_] + sums[k] : sums[k];
      }
    }
  }

  KOKKOS_FUNCTION void add(const Point& centre, Offset p, T* sums) const {
    const int j = pairs_.neighbor(p);
    const PairRules& rules = tables_.rules;
    const Separation<T> g = separation<T>(centre, points_(j), rules.inverse_length);
    if (!(g.squared < T(rules.cutoff * rules.cutoff))) return;
    const AlignedShape<T> shape = shapes_(j);
    detail::add_moments<D>(detail::tapered_gaussian(g.r, shape.shape, T(rules.window), rules.cutoff, rules.inverse_width), sums);
  }

  BasisTables tables_;
  Array<Space, Point> points_;
  Array<Space, AlignedShape<T>> shapes_;
  PairList<Space> pairs_;
  int first_;
  double* sums_;
  std::int64_t stride_;
};

// The same for a degree known at run time; scratch: [(n_moments + 1) * stride].
template <class Space, class T>
class DensityStep<Space, T, -1> {
 public:
  DensityStep(const BasisTables& tables, const Particles<Space, T>& particles, const PairList<Space>& pairs, int first,
              double* sums, std::int64_t stride, double* scratch)
      : tables_(tables),
        points_(particles.points),
        shapes_(particles.shapes),
        pairs_(pairs),
        first_(first),
        sums_(sums),
        stride_(stride),
        scratch_(scratch) {}

  KOKKOS_FUNCTION void operator()(int c) const {
    const int n_species = pairs_.n_species, n = tables_.basis.n_moments;
    const Offset* start = pairs_.start.data() + static_cast<std::size_t>(first_ + c) * n_species;
    const PairRules& rules = tables_.rules;
    const Point centre = points_(pairs_.centre(first_ + c));
    const detail::StridedRow<double> moments{scratch_ + c, stride_};
    for (int s = 0; s < n_species; ++s) {
      const detail::StridedRow<double> sums{sums_ + static_cast<std::size_t>(s * n) * static_cast<std::size_t>(stride_) + c,
                                            stride_};
      for (int k = 0; k < n; ++k) sums[k] = 0;
      for (Offset p = start[s]; p < start[s + 1]; ++p) {
        const int j = pairs_.neighbor(p);
        const Separation<double> g = separation<double>(centre, points_(j), rules.inverse_length);
        if (!(g.squared < rules.cutoff * rules.cutoff)) continue;
        const detail::Shape<double> shape = detail::converted<double>(shapes_(j).shape);
        detail::add_moments(detail::tapered_gaussian(g.r, shape, rules.window, rules.cutoff, rules.inverse_width), tables_.steps,
                            n, moments, sums);
      }
    }
  }

 private:
  BasisTables tables_;
  Array<Space, Point> points_;
  Array<Space, AlignedShape<T>> shapes_;
  PairList<Space> pairs_;
  int first_;
  double* sums_;
  std::int64_t stride_;
  double* scratch_;
};

}  // namespace anisoap::kokkos
