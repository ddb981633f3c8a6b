// SPDX-License-Identifier: MIT
// Kernel: offset + sum_m w_m (x . z_m)^zeta with x = p / |p|; variance prior_variance - |V k|^2.
#pragma once

#include "anisoap/detail/local/norms.hpp"

namespace anisoap::detail {

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

}  // namespace anisoap::detail
