// SPDX-License-Identifier: MIT
// Tables of one set of hyperparameters: the radial basis, its overlap and orthonormalisation, and the sparse matrix from moments
// to coefficients, which holds the orthonormalisation. c_{s n l m} = sum_abc T_{nlm,abc} S_abc(s), with S the moments summed over
// the neighbours of species s.
//
// Radial functions, of order q = l + 2 n: gto N_q r^q exp(-r^2 / 2 sigma^2), N_q = (sigma^(2q+3) Gamma(q + 3/2) / 2)^(-1/2);
// monomial N_q r^q, N_q = ((2q + 3) / r_cut^(2q+3))^(1/2). Loewdin: S^(-1/2) over n at fixed l.
#pragma once

#include <cstdint>
#include <vector>

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/moments.hpp"
#include "anisoap/hypers.hpp"

namespace anisoap {

// Owns a SparseView.
struct SparseTable {
  std::vector<int> start{0};
  std::vector<detail::SparseEntry> entry;

  int n_rows() const { return static_cast<int>(start.size()) - 1; }
  void add(int column, double value) { entry.push_back({value, column}); }
  void end_row() { start.push_back(static_cast<int>(entry.size())); }
  detail::SparseView view() const { return {start.data(), entry.data()}; }
};

class Basis {
 public:
  // Throws ArgumentError for hyperparameters out of range and for an overlap that basis_rcond and basis_tol refuse.
  // orthonormalize = false leaves the coefficients unnormalised: plain integrals of r^(l + 2n) Y_lm (times the gto window).
  explicit Basis(const Hypers& hypers, bool orthonormalize = true, const HypersNames& names = {});

  const Hypers& hypers() const { return hypers_; }
  const std::vector<int>& num_radial() const { return num_radial_; }
  int degree() const { return degree_; }
  int n_moments() const { return detail::moment_count(degree_); }
  int n_coefficients() const;  // sum over l of (2 l + 1) n_l, times the number of species

  double length() const { return hypers_.basis_length(); }
  double window() const;  // 1 gto, 0 monomial

  // (-1)^l / sqrt(2 l + 1); [l_max + 1].
  const std::vector<double>& power_scale() const { return power_scale_; }

  // Largest |S^(-1/2)| over l: how much single-precision round-off grows.
  double amplification() const { return amplification_; }

  // Steps of the run-time-degree recursion; absent terms point at n_moments.
  const std::vector<detail::MomentStep>& steps() const { return steps_; }

  detail::BasisView view() const;

 private:
  void build_functions(bool orthonormalize, const HypersNames& names);
  void build_steps();

  Hypers hypers_;
  std::vector<int> num_radial_;
  int degree_;
  double unit_of(int q, bool orthonormalize, const HypersNames& names) const;

  SparseTable to_functions_, to_moments_;
  std::vector<double> power_scale_;
  std::vector<detail::MomentStep> steps_;
  double amplification_ = 1.0;
};

// Norm N_q of the radial function of order q; form_of(hypers.radial_basis) has that for a basis length of 1.
double radial_norm(const Hypers& hypers, int q);

// Overlap of the normalised radial functions of orders p and q.
double radial_overlap(const Hypers& hypers, int p, int q);

// S^(-1/2) over n at fixed l, row major [n_l * n_l]. Throws when the overlap is degenerate beyond basis_tol.
std::vector<double> radial_orthonormalizer(const Hypers& hypers, int l, const HypersNames& names = {});

}  // namespace anisoap
