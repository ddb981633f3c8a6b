// SPDX-License-Identifier: MIT
// A linear, a kernel and a committee model, polynomials and networks of pairs for force_calls.hpp, and their numbers on the host.
#pragma once

#include <memory>

#include "force_calls.hpp"
#include "host_case.hpp"

namespace anisoap::test {

inline std::vector<double> waves(std::size_t n, double step) {
  std::vector<double> out(n);
  for (std::size_t k = 0; k < n; ++k) out[k] = std::sin(step * static_cast<double>(k + 1));
  return out;
}

inline std::vector<detail::ShiftedIndices> shifted_indices(const Basis& basis, int step) {
  std::vector<detail::ShiftedIndices> out;
  const auto index = [&](detail::Exponents m, int k, int j) {
    m.e[k] += step;
    if (j >= 0) m.e[j] += step;
    return m.e[0] < 0 || m.e[1] < 0 || m.e[2] < 0 ? basis.n_moments() : detail::moment_index(m.e[0], m.e[1], m.e[2]);
  };
  for (int i = 0; i < basis.n_moments(); ++i) {
    const detail::Exponents m = detail::moment_exponents(i);
    out.push_back({{index(m, 0, -1), index(m, 1, -1), index(m, 2, -1)},
                   {index(m, 0, 0), index(m, 0, 1), index(m, 0, 2), index(m, 1, 1), index(m, 1, 2), index(m, 2, 2)}});
  }
  return out;
}

// Owns what ForceTables points at.
class ForceCase {
 public:
  explicit ForceCase(int degree) : basis_(basis_of_degree(degree)), n_features_(both_lengths(basis_) - full_length(basis_)) {
    const auto n = static_cast<std::size_t>(n_features_);
    widths_ = {n_features_, 9, 5, 1};
    parameters_ = waves(static_cast<std::size_t>(9 * (n_features_ + 1) + 5 * 10 + 6), 1.3);
    second_ = waves(parameters_.size(), 0.7);
    shift_ = waves(n, 0.3);
    scale_ = waves(n, 2.1);
    weights_ = waves(n + kPoints, 1.9);
    points_ = waves(kPoints * n, 0.37);
    rows_ = waves(2 * n + 2 * kPoints, 0.11);
    pair_rows_ = waves(2 * kTerms, 0.23);
    powers_ = {1, 3, 6, 12};
    polynomial_ = waves(kMonomials * powers_.size(), 0.9);
    pair_widths_ = {15, 9, 5, 1};
    pair_first_ = waves(9 * 16 + 5 * 10 + 6, 1.7);
    pair_second_ = waves(pair_first_.size(), 0.6);
    pair_shift_ = waves(15, 0.5);
    pair_scale_ = waves(15, 1.1);
  }

  const Basis& basis() const { return basis_; }

  // upload(pointer, n): the array in the memory that the functions run in.
  template <class Upload>
  ForceTables tables(Upload&& upload) const {
    const detail::BasisView host = basis_.view();
    int n_functions = 0, n_matrix = 0;
    for (int l = 0; l <= host.max_angular; ++l) {
      n_functions += (2 * l + 1) * host.num_radial[l];
      n_matrix += host.num_radial[l] * host.num_radial[l];
    }
    const auto put = [&](const auto* p, int n) { return upload(p, static_cast<std::size_t>(n)); };
    const auto all = [&](const auto& v) { return upload(v.data(), v.size()); };
    const int n_values = host.row_start[n_functions];
    ForceTables t{};
    t.basis = {host.max_angular,
               host.n_moments,
               host.n_species,
               put(host.num_radial, host.max_angular + 1),
               put(host.row_start, n_functions + 1),
               put(host.moment, n_values),
               put(host.value, n_values),
               put(host.orthonormalizer, n_matrix)};
    t.scale = all(basis_.power_scale());
    t.steps = all(basis_.steps());
    t.raised = all(shifted_indices(basis_, 1));
    t.lowered = all(shifted_indices(basis_, -1));
    t.degree = basis_.degree();
    t.n_features = n_features_;
    const int* widths = all(widths_);
    const std::vector<detail::NetworkView> networks = {{3, widths, all(parameters_)}, {3, widths, all(second_)}};
    const auto local = [&](detail::LocalForm form) {
      return detail::LocalEnergyView{
          form, n_features_, 0.5, all(shift_),     all(scale_), all(weights_), all(points_), kPoints, 3, all(networks), 2,
          9.0,  all(rows_),  2,   all(pair_rows_), 2,           kTerms};
    };
    t.local[0] = local(detail::LocalForm::Linear);
    t.local[1] = local(detail::LocalForm::Kernel);
    t.local[2] = local(detail::LocalForm::Networks);
    const detail::PairForm alike{{3, 3}, {0, 0}, true, 1.3}, unlike{{1, 3}, {2, 0}, false, 1.3};
    t.pair[0] = {alike, nullptr, nullptr, nullptr, 0, polynomial(alike, all)};
    t.pair[1] = {unlike, nullptr, nullptr, nullptr, 0, polynomial(unlike, all)};
    const int* pair_widths = all(pair_widths_);
    const std::vector<detail::NetworkView> pair_networks = {{3, pair_widths, all(pair_first_)},
                                                            {3, pair_widths, all(pair_second_)}};
    t.pair[2] = {unlike, all(pair_shift_), all(pair_scale_), all(pair_networks), kMembers, {}};
    return t;
  }

 private:
  // A tree of products of up to four invariants.
  template <class All>
  detail::PairPolynomialView polynomial(const detail::PairForm& form, const All& all) const {
    std::vector<int> parent, factor;
    for (int m = 0; m < kMonomials; ++m) {
      parent.push_back((m - 1) / 2);
      factor.push_back(m % (detail::pair_inputs(form) - detail::kRadialInputs));
    }
    return {static_cast<int>(powers_.size()), all(powers_), kMonomials, all(parent), all(factor), all(polynomial_)};
  }

  static constexpr int kPoints = 3, kTerms = 4, kMonomials = 30;
  Basis basis_;
  int n_features_;
  std::vector<int> widths_, powers_, pair_widths_;
  std::vector<double> pair_first_, pair_second_, pair_shift_, pair_scale_;
  std::vector<double> parameters_, second_, shift_, scale_, weights_, points_, rows_, pair_rows_, polynomial_;
};

// Copies that live as long as it does.
class HostMemory {
 public:
  template <class V>
  const V* operator()(const V* p, std::size_t n) {
    auto copy = std::make_shared<std::vector<V>>(p, p + n);
    kept_.push_back(copy);
    return copy->data();
  }

 private:
  std::vector<std::shared_ptr<void>> kept_;
};

// Degree D known at compile time, or not.
template <int D, class T>
std::vector<T> forces_on_host(const ForceCase& given, bool compiled) {
  HostMemory memory;
  const ForceTables t = given.tables(memory);
  const auto x = std::make_unique<ForceScratch<T>>();
  std::vector<T> out(static_cast<std::size_t>(n_force_values(t)));
  if (compiled) force_values<D>(surroundings(), t, *x, out.data());
  else force_values<-1>(surroundings(), t, *x, out.data());
  return out;
}

}  // namespace anisoap::test
