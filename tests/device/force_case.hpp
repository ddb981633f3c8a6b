// SPDX-License-Identifier: MIT
// A linear, a kernel and a committee model, polynomials and networks of pairs for force_calls.hpp, and their numbers on the host.
#pragma once

#include <memory>

#include "anisoap/monomials.hpp"
#include "copies.hpp"
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
    // Walked and nested, of like and of unlike bodies.
    polynomials_.push_back(polynomial({{3, 3}, {0, 0}, true, 1.3}, 4));
    polynomials_.push_back(polynomial({{1, 3}, {2, 0}, false, 1.3}, 4));
    polynomials_.push_back(polynomial({{1, 1}, {2, 2}, true, 1.3}, 8));
    polynomials_.push_back(polynomial({{1, 1}, {2, 0}, false, 1.3}, 7));
    pair_widths_ = {15, 9, 5, 1};
    pair_first_ = waves(9 * 16 + 5 * 10 + 6, 1.7);
    pair_second_ = waves(pair_first_.size(), 0.6);
    pair_shift_ = waves(15, 0.5);
    pair_scale_ = waves(15, 1.1);
  }

  const Basis& basis() const { return basis_; }

  // upload(pointer, n): the array in the memory that the functions run in.
  template <class Upload>
  ForceTables tables(Upload& upload) const {
    const auto all = [&](const auto& v) { return upload(v.data(), v.size()); };
    ForceTables t{};
    t.basis = copied(basis_.view(), upload);
    t.scale = all(basis_.power_scale());
    t.steps = all(basis_.steps());
    t.raised = all(shifted_indices(basis_, 1));
    t.lowered = all(shifted_indices(basis_, -1));
    t.degree = basis_.degree();
    t.n_features = n_features_;
    const std::vector<detail::NetworkView> networks = {{3, widths_.data(), parameters_.data()},
                                                       {3, widths_.data(), second_.data()}};
    const auto local = [&](detail::LocalForm form) {
      return copied(detail::LocalEnergyView{form, n_features_, 0.5, shift_.data(), scale_.data(), weights_.data(), points_.data(),
                                            kPoints, 3, networks.data(), 2, 9.0, rows_.data(), 2, pair_rows_.data(), 2, kTerms},
                    upload);
    };
    t.local[0] = local(detail::LocalForm::Linear);
    t.local[1] = local(detail::LocalForm::Kernel);
    t.local[2] = local(detail::LocalForm::Networks);
    const detail::PairForm unlike{{1, 3}, {2, 0}, false, 1.3};
    for (std::size_t k = 0; k < kPolynomials; ++k)
      t.pair[k] =
          copied(detail::TwoBodyPairView{polynomials_[k].form, nullptr, nullptr, nullptr, 0, polynomials_[k].tables->view(), {}},
                 upload);
    const std::vector<detail::NetworkView> pair_networks = {{3, pair_widths_.data(), pair_first_.data()},
                                                            {3, pair_widths_.data(), pair_second_.data()}};
    t.pair[kPolynomials] = copied(
        detail::TwoBodyPairView{unlike, pair_shift_.data(), pair_scale_.data(), pair_networks.data(), kMembers, {}, {}}, upload);
    return t;
  }

 private:
  struct Polynomial {
    detail::PairForm form;
    std::unique_ptr<PairPolynomial> polynomial;
    std::unique_ptr<PolynomialTables> tables;
  };

  static Polynomial polynomial(const detail::PairForm& form, int degree) {
    Polynomial out{form, std::make_unique<PairPolynomial>(), nullptr};
    out.polynomial->powers = {1, 3, 6, 12};
    out.polynomial->degree = degree;
    out.polynomial->weights = waves(4 * Monomials(form, degree).size(), 0.9);
    out.tables = std::make_unique<PolynomialTables>(form, *out.polynomial);
    return out;
  }

  static constexpr int kPoints = 3, kTerms = 4;
  Basis basis_;
  int n_features_;
  std::vector<int> widths_, pair_widths_;
  std::vector<Polynomial> polynomials_;
  std::vector<double> pair_first_, pair_second_, pair_shift_, pair_scale_;
  std::vector<double> parameters_, second_, shift_, scale_, weights_, points_, rows_, pair_rows_;
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
