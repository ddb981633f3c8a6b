// SPDX-License-Identifier: MIT
#include "anisoap/monomials.hpp"

#include <algorithm>
#include <array>
#include <map>

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

PolynomialTables::PolynomialTables(const detail::PairForm& form, const PairPolynomial& polynomial, bool nest)
    : polynomial_(polynomial), monomials_(form, polynomial.empty() ? 0 : polynomial.degree) {
  if (nest && detail::Nest::fits(form)) order_by_nest(form);
  else order_by_walk();
  const std::size_t n = polynomial.powers.size();
  if (polynomial.weights.size() != monomials_.size() * n) return;
  for (std::size_t m : order_)
    for (std::size_t k = 0; k < n; ++k) weights_.push_back(polynomial.weights[m * n + k]);
}

// The loops of detail::nested.
void PolynomialTables::order_by_nest(const detail::PairForm& form) {
  using Powers = std::array<int, 4>;  // of A, B or AB, X, T
  std::map<Powers, std::size_t> number;
  std::vector<Powers> of(monomials_.size(), Powers{});
  for (std::size_t m = 0; m < of.size(); ++m) {
    if (m > 0) {
      of[m] = of[static_cast<std::size_t>(monomials_.parent[m])];
      ++of[m][static_cast<std::size_t>(monomials_.factor[m])];
    }
    number[of[m]] = m;
  }
  const detail::Nest nest(form);
  const int degree = polynomial_.empty() ? 0 : polynomial_.degree;
  for (int x = nest.most_x(degree); x >= 0; --x) {
    const int pairs = (degree - 3 * x) / 2;
    for (int b = nest.most_b(pairs); b >= 0; --b)
      for (int a = nest.most_a(pairs - nest.outer * b); a >= 0; --a)
        for (int t = nest.most_t(pairs - nest.outer * b - a); t >= 0; --t) order_.push_back(number.at({a, b, x, t}));
  }
}

void PolynomialTables::order_by_walk() {
  std::vector<std::vector<std::size_t>> children(monomials_.size());
  for (std::size_t m = 1; m < monomials_.size(); ++m) children[static_cast<std::size_t>(monomials_.parent[m])].push_back(m);
  const auto visit = [&](const auto& self, std::size_t m, int depth) -> void {
    order_.push_back(m);
    deepest_ = std::max(deepest_, depth);
    for (std::size_t child : children[m]) {
      const int factor = monomials_.factor[child];
      const bool leaf = children[child].empty();
      steps_.push_back({leaf ? detail::WalkMove::Leaf : detail::WalkMove::Down, factor});
      self(self, child, depth + 1);
      if (!leaf) steps_.push_back({detail::WalkMove::Up, factor});
    }
  };
  visit(visit, 0, 0);
}

detail::PairPolynomialView PolynomialTables::view() const {
  return {static_cast<int>(polynomial_.powers.size()),
          polynomial_.powers.data(),
          polynomial_.empty() ? 0 : polynomial_.degree,
          static_cast<int>(monomials_.size()),
          monomials_.parent.data(),
          monomials_.factor.data(),
          static_cast<int>(steps_.size()),
          steps_.data(),
          deepest_,
          weights_.data()};
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
