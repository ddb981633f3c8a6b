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
  detail::PairPolynomialView view(const PairPolynomial& polynomial) const;
};

// Throws std::invalid_argument for powers or a degree out of range; weights are not looked at.
void check_polynomial(const PairPolynomial& polynomial, const detail::PairForm& form, const std::string& where);

}  // namespace anisoap
