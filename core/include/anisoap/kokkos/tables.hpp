// SPDX-License-Identifier: MIT
// A basis and a model in an execution space.
#pragma once

#include "anisoap/basis.hpp"
#include "anisoap/detail/pair_gradient.hpp"
#include "anisoap/kokkos/memory.hpp"

namespace anisoap::kokkos {

// What the pair passes of one basis need.
struct PairRules {
  double inverse_length;         // 1 / basis length
  double window;                 // 1 gto, 0 monomial
  double cutoff, inverse_width;  // basis units; 0 = no taper
};

// Plain data and pointers: goes into kernels by value.
struct BasisTables {
  detail::BasisView basis;
  PairRules rules;
  int degree, n_coefficients, n_features;
  int most_per_m;                        // coefficients of one l and m
  const double* scale;                   // [l_max + 1] of the power spectrum
  const detail::MomentStep* steps;       // [n_moments]
  const detail::ShiftedIndices* raised;  // [n_moments]
  const int* feature_l;                  // [n_features] of the symmetric power spectrum
  const int *feature_a, *feature_b;      // [n_features] the two (n, species) of that l
  const int* first_coefficient;          // [l_max + 1] of the coefficients of l
  const int* first_feature;              // [l_max + 2]
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
  std::vector<int> l_of, a_of, b_of, first_c, first_f{0};
  for (int l = 0, at = 0; l <= out.basis.max_angular; ++l) {
    const int n = given.num_radial()[static_cast<std::size_t>(l)] * n_species;
    out.most_per_m = n > out.most_per_m ? n : out.most_per_m;
    first_c.push_back(at);
    at += (2 * l + 1) * n;
    for (int a = 0; a < n; ++a)
      for (int b = a; b < n; ++b) {
        l_of.push_back(l);
        a_of.push_back(a);
        b_of.push_back(b);
      }
    first_f.push_back(static_cast<int>(l_of.size()));
  }
  out.n_features = static_cast<int>(l_of.size());
  const auto put = [&](const auto& values) {
    auto* p = values.data();
    copies(p, values.size());
    return p;
  };
  detail::visit_arrays(out.basis, copies);
  out.scale = put(given.power_scale());
  out.steps = put(given.steps());
  out.raised = put(raised);
  out.feature_l = put(l_of);
  out.feature_a = put(a_of);
  out.feature_b = put(b_of);
  out.first_coefficient = put(first_c);
  out.first_feature = put(first_f);
  return out;
}

}  // namespace anisoap::kokkos
