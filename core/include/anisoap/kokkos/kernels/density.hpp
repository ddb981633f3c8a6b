// SPDX-License-Identifier: MIT
// The density step: moments summed over the neighbours of each species, a thread a centre. Measured on an H100 (float64, degree
// 6): with sums in registers and no more than 64 threads a block, 15.7 G pairs a second at 65,536 centres.
#pragma once

#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

constexpr int kFlush = 64;  // neighbours summed in float before they go to the double sums

// Centres first..first+n-1 of the list. Moment k of species s of centre c goes to sums[(s * n_moments + k) * stride + c]. D: the
// degree, or -1 for one known at run time, which works in double. scratch: [(n_moments + 1) * stride], read where D is -1.
template <class Space, class T, int D>
class DensityStep {
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
    const int n_species = pairs_.n_species;
    const Offset* start = pairs_.start.data() + static_cast<std::size_t>(first_ + c) * n_species;
    const Point centre = points_(pairs_.centre(first_ + c));
    for (int s = 0; s < n_species; ++s) {
      double* out = sums_ + s * (stride_ * tables_.basis.n_moments) + c;
      if constexpr (D >= 0) sum_species(centre, start[s], start[s + 1], out);
      else sum_species(centre, start[s], start[s + 1], Row{out, stride_}, Row{scratch_ + c, stride_});
    }
  }

 private:
  using Row = detail::StridedRow<double>;

  KOKKOS_FUNCTION void sum_species(const Point& centre, Offset p, Offset end, double* out) const {
    constexpr int n = detail::moment_count(D);
    if constexpr (sizeof(T) == sizeof(double)) {
      T sums[static_cast<std::size_t>(n)];
      for (T& v : sums) v = T(0);
      for (; p < end; ++p) add(centre, p, sums);
      for (int k = 0; k < n; ++k) out[k * stride_] = sums[k];
    } else {
      for (bool more = false; !more || p < end; more = true) {
        T sums[static_cast<std::size_t>(n)];
        for (T& v : sums) v = T(0);
        for (int t = 0; t < kFlush && p < end; ++t, ++p) add(centre, p, sums);
        for (int k = 0; k < n; ++k) out[k * stride_] = more ? out[k * stride_] + sums[k] : sums[k];
      }
    }
  }

  KOKKOS_FUNCTION void sum_species(const Point& centre, Offset p, Offset end, Row sums, Row moments) const {
    const int n = tables_.basis.n_moments;
    for (int k = 0; k < n; ++k) sums[k] = 0;
    detail::PairGaussian<double> g;
    for (; p < end; ++p)
      if (inside(centre, p, g)) detail::add_moments(g, tables_.steps, n, moments, sums);
  }

  KOKKOS_FUNCTION void add(const Point& centre, Offset p, T* sums) const {
    detail::PairGaussian<T> g;
    if (inside(centre, p, g)) detail::add_moments<D>(g, sums);
  }

  // The Gaussian of pair p; false where it lies outside the cutoff.
  template <class U>
  KOKKOS_FORCEINLINE_FUNCTION bool inside(const Point& centre, Offset p, detail::PairGaussian<U>& out) const {
    const int j = pairs_.neighbor(p);
    const PairRules& rules = tables_.rules;
    const Separation<U> g = separation<U>(centre, points_(j), rules.inverse_length);
    if (!(g.squared < U(rules.cutoff * rules.cutoff))) return false;
    const AlignedShape<T> shape = shapes_(j);
    out = detail::tapered_gaussian(g.r, detail::converted<U>(shape.shape), U(rules.window), rules.cutoff, rules.inverse_width);
    return true;
  }

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
