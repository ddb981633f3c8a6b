// SPDX-License-Identifier: MIT
// Invariant tensors of a body in the pair frame, whose z axis is e = r / |r|.
//
// A tensor of rank l is a real function f(n) = sum_k t_k Y_lk(n) of the body frame that the point group of the body leaves
// unchanged. Seen from a frame that the body is turned against by R it is sum_m q_m Y_lm(n), q_m = sum_k D^l_mk(R) t_k, and
// q_-m = (-1)^m conj(q_m): m >= 0 is enough. With the unit quaternion (w, x, y, z) of R, A = w + i z and B = y - i x,
//   D^l_mk = conj(A)^(m+k) (-conj(B))^(m-k) F_l(c),  c = |A|^2 - |B|^2,
// (A^-(m+k) in place of conj(A)^(m+k) for m + k < 0, B^(k-m) in place of the second power for m < k), which is regular
// everywhere; F_l is a normalised Jacobi polynomial P_(l-mu)^(|m-k|, |m+k|), mu = max(|m|, |k|), by recursion in l
// (D. A. Varshalovich et al., Quantum Theory of Angular Momentum (1988), 4.3.4 and 4.8).
#pragma once

#include <cstddef>

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"
#include "anisoap/detail/row.hpp"

namespace anisoap::detail {

// conj(A)^(m+k) (-conj(B))^(m-k) of one m and k times the F_l of one rank after another. Where m + k < 0 the first power is
// A^|m+k|, where m < k the second is (-B)^(k-m). F begins with slope c + level.
struct TensorChain {
  int a, b;  // |m + k|, |m - k|
  bool squared;
  double slope, level;
  int entries, steps;  // where those of the first value end, and the steps of the chain
};

// The next F_l of a chain, (slope x + level) F_last - F_before, from l - 1 and l - 2 with x = c. Where m or k is 0, F_l is even
// or odd in c: two chains, from l - 2 and l - 4 with x = c^2. Each F_l has a factor that leaves F_before without one.
struct TensorStep {
  double slope, level;
  int entries;  // where those of its value end
};

// What a value of a chain brings to a q_m: t times both, or i t times both where it is turned.
struct TensorEntry {
  int at;             // of the real part of q_m; the imaginary one follows
  bool turned, adds;  // adds: to what others brought before
  double t;
};

// Tensor t has its q_m, m = 0..most[t], at first[t] + 2 m.
struct BodyTensorsView {
  int n_tensors;
  const int* most;       // [n_tensors] highest m
  const int* first;      // [n_tensors]
  int size;              // of q
  const double* ladder;  // [size / 2] sqrt(l (l + 1) - m (m + 1)) / 2, for each m of each tensor
  int n_powers;          // highest power of A and of B
  int n_chains, n_steps, n_entries;
  int n_plain, n_first;  // chains before those of m + k < 0, before those of m < k
  const TensorChain* chains;
  const TensorStep* steps;
  const TensorEntry* entries;
};

template <class T>
struct Complex {
  T re, im;
};

template <class T>
ANISOAP_FUNCTION Complex<T> times(Complex<T> a, Complex<T> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

// The quaternion that turns e to z: about an axis across both, for e below the plane of x and y followed by a half turn about x.
template <class T>
ANISOAP_FUNCTION void pair_frame(const T e[3], T q[4]) {
  const T zero(0), along = T(1) + abs(e[2]), scale = T(1) / sqrt(T(2) * along);
  const auto below = e[2] < zero;
  q[0] = scale * select(below, e[1], along);
  q[1] = scale * select(below, along, e[1]);
  q[2] = scale * select(below, zero, zero - e[0]);
  q[3] = scale * select(below, e[0], zero);
}

template <class T>
ANISOAP_FUNCTION void quaternion_product(const T a[4], const T b[4], T out[4]) {
  out[0] = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  out[1] = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  out[2] = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
  out[3] = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
}

// Entries of T that body_tensors works with for each body.
ANISOAP_FUNCTION int tensor_workspace(const BodyTensorsView& body) { return 4 * (body.n_powers + 1); }

template <class T, class In>
ANISOAP_FUNCTION Complex<T> entry_at(In row, int at) {
  return {row[at], row[at + 1]};
}

template <class T, class Out>
ANISOAP_FUNCTION void put_entry(Out row, int at, Complex<T> z) {
  row[at] = z.re;
  row[at + 1] = z.im;
}

// z^0, z^1, ... to out [2 * (n + 1)], each by two of about half its power, so that few wait for one another.
template <class T, class Out>
ANISOAP_FUNCTION void complex_powers(Complex<T> z, int n, Out out) {
  put_entry(out, 0, Complex<T>{T(1), T(0)});
  if (n > 0) put_entry(out, 2, z);
  for (int k = 2; k <= n; ++k) put_entry(out, 2 * k, times(entry_at<T>(out, k / 2 * 2), entry_at<T>(out, (k - k / 2) * 2)));
}

// Whose conjugate a chain takes, of powers of conj(A) and of -conj(B).
enum class Conjugate { None, First, Second };

// One chain for N bodies, in registers.
template <std::size_t N, class T>
struct ChainState {
  Complex<T> z[N];
  T value[N], before[N];
};

// Brings the present value to the q_m of entries `entry` to last - 1.
template <std::size_t N, class T, class Out>
ANISOAP_FUNCTION void put_entries(const BodyTensorsView& body, const ChainState<N, T>& state, int& entry, int last, Out q) {
  for (; entry < last; ++entry) {
    const TensorEntry one = body.entries[entry];
    for (std::size_t b = 0; b < N; ++b) {
      const T factor = T(one.t) * state.value[b];
      const int at = one.at + body.size * static_cast<int>(b);
      Complex<T> term{factor * state.z[b].re, factor * state.z[b].im};
      if (one.turned) term = {T(0) - term.im, term.re};
      if (one.adds) term = {q[at] + term.re, q[at + 1] + term.im};
      put_entry(q, at, term);
    }
  }
}

// Chains begin..end-1, whose first step and entry are given. powers: of conj(A) and, `half` entries further, of -conj(B).
template <Conjugate Of, std::size_t N, class T, class Out, class Work>
ANISOAP_FUNCTION void run_chains(const BodyTensorsView& body, int begin, int end, const Work (&powers)[N], const T (&c)[N],
                                 int& step, int& entry, Out q) {
  const int half = 2 * (body.n_powers + 1);
  for (int k = begin; k < end; ++k) {
    const TensorChain chain = body.chains[k];
    ChainState<N, T> state;
    T x[N];
    for (std::size_t p = 0; p < N; ++p) {
      Complex<T> a = entry_at<T>(powers[p], 2 * chain.a), b = entry_at<T>(powers[p] + half, 2 * chain.b);
      if constexpr (Of == Conjugate::First) a.im = T(0) - a.im;
      if constexpr (Of == Conjugate::Second) b.im = T(0) - b.im;
      state.z[p] = times(a, b);
      state.value[p] = T(chain.slope) * c[p] + T(chain.level);
      state.before[p] = T(0);
      x[p] = chain.squared ? c[p] * c[p] : c[p];
    }
    put_entries(body, state, entry, chain.entries, q);
    for (; step < chain.steps; ++step) {
      const TensorStep one = body.steps[step];
      const T slope(one.slope), level(one.level);
      for (std::size_t p = 0; p < N; ++p) {
        const T value = (slope * x[p] + level) * state.value[p] - state.before[p];
        state.before[p] = state.value[p];
        state.value[p] = value;
      }
      put_entries(body, state, entry, one.entries, q);
    }
  }
}

// turn: unit quaternions of N like bodies against the pair frame; q [N * size], overwritten; work [N * tensor_workspace].
template <std::size_t N, class T, class Out, class Work>
ANISOAP_FUNCTION void body_tensors(const BodyTensorsView& body, const T (&turn)[N][4], Out q, Work work) {
  Work powers[N];
  T c[N];
  for (std::size_t p = 0; p < N; ++p) {
    const T* w = turn[p];
    powers[p] = work + tensor_workspace(body) * static_cast<int>(p);
    complex_powers(Complex<T>{w[0], T(0) - w[3]}, body.n_powers, powers[p]);
    complex_powers(Complex<T>{T(0) - w[2], T(0) - w[1]}, body.n_powers, powers[p] + 2 * (body.n_powers + 1));
    c[p] = w[0] * w[0] + w[3] * w[3] - w[1] * w[1] - w[2] * w[2];
  }
  int step = 0, entry = 0;
  run_chains<Conjugate::None>(body, 0, body.n_plain, powers, c, step, entry, q);
  run_chains<Conjugate::First>(body, body.n_plain, body.n_first, powers, c, step, entry, q);
  run_chains<Conjugate::Second>(body, body.n_first, body.n_chains, powers, c, step, entry, q);
}

// How q_m of one tensor changes as the body turns about the axes of the pair frame.
template <class T>
struct Turned {
  Complex<T> by[3];
};

// -i L_d q at m; L_+ Y_lm = sqrt(l (l + 1) - m (m + 1)) Y_l,m+1. q: [2 * (most + 1)] of the tensor, ladder: [most + 1]. Where m =
// most < l, q_(m+1) is not there and counts as zero.
template <class T, class In>
ANISOAP_FUNCTION Turned<T> turned(In q, const double* ladder, int most, int m) {
  const T zero(0);
  Complex<T> lower{zero, zero}, upper{zero, zero};
  if (m < most) upper = {T(ladder[m]) * q[2 * m + 2], T(ladder[m]) * q[2 * m + 3]};
  if (m > 0) lower = {T(ladder[m - 1]) * q[2 * m - 2], T(ladder[m - 1]) * q[2 * m - 1]};
  else lower = {zero - upper.re, upper.im};  // q_-1 = -conj(q_1)
  Turned<T> out;
  out.by[0] = {lower.im + upper.im, zero - lower.re - upper.re};
  out.by[1] = {upper.re - lower.re, upper.im - lower.im};
  out.by[2] = {T(m) * q[2 * m + 1], zero - T(m) * q[2 * m]};
  return out;
}

}  // namespace anisoap::detail
