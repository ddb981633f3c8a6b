// SPDX-License-Identifier: MIT
// Fully connected network with one output, and its gradient with respect to the inputs. Activation silu(x) = x / (1 + exp(-x)).
// Inputs and activations are rows of T (row.hpp): a pack holds one sample per lane.
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"
#include "anisoap/detail/row.hpp"

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
template <class In, class Out>
ANISOAP_FUNCTION void dense(const double* w, const double* b, int n_in, int n_out, In x, Out y) {
  using T = Entry<Out>;
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
template <class In, class Out>
ANISOAP_FUNCTION void dense_transposed(const double* w, int n_in, int n_out, In y, Out x) {
  using T = Entry<Out>;
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

// Forward through layer k, whose parameters are w: activations to layer[0..n_out), their slopes behind them.
template <class In, class Work>
ANISOAP_FUNCTION void forward_layer(const NetworkView& net, int k, const double* w, In in, Work layer) {
  const int n_in = net.widths[k], n_out = net.widths[k + 1];
  dense(w, w + n_out * n_in, n_in, n_out, in, layer);
  if (k + 1 < net.n_layers)
    for (int o = 0; o < n_out; ++o) silu(layer[o], layer[n_out + o]);
}

// Value at x [widths[0]]; gradient [widths[0]], overwritten. work: [network_workspace].
template <class In, class Out, class Work>
ANISOAP_FUNCTION Entry<Work> network(const NetworkView& net, In x, Out gradient, Work work) {
  using T = Entry<Work>;
  const double* w = net.parameters;
  Work layer = work;
  forward_layer(net, 0, w, x, layer);
  for (int k = 1; k < net.n_layers; ++k) {
    w += net.widths[k] * (net.widths[k - 1] + 1);
    layer += 2 * net.widths[k];
    forward_layer(net, k, w, layer + -2 * net.widths[k], layer);
  }
  const T value = layer[0];
  int widest = 0;
  for (int k = 1; k <= net.n_layers; ++k) widest = net.widths[k] > widest ? net.widths[k] : widest;
  Work y = layer + 2 * net.widths[net.n_layers], back = y + widest;
  y[0] = T(1);
  for (int k = net.n_layers - 1; k > 0; --k) {
    dense_transposed(w, net.widths[k], net.widths[k + 1], y, back);
    layer += -2 * net.widths[k];
    w += -net.widths[k] * (net.widths[k - 1] + 1);
    for (int o = 0; o < net.widths[k]; ++o) back[o] = back[o] * layer[net.widths[k] + o];
    const Work done = y;
    y = back;
    back = done;
  }
  dense_transposed(w, net.widths[0], net.widths[1], y, gradient);
  return value;
}

}  // namespace anisoap::detail
