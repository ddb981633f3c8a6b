// SPDX-License-Identifier: MIT
#include "model/monomials.hpp"

#include "anisoap/error.hpp"

namespace anisoap {
namespace {

struct Invariant {
  int degree;  // in the cosines of the axes
  bool once;   // at most one factor of it
};

// In the order of detail::orientation_inputs: A, B of degree 2, AB of degree 4, X of degree 3, T of degree 2.
std::vector<Invariant> invariants(const detail::PairForm& form) {
  const int n = form.n_axes[0], m = form.n_axes[1];
  const bool once = n <= 1 && m <= 1;
  const Invariant square{2, false}, product{4, false}, mixed{3, once};
  std::vector<Invariant> out(static_cast<std::size_t>(form.alike ? n : n + m), square);
  const int n_blocks = form.alike ? n * (n + 1) / 2 : n * m;
  for (int k = 0; k < n_blocks; ++k) {
    if (form.alike) out.push_back(product);
    out.push_back(mixed);
    out.push_back(square);
  }
  return out;
}

}  // namespace

// Factors never decrease from a monomial to what follows from it, so that each is met once.
Monomials::Monomials(const detail::PairForm& form, int degree) : parent{0}, factor{0} {
  const std::vector<Invariant> all = invariants(form);
  std::vector<int> left{degree};
  for (std::size_t m = 0; m < parent.size() && parent.size() <= kMostMonomials; ++m) {
    const bool constant = m == 0;
    for (std::size_t a = constant ? 0 : static_cast<std::size_t>(factor[m]); a < all.size(); ++a) {
      const bool again = !constant && factor[m] == static_cast<int>(a);
      if (all[a].degree > left[m] || (again && all[a].once)) continue;
      parent.push_back(static_cast<int>(m));
      factor.push_back(static_cast<int>(a));
      left.push_back(left[m] - all[a].degree);
    }
  }
}

detail::PairPolynomialView Monomials::view(const PairPolynomial& polynomial) const {
  return {static_cast<int>(polynomial.powers.size()),
          polynomial.powers.data(),
          static_cast<int>(size()),
          parent.data(),
          factor.data(),
          polynomial.weights.data()};
}

void check_polynomial(const PairPolynomial& polynomial, const detail::PairForm& form, const std::string& where) {
  const auto refuse = [&](const char* name, const std::string& got, const std::string& allowed) {
    bad_argument("entry '" + where + "." + name + "' of the model", got, allowed);
  };
  if (polynomial.powers.size() > detail::kMostPowers)
    refuse("powers", std::to_string(polynomial.powers.size()) + " of them", "at most " + std::to_string(detail::kMostPowers));
  int before = 0;
  for (const int n : polynomial.powers) {
    if (n <= before || n > kMostDegree)
      refuse("powers", std::to_string(n), "integers from 1 to " + std::to_string(kMostDegree) + ", ascending");
    before = n;
  }
  if (polynomial.degree < 0 || polynomial.degree > kMostDegree)
    refuse("degree", std::to_string(polynomial.degree), "0 to " + std::to_string(kMostDegree));
  if (Monomials(form, polynomial.degree).size() > kMostMonomials)
    refuse("degree", std::to_string(polynomial.degree) + ", which makes too many monomials",
           "a degree of at most " + std::to_string(kMostMonomials) + " monomials for these bodies");
}

}  // namespace anisoap
