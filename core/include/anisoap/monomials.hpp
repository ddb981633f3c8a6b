// SPDX-License-Identifier: MIT
// The monomials of PairPolynomial as the tree that detail/pair_polynomial.hpp runs through.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "anisoap/detail/pair_polynomial.hpp"
#include "anisoap/model.hpp"

namespace anisoap {

constexpr int kMostDegree = 64;
constexpr std::size_t kMostMonomials = 10000;

struct Monomials {
  std::vector<int> parent, factor;  // of each; 0 is the constant 1

  // Stops with more than kMostMonomials.
  Monomials(const detail::PairForm& form, int degree);

  std::size_t size() const { return parent.size(); }
};

// What detail/pair_polynomial.hpp reads: the tree, and the weights in the order in which its nest or its walk meets the
// monomials.
class PolynomialTables {
 public:
  // Keeps pointers into the polynomial, whose weights may be missing where none are read. nest: false gives bodies of one axis
  // the tables of the walk too.
  PolynomialTables(const detail::PairForm& form, const PairPolynomial& polynomial, bool nest = true);

  const Monomials& monomials() const { return monomials_; }
  detail::PairPolynomialView view() const;

 private:
  void order_by_nest(const detail::PairForm& form);
  void order_by_walk();

  const PairPolynomial& polynomial_;
  Monomials monomials_;
  std::vector<std::size_t> order_;  // monomials as they are met
  std::vector<detail::WalkStep> steps_;
  int deepest_ = 0;
  std::vector<double> weights_;
};

// Throws std::invalid_argument for powers or a degree out of range; weights are not looked at.
void check_polynomial(const PairPolynomial& polynomial, const detail::PairForm& form, const std::string& where);

}  // namespace anisoap
