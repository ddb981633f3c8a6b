// SPDX-License-Identifier: MIT
// Derivatives of power spectra pair by pair, in double: of the moments (a thread a pair), of the coefficients and of the features
// (a thread an entry). Arrays hold one pair after another and six axes a pair: x_j - x_i (3) and the turn of j (3).
#pragma once

#include "anisoap/detail/jacobian.hpp"
#include "anisoap/kokkos/kernels/centre.hpp"
#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

// Some of the pairs of a list, one behind another.
struct PairRange {
  Offset first, n;

  KOKKOS_FUNCTION bool has(Offset p) const { return p >= first && p < first + n; }
  // Those of pairs begin..end-1.
  KOKKOS_FUNCTION PairRange among(Offset begin, Offset end) const {
    const Offset from = begin < first ? first : begin, to = end > first + n ? first + n : end;
    return {from, to > from ? to - from : 0};
  }
};

// Whether a pair of a list, whose separation is in basis units, lies inside the cutoff.
KOKKOS_INLINE_FUNCTION bool is_inside(const Separation<double>& g, const PairRules& rules) {
  return g.squared < rules.cutoff * rules.cutoff;
}

// derivatives: [n * 6 * n_moments], zeros outside the cutoff; work: [(n_moments + 1) * n], side by side.
template <class Space>
struct MomentDerivatives {
  PairRules rules;
  detail::MomentTables tables;
  Array<Space, Point> points;
  Array<Space, AlignedShape<double>> shapes;
  PairList<Space> pairs;
  PairRange range;
  double *work, *derivatives;

  KOKKOS_FUNCTION void operator()(Offset k) const {
    const Offset p = range.first + k;
    const int i = pairs.centre(pairs.row(p)), j = pairs.neighbor(p), n = tables.n_moments;
    double* out = derivatives + k * 6 * n;
    const Separation<double> g = separation<double>(points(i), points(j), rules.inverse_length);
    if (!is_inside(g, rules)) return clear(out, 6 * n);
    detail::moment_jacobian(tables, detail::pair_gaussian(g.r, shapes(j).shape, rules.window), g.r, rules.window,
                            detail::taper_at(g.squared, rules.cutoff, rules.inverse_width), rules.inverse_length,
                            detail::StridedRow<double>{work + k, range.n}, out);
    if (i == j) clear(out, 3 * n);  // a particle does not move against itself
  }

 private:
  KOKKOS_FUNCTION static void clear(double* out, int n) {
    for (int k = 0; k < n; ++k) out[k] = 0;
  }
};

// tangents: [n * 6 * n_coefficients] from derivatives of moments.
template <class Space>
struct CoefficientDerivatives {
  BasisTables tables;
  Array<Space, int> species;
  PairList<Space> pairs;
  PairRange range;
  const double* derivatives;
  double* tangents;

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const detail::BasisView& basis = tables.basis;
    const Offset row = e / tables.n_coefficients;
    const auto k = static_cast<int>(e % tables.n_coefficients);
    const bool moves = species(pairs.neighbor(range.first + row / 6)) == k % basis.n_species;
    tangents[e] = moves ? detail::row_times(basis.to_functions, k / basis.n_species, derivatives + row * basis.n_moments) : 0.0;
  }
};

// rows: [n * 6 * layout.length] from derivatives of the coefficients. coefficients: [n_centres * n_coefficients].
template <class Space>
struct FeatureDerivatives {
  BasisTables tables;
  RowLayout layout;
  PairList<Space> pairs;
  PairRange range;
  const double *coefficients, *tangents;
  double* rows;

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset row = e / layout.length, centre = pairs.row(range.first + row / 6);
    const auto column = static_cast<int>(e % layout.length);
    const FeatureEntry entry = tables.features[layout.from[column]];
    rows[e] = detail::tangent_over_m(coefficients + centre * tables.n_coefficients + entry.first,
                                     tangents + row * tables.n_coefficients + entry.first, entry.n_m, entry.n, entry.a, entry.b) *
              entry.scale * layout.scale[column];
  }
};

// layout.rows: [n * length] the features themselves, of all centres or of those chosen.
struct FeatureRows {
  BasisTables tables;
  RowLayout layout;
  const double* coefficients;
  const int* chosen;  // [n] centres; nullptr: all

  KOKKOS_FUNCTION void operator()(Offset e) const {
    const Offset row = e / layout.length, c = chosen ? chosen[row] : row;
    const auto column = static_cast<int>(e % layout.length);
    const FeatureEntry entry = tables.features[layout.from[column]];
    layout.rows[e] =
        detail::sum_over_m(coefficients + c * tables.n_coefficients + entry.first, entry.n_m, entry.n, entry.a, entry.b) *
        entry.scale * layout.scale[column];
  }
};

}  // namespace anisoap::kokkos
