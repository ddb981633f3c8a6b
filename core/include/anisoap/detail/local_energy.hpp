// SPDX-License-Identifier: MIT
// Energy of one centre from its power spectrum, its gradient, and the variance of the prediction. Features are rows of T
// (row.hpp): a pack holds one centre per lane.
#pragma once

#include "anisoap/detail/committee.hpp"

namespace anisoap::detail {

enum class LocalForm { None, Linear, Kernel, Networks };

// Pointers into the LocalEnergy of one species; see model.hpp for what the numbers mean.
struct LocalEnergyView {
  LocalForm form;
  int n_features;
  double offset;
  const double *shift, *scale;  // [n_features]
  const double* weights;        // Linear [n_features], Kernel [n_points]
  const double* points;         // [n_points * n_features]
  int n_points, exponent;
  const NetworkView* networks;
  int n_networks;
  double prior_variance;
  const double* variance_rows;  // nullptr when not asked for
  int n_variance_rows;
  const double* pair_rows;  // [n_pair_rows * n_pair_terms] V_p, or nullptr
  int n_pair_rows, n_pair_terms;
  const double *grade_rows, *pair_grade_rows;  // [n_grade_rows * n_features], [n_grade_rows * n_pair_terms], or nullptr
  int n_grade_rows;
};

ANISOAP_FUNCTION CommitteeView committee_of(const LocalEnergyView& local) {
  return {local.n_features, local.shift, local.scale, local.networks, local.n_networks};
}

// Entries of T that one evaluation works with.
ANISOAP_FUNCTION int local_energy_workspace(const LocalEnergyView& local) {
  return committee_workspace(committee_of(local)) + local.n_points + local.n_networks;
}

template <class T>
struct LocalResult {
  T energy, variance;
};

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

// What weights and rows of a linear energy multiply.
template <class In, class Work>
ANISOAP_FUNCTION void scaled_features(const LocalEnergyView& local, In p, Work x) {
  using T = Entry<Work>;
  for (int k = 0; k < local.n_features; ++k) x[k] = (p[k] - T(local.shift[k])) * T(local.scale[k]);
}

// Energy alone; gradient may be p.
template <class In, class Out>
ANISOAP_FUNCTION Entry<In> linear_value(const LocalEnergyView& local, In p, Out gradient) {
  using T = Entry<In>;
  T energy = T(local.offset);
  for (int k = 0; k < local.n_features; ++k) {
    energy = energy + T(local.weights[k]) * ((p[k] - T(local.shift[k])) * T(local.scale[k]));
    gradient[k] = T(local.weights[k] * local.scale[k]);
  }
  return energy;
}

template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> linear_energy(const LocalEnergyView& local, In p, Out gradient, Work x) {
  using T = Entry<Work>;
  LocalResult<T> out{linear_value(local, p, gradient), T(0)};
  const int n_rows = local.variance_rows ? local.n_variance_rows : (local.pair_rows ? local.n_pair_rows : 0);
  if (n_rows == 0) return out;
  scaled_features(local, p, x);
  out.variance = norm_of<SumOfSquares>(n_rows, Product<Work>{local.variance_rows, local.n_features, x}, pair_product(local, p));
  return out;
}

template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> kernel_energy(const LocalEnergyView& local, In p, Out gradient, Work x) {
  using T = Entry<Work>;
  const int n = local.n_features;
  const Work kernel = x + n;  // [n_points]
  T squared(0);
  for (int k = 0; k < n; ++k) squared = squared + p[k] * p[k];
  // A centre without any neighbour has no direction: energy offset, no gradient.
  const T inverse = select(T(0) < squared, T(1) / sqrt(select(T(0) < squared, squared, T(1))), T(0));
  for (int k = 0; k < n; ++k) {
    x[k] = p[k] * inverse;
    gradient[k] = T(0);
  }
  LocalResult<T> out{T(local.offset), T(0)};
  for (int m = 0; m < local.n_points; ++m) {
    const double* z = local.points + m * n;
    T dot(0);
    for (int k = 0; k < n; ++k) dot = dot + T(z[k]) * x[k];
    T power(1);  // dot^(zeta - 1)
    for (int e = 1; e < local.exponent; ++e) power = power * dot;
    kernel[m] = power * dot;
    out.energy = out.energy + T(local.weights[m]) * kernel[m];
    const T slope = T(local.weights[m] * local.exponent) * power;
    for (int k = 0; k < n; ++k) gradient[k] = gradient[k] + slope * T(z[k]);
  }
  T along(0);
  for (int k = 0; k < n; ++k) along = along + gradient[k] * x[k];
  for (int k = 0; k < n; ++k) gradient[k] = (gradient[k] - along * x[k]) * inverse;
  if (local.variance_rows) {
    const T known = squared_norm(local.n_variance_rows, Product<Work>{local.variance_rows, local.n_points, kernel});
    const T left = T(local.prior_variance) - known;
    out.variance = select(left < T(0), T(0), left);
  }
  return out;
}

// work: its first [n_networks] are the energies of the members afterwards.
template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> committee_energy(const LocalEnergyView& local, In p, Out gradient, Work work) {
  using T = Entry<Work>;
  const T mean = committee_value(committee_of(local), p, gradient, work, work + local.n_networks);
  return {T(local.offset) + mean, committee_variance(work, local.n_networks)};
}

// What the terms of pairs add to the variance of any kind but the linear one.
template <class In>
ANISOAP_FUNCTION Entry<In> pair_variance(const LocalEnergyView& local, In p) {
  return local.pair_rows ? squared_norm(local.n_pair_rows, pair_product(local, p)) : Entry<In>(0);
}

template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> energy_of_features(const LocalEnergyView& local, In p, Out gradient, Work work) {
  using T = Entry<Work>;
  switch (local.form) {
    case LocalForm::Linear:
      return linear_energy(local, p, gradient, work);
    case LocalForm::Kernel:
      return kernel_energy(local, p, gradient, work);
    case LocalForm::Networks:
      return committee_energy(local, p, gradient, work);
    default:
      for (int k = 0; k < local.n_features; ++k) gradient[k] = T(0);
      return {T(local.offset), T(0)};
  }
}

// p: [n_features], then [n_pair_terms] where there are pair_rows; gradient: [n_features], overwritten; work:
// [local_energy_workspace]. The gradient is that of the features.
template <class In, class Out, class Work>
ANISOAP_FUNCTION LocalResult<Entry<Work>> local_energy(const LocalEnergyView& local, In p, Out gradient, Work work) {
  LocalResult<Entry<Work>> out = energy_of_features(local, p, gradient, work);
  if (local.form != LocalForm::Linear) out.variance = out.variance + pair_variance(local, p);
  return out;
}

}  // namespace anisoap::detail
