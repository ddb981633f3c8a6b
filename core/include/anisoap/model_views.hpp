// SPDX-License-Identifier: MIT
// A Model as the pointers that formulas read.
#pragma once

#include <vector>

#include "anisoap/detail/local_energy.hpp"
#include "anisoap/detail/two_body.hpp"
#include "anisoap/model.hpp"
#include "anisoap/monomials.hpp"
#include "anisoap/symmetric_tables.hpp"

namespace anisoap {

class ModelViews {
 public:
  // Keeps pointers into the model.
  explicit ModelViews(const Model& model);

  const std::vector<detail::LocalEnergyView>& local() const { return local_; }
  const std::vector<detail::LocalEnergyView>& local_without_variance() const { return without_variance_; }
  const detail::TwoBodyView& two_body() const { return two_body_; }
  std::size_t n_two_body_members() const { return n_members_; }  // networks of each pair; 0 without a committee

  // Terms of the polynomials of a species' pairs, and where those of one pair of species start.
  std::size_t n_terms(int species) const { return n_terms_[static_cast<std::size_t>(species)]; }
  std::size_t most_terms() const;
  std::size_t first_term(int species, int pair) const;
  bool has_pair_variance() const;
  bool has_pair_grade() const;

 private:
  using Networks = std::vector<detail::NetworkView>;
  void count_terms(const Model& model);
  void view_local(const Model& model);
  void view_two_body(const Model& model);
  const Networks& views_of(const std::vector<Network>& networks);

  std::vector<std::vector<detail::NetworkView>> networks_;
  std::vector<detail::LocalEnergyView> local_, without_variance_;
  std::vector<detail::TwoBodyPairView> pairs_;
  std::vector<PolynomialTables> polynomials_;      // of each pair
  std::vector<SymmetricTables> expansions_;        // of each pair
  std::vector<std::size_t> n_terms_, first_term_;  // [n_species], [n_species * n_pairs]
  std::vector<int> pair_of_species_;
  detail::TwoBodyView two_body_{};
  std::size_t n_members_ = 0;
};

}  // namespace anisoap
