// SPDX-License-Identifier: MIT
// A basis and a model in an execution space.
#pragma once

#include "anisoap/basis.hpp"
#include "anisoap/detail/pair_gradient.hpp"
#include "anisoap/kokkos/launch/memory.hpp"

namespace anisoap::kokkos {

// What the pair passes of one basis need.
struct PairRules {
  double inverse_length;         // 1 / basis length
  double window;                 // 1 gto, 0 monomial
  double cutoff, inverse_width;  // basis units; 0 = no taper
};

// Where one feature of the symmetric power spectrum comes from: coefficients first + m * n + a and + b.
struct alignas(16) FeatureEntry {
  int first, n_m, n, a, b;
  double scale;
};

// The coefficients of one l and m, and the features of that l.
struct alignas(16) AdjointEntry {
  int first, n, first_feature;
  double scale;  // (-1)^l / sqrt(2 l + 1)
};

// Plain data and pointers: goes into kernels by value.
struct BasisTables {
  detail::BasisView basis;
  PairRules rules;
  int degree, n_coefficients, n_features;
  int most_per_m;                        // coefficients of one l and m
  const detail::MomentStep* steps;       // [n_moments]
  const detail::ShiftedIndices* raised;  // [n_moments]
  const FeatureEntry* features;          // [n_features]
  const AdjointEntry* adjoints;          // [(l_max + 1)^2]
};

template <class Space>
BasisTables basis_tables(const Basis& given, const std::vector<detail::ShiftedIndices>& raised, Copies<Space>& copies) {
  BasisTables out{};
  out.basis = given.view();
  const int n_species = out.basis.n_species;
  const Hypers& h = given.hypers();
  const double unit = given.length();
  out.rules = {1 / unit, given.window(), h.cutoff_radius / unit,
               h.cutoff_function == CutoffFunction::Cosine ? unit / h.cutoff_width : 0.0};
  out.degree = given.degree();
  out.n_coefficients = given.n_coefficients();
  std::vector<FeatureEntry> features;
  std::vector<AdjointEntry> adjoints;
  for (int l = 0, first = 0; l <= out.basis.max_angular; ++l) {
    const int n = given.num_radial()[static_cast<std::size_t>(l)] * n_species, first_feature = static_cast<int>(features.size());
    const double scale = given.power_scale()[static_cast<std::size_t>(l)];
    out.most_per_m = n > out.most_per_m ? n : out.most_per_m;
    for (int a = 0; a < n; ++a)
      for (int b = a; b < n; ++b) features.push_back({first, 2 * l + 1, n, a, b, detail::symmetric_scale(scale, a, b)});
    for (int m = 0; m < 2 * l + 1; ++m, first += n) adjoints.push_back({first, n, first_feature, scale});
  }
  out.n_features = static_cast<int>(features.size());
  const auto put = [&](const auto& values) {
    auto* p = values.data();
    copies(p, values.size());
    return p;
  };
  detail::visit_arrays(out.basis, copies);
  out.steps = put(given.steps());
  out.raised = put(raised);
  out.features = put(features);
  out.adjoints = put(adjoints);
  return out;
}

}  // namespace anisoap::kokkos
