// SPDX-License-Identifier: MIT
// Fully connected network with one output, and its gradient with respect to the inputs. Activation silu(x) = x / (1 + exp(-x)).
// Inputs and activations are arrays of T: a pack holds one sample per lane.
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

struct NetworkView {
  int n_layers;              // number of matrices
  const int* widths;         // [n_layers + 1], the last is 1
  const double* parameters;  // for each layer W [out * in] row major, then b [out]
};

// Entries of T that one evaluation works with.
ANISOAP_FUNCTION int network_workspace(const NetworkView& net) {
  int n = 0, widest = 0;
  for (int k = 1; k <= net.n_layers; ++k) {
    n += 2 * net.widths[k];
    widest = net.widths[k] > widest ? net.widths[k] : widest;
  }
  return n + 2 * widest;
}

constexpr int kNetworkBlock = 8;  // outputs summed side by side

// y = W x + b.
template <class T>
ANISOAP_FUNCTION void dense(const double* w, const double* b, int n_in, int n_out, const T* x, T* y) {
  int o = 0;
  for (; o + kNetworkBlock <= n_out; o += kNetworkBlock) {
    T sum[kNetworkBlock];
    for (int k = 0; k < kNetworkBlock; ++k) sum[k] = T(b[o + k]);
    for (int i = 0; i < n_in; ++i)
      for (int k = 0; k < kNetworkBlock; ++k) sum[k] = sum[k] + T(w[(o + k) * n_in + i]) * x[i];
    for (int k = 0; k < kNetworkBlock; ++k) y[o + k] = sum[k];
  }
  for (; o < n_out; ++o) {
    T sum = T(b[o]);
    for (int i = 0; i < n_in; ++i) sum = sum + T(w[o * n_in + i]) * x[i];
    y[o] = sum;
  }
}

// x = W^T y.
template <class T>
ANISOAP_FUNCTION void dense_transposed(const double* w, int n_in, int n_out, const T* y, T* x) {
  int i = 0;
  for (; i + kNetworkBlock <= n_in; i += kNetworkBlock) {
    T sum[kNetworkBlock];
    for (int k = 0; k < kNetworkBlock; ++k) sum[k] = T(0);
    for (int o = 0; o < n_out; ++o)
      for (int k = 0; k < kNetworkBlock; ++k) sum[k] = sum[k] + T(w[o * n_in + i + k]) * y[o];
    for (int k = 0; k < kNetworkBlock; ++k) x[i + k] = sum[k];
  }
  for (; i < n_in; ++i) {
    T sum(0);
    for (int o = 0; o < n_out; ++o) sum = sum + T(w[o * n_in + i]) * y[o];
    x[i] = sum;
  }
}

// silu(x) in place, and its derivative.
template <class T>
ANISOAP_FUNCTION void silu(T& x, T& slope) {
  const T e = exp(T(0) - abs(x));  // in (0, 1]: no overflow
  const T inverse = T(1) / (T(1) + e);
  const T s = select(x < T(0), e * inverse, inverse), rest = select(x < T(0), inverse, e * inverse);  // rest = 1 - s
  slope = s * (T(1) + x * rest);
  x = x * s;
}

// Value at x [widths[0]]; gradient [widths[0]], overwritten. work: [network_workspace].
template <class T>
ANISOAP_FUNCTION T network(const NetworkView& net, const T* x, T* gradient, T* work) {
  const double* w = net.parameters;
  const T* in = x;
  T* layer = work;  // activations, then slopes, layer by layer
  for (int k = 0; k < net.n_layers; ++k) {
    const int n_in = net.widths[k], n_out = net.widths[k + 1];
    dense(w, w + n_out * n_in, n_in, n_out, in, layer);
    if (k + 1 < net.n_layers)
      for (int o = 0; o < n_out; ++o) silu(layer[o], layer[n_out + o]);
    in = layer;
    layer += 2 * n_out;
    w += n_out * (n_in + 1);
  }
  const T value = in[0];
  int widest = 0;
  for (int k = 1; k <= net.n_layers; ++k) widest = net.widths[k] > widest ? net.widths[k] : widest;
  T *y = layer, *back = layer + widest;
  y[0] = T(1);
  for (int k = net.n_layers - 1; k >= 0; --k) {
    const int n_in = net.widths[k], n_out = net.widths[k + 1];
    layer -= 2 * n_out;
    w -= n_out * (n_in + 1);
    if (k + 1 < net.n_layers)
      for (int o = 0; o < n_out; ++o) y[o] = y[o] * layer[n_out + o];
    T* out = k > 0 ? back : gradient;
    dense_transposed(w, n_in, n_out, y, out);
    back = y;
    y = out;
  }
  return value;
}

}  // namespace anisoap::detail
