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
  int n = 0;
  for (int k = 1; k <= net.n_layers; ++k) n += 2 * net.widths[k];
  return n;
}

constexpr int kNetworkBlock = 8;  // outputs summed side by side

template <int N>
struct Count {
  static constexpr int value = N;
};

// Who computes which entries of a layer: one caller all of them. The threads of a team may share them out in the same way, if
// they wait for each other before they read.
struct Alone {
  // f(first, Count<N>) for entries first..first+N-1, until all n are done.
  template <class F>
  ANISOAP_FUNCTION void blocks(int n, const F& f) const {
    int first = 0;
    for (; first + kNetworkBlock <= n; first += kNetworkBlock) f(first, Count<kNetworkBlock>{});
    for (; first < n; ++first) f(first, Count<1>{});
  }
  ANISOAP_FUNCTION void wait() const {}
};

// y[k] = (W x + b)[first + k].
template <int N, class In, class T>
ANISOAP_FUNCTION void dense(const double* w, const double* b, int n_in, int first, In x, T* y) {
  for (int k = 0; k < N; ++k) y[k] = T(b[first + k]);
  for (int i = 0; i < n_in; ++i)
    for (int k = 0; k < N; ++k) y[k] = y[k] + T(w[(first + k) * n_in + i]) * x[i];
}

// x[k] = (W^T y)[first + k].
template <int N, class In, class T>
ANISOAP_FUNCTION void dense_transposed(const double* w, int n_in, int n_out, int first, In y, T* x) {
  for (int k = 0; k < N; ++k) x[k] = T(0);
  for (int o = 0; o < n_out; ++o)
    for (int k = 0; k < N; ++k) x[k] = x[k] + T(w[o * n_in + first + k]) * y[o];
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
template <class In, class Work, class Each>
ANISOAP_FUNCTION void forward_layer(const NetworkView& net, int k, const double* w, In in, Work layer, const Each& each) {
  using T = Entry<Work>;
  const int n_in = net.widths[k], n_out = net.widths[k + 1];
  const bool hidden = k + 1 < net.n_layers;
  each.blocks(n_out, [&](int first, auto count) {
    constexpr int N = decltype(count)::value;
    T y[static_cast<unsigned>(N)];
    dense<N>(w, w + n_out * n_in, n_in, first, in, static_cast<T*>(y));
    for (int j = 0; j < N; ++j) layer[first + j] = y[j];
    for (int j = first; hidden && j < first + N; ++j) silu(layer[j], layer[n_out + j]);
  });
  each.wait();
}

// Back through layer k: d value / d activations of its inputs, times their slopes, takes their place.
template <class Work, class Each>
ANISOAP_FUNCTION void backward_layer(const NetworkView& net, int k, const double* w, Work y, Work inputs, const Each& each) {
  using T = Entry<Work>;
  const int n_in = net.widths[k];
  each.blocks(n_in, [&](int first, auto count) {
    constexpr int N = decltype(count)::value;
    T x[static_cast<unsigned>(N)];
    dense_transposed<N>(w, n_in, net.widths[k + 1], first, y, static_cast<T*>(x));
    for (int j = 0; j < N; ++j) inputs[first + j] = x[j] * inputs[n_in + first + j];
  });
  each.wait();
}

// Value at x [widths[0]]; gradient [widths[0]], added to. work: [network_workspace].
template <class In, class Out, class Work, class Each>
ANISOAP_FUNCTION Entry<Work> network(const NetworkView& net, In x, Out gradient, Work work, const Each& each) {
  using T = Entry<Work>;
  const double* w = net.parameters;
  Work layer = work;
  forward_layer(net, 0, w, x, layer, each);
  for (int k = 1; k < net.n_layers; ++k) {
    w += net.widths[k] * (net.widths[k - 1] + 1);
    layer += 2 * net.widths[k];
    forward_layer(net, k, w, layer + -2 * net.widths[k], layer, each);
  }
  const T value = layer[0];
  Work y = layer + 1;
  y[0] = T(1);
  each.wait();
  for (int k = net.n_layers - 1; k > 0; --k) {
    layer += -2 * net.widths[k];
    backward_layer(net, k, w, y, layer, each);
    w += -net.widths[k] * (net.widths[k - 1] + 1);
    y = layer;
  }
  each.blocks(net.widths[0], [&](int first, auto count) {
    constexpr int N = decltype(count)::value;
    T slope[static_cast<unsigned>(N)];
    dense_transposed<N>(w, net.widths[0], net.widths[1], first, y, static_cast<T*>(slope));
    for (int j = 0; j < N; ++j) gradient[first + j] = gradient[first + j] + slope[j];
  });
  each.wait();
  return value;
}

}  // namespace anisoap::detail
