// SPDX-License-Identifier: MIT
// Energy of one centre from its power spectrum, its gradient, and the variance of the prediction. Features are arrays of T: a
// pack holds one centre per lane.
#pragma once

#include "anisoap/detail/network.hpp"

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
};

// Entries of T that one evaluation works with.
ANISOAP_FUNCTION int local_energy_workspace(const LocalEnergyView& local) {
  int n = 0;
  for (int k = 0; k < local.n_networks; ++k) {
    const int one = network_workspace(local.networks[k]);
    n = one > n ? one : n;
  }
  return n + 2 * local.n_features + local.n_points + local.n_networks;
}

template <class T>
struct LocalResult {
  T energy, variance;
};

// |V x|^2.
template <class T>
ANISOAP_FUNCTION T squared_norm_of_product(const double* v, int n_rows, int n, const T* x) {
  T sum(0);
  for (int row = 0; row < n_rows; ++row) {
    T y(0);
    for (int k = 0; k < n; ++k) y = y + T(v[row * n + k]) * x[k];
    sum = sum + y * y;
  }
  return sum;
}

template <class T>
ANISOAP_FUNCTION LocalResult<T> linear_energy(const LocalEnergyView& local, const T* p, T* gradient, T* x) {
  LocalResult<T> out{T(local.offset), T(0)};
  for (int k = 0; k < local.n_features; ++k) {
    x[k] = (p[k] - T(local.shift[k])) * T(local.scale[k]);
    out.energy = out.energy + T(local.weights[k]) * x[k];
    gradient[k] = T(local.weights[k] * local.scale[k]);
  }
  if (local.variance_rows)
    out.variance = squared_norm_of_product(local.variance_rows, local.n_variance_rows, local.n_features, x);
  return out;
}

template <class T>
ANISOAP_FUNCTION LocalResult<T> kernel_energy(const LocalEnergyView& local, const T* p, T* gradient, T* x) {
  const int n = local.n_features;
  T* kernel = x + n;  // [n_points]
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
    const T known = squared_norm_of_product(local.variance_rows, local.n_variance_rows, local.n_points, kernel);
    const T left = T(local.prior_variance) - known;
    out.variance = select(left < T(0), T(0), left);
  }
  return out;
}

template <class T>
ANISOAP_FUNCTION LocalResult<T> committee_energy(const LocalEnergyView& local, const T* p, T* gradient, T* x) {
  const int n = local.n_features;
  T* one = x + n;         // [n_features] gradient of one member
  T* energies = one + n;  // [n_networks]
  T* work = energies + local.n_networks;
  for (int k = 0; k < n; ++k) {
    x[k] = (p[k] - T(local.shift[k])) * T(local.scale[k]);
    gradient[k] = T(0);
  }
  T mean(0), variance(0);
  const T share = T(1.0 / local.n_networks);
  for (int c = 0; c < local.n_networks; ++c) {
    energies[c] = network(local.networks[c], x, one, work);
    mean = mean + share * energies[c];
    for (int k = 0; k < n; ++k) gradient[k] = gradient[k] + one[k];
  }
  for (int k = 0; k < n; ++k) gradient[k] = gradient[k] * (share * T(local.scale[k]));
  for (int c = 0; c < local.n_networks; ++c) {
    const T off = energies[c] - mean;
    variance = variance + off * off;
  }
  return {T(local.offset) + mean, local.n_networks > 1 ? variance * T(1.0 / (local.n_networks - 1)) : T(0)};
}

// p: [n_features]; gradient: [n_features], overwritten; work: [local_energy_workspace].
template <class T>
ANISOAP_FUNCTION LocalResult<T> local_energy(const LocalEnergyView& local, const T* p, T* gradient, T* work) {
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

}  // namespace anisoap::detail
