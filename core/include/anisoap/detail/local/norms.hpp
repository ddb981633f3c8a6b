// SPDX-License-Identifier: MIT
// Lengths of V x + W t: variances and grades.
#pragma once

#include "anisoap/detail/local/view.hpp"

namespace anisoap::detail {

// Rows of a product V x; nothing where V is nullptr.
template <class In>
struct Product {
  const double* v;  // [n_rows * n]
  int n;
  In x;

  // y[k] += row `first` + k of V x.
  template <int N, class T>
  ANISOAP_FUNCTION void add_rows(int first, T* y) const {
    if (!v) return;
    for (int i = 0; i < n; ++i)
      for (int k = 0; k < N; ++k) y[k] = y[k] + T(v[(first + k) * n + i]) * x[i];
  }
};

// |y|^2.
struct SumOfSquares {
  template <class T>
  ANISOAP_FUNCTION static T with(T sum, T y) {
    return sum + y * y;
  }
};

// Rows first..first+N-1 of y = V x + W t, added to a norm.
template <int N, class Norm, class A, class B>
ANISOAP_FUNCTION Entry<A> norm_with_rows(Entry<A> norm, int first, const Product<A>& a, const Product<B>& b) {
  using T = Entry<A>;
  T y[static_cast<unsigned>(N)];
  for (int k = 0; k < N; ++k) y[k] = T(0);
  a.template add_rows<N>(first, y);
  b.template add_rows<N>(first, y);
  for (int k = 0; k < N; ++k) norm = Norm::with(norm, y[k]);
  return norm;
}

// Of V x + W t.
template <class Norm, class A, class B>
ANISOAP_FUNCTION Entry<A> norm_of(int n_rows, const Product<A>& first, const Product<B>& second) {
  Entry<A> norm(0);
  int k = 0;
  for (; k + kNetworkBlock <= n_rows; k += kNetworkBlock) norm = norm_with_rows<kNetworkBlock, Norm>(norm, k, first, second);
  for (; k < n_rows; ++k) norm = norm_with_rows<1, Norm>(norm, k, first, second);
  return norm;
}

template <class In>
ANISOAP_FUNCTION Entry<In> squared_norm(int n_rows, const Product<In>& product) {
  return norm_of<SumOfSquares>(n_rows, product, Product<In>{nullptr, 0, product.x});
}

// Of the terms of pairs, which stand behind the features.
template <class In>
ANISOAP_FUNCTION Product<In> pair_product(const LocalEnergyView& local, In p) {
  return {local.pair_rows, local.n_pair_terms, p + local.n_features};
}

}  // namespace anisoap::detail
