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

namespace anisoap::detail {

// One m and k: the ranks that it has, upwards from mu.
struct TensorColumn {
  int a, b;               // |m + k|, |m - k|
  int first_a, second_b;  // whether they are powers of A, and not of its conjugate, and of B, and not of -conj(B)
  int first_step, n_steps;
};

// F_l = (slope c + level) F_(l-1) - back F_(l-2), from F_(mu-1) = 1 and F_(mu-2) = 0, goes to q at `at` times a real t_k: to the
// entry that is not used where there are only others, nowhere (-1) where there is no tensor.
struct TensorStep {
  double slope, level, back;
  double t;
  int at;
  int first_entry, n_entries;  // of other tensors, and of imaginary parts of t_k
};

// D^l_mk t_k of one tensor goes to q at `at` (real part; the imaginary one follows).
struct TensorEntry {
  int at;
  double re, im;  // t_k
};

// Tensor t has its q_m, m = 0..most[t], at first[t] + 2 m; the last two entries of q are not used.
struct BodyTensorsView {
  int n_tensors;
  const int* most;       // [n_tensors] highest m
  const int* first;      // [n_tensors]
  int size;              // of q
  const double* ladder;  // [size / 2] sqrt(l (l + 1) - m (m + 1)) / 2, for each m of each tensor
  int n_powers;          // highest power of A and of B
  int n_columns, n_steps, n_entries;
  const TensorColumn* columns;
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

// z^0, z^1, ... to out [2 * (n + 1)].
template <class T, class Out>
ANISOAP_FUNCTION void complex_powers(Complex<T> z, int n, Out out) {
  Complex<T> power{T(1), T(0)};
  out[0] = power.re;
  out[1] = power.im;
  for (int k = 1; k <= n; ++k) {
    power = times(power, z);
    out[2 * k] = power.re;
    out[2 * k + 1] = power.im;
  }
}

// The two powers of one column, from those of conj(A) and of -conj(B); (-1)^b is in the steps where B is wanted.
template <class T, class In>
ANISOAP_FUNCTION Complex<T> column_factor(const TensorColumn& column, In of_a, In of_b) {
  const Complex<T> a{of_a[2 * column.a], of_a[2 * column.a + 1]}, b{of_b[2 * column.b], of_b[2 * column.b + 1]};
  if (column.second_b) return {a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
  if (column.first_a) return {a.re * b.re + a.im * b.im, a.re * b.im - a.im * b.re};
  return times(a, b);
}

template <class T, class Out>
ANISOAP_FUNCTION void add_entry(Out q, int at, T factor, Complex<T> z) {
  q[at] = q[at] + factor * z.re;
  q[at + 1] = q[at + 1] + factor * z.im;
}

// turn: unit quaternions of N like bodies against the pair frame; q [N * size], overwritten; work [N * tensor_workspace].
template <std::size_t N, class T, class Out, class Work>
ANISOAP_FUNCTION void body_tensors(const BodyTensorsView& body, const T (&turn)[N][4], Out q, Work work) {
  const int half = 2 * (body.n_powers + 1), size = body.size;
  const T zero(0);
  T c[N];
  for (std::size_t n = 0; n < N; ++n) {
    const T* p = turn[n];
    c[n] = p[0] * p[0] + p[3] * p[3] - p[1] * p[1] - p[2] * p[2];
    const Work of_body = work + 2 * half * static_cast<int>(n);
    complex_powers(Complex<T>{p[0], zero - p[3]}, body.n_powers, of_body);
    complex_powers(Complex<T>{zero - p[2], zero - p[1]}, body.n_powers, of_body + half);
  }
  for (int k = 0; k < static_cast<int>(N) * size; ++k) q[k] = zero;
  for (int k = 0; k < body.n_columns; ++k) {
    const TensorColumn column = body.columns[k];
    Complex<T> z[N];
    T before[N], value[N];
    for (std::size_t n = 0; n < N; ++n) {
      const Work of_body = work + 2 * half * static_cast<int>(n);
      z[n] = column_factor<T>(column, of_body, of_body + half);
      before[n] = zero;
      value[n] = T(1);
    }
    const TensorStep* const end = body.steps + column.first_step + column.n_steps;
    for (const TensorStep* step = body.steps + column.first_step; step != end; ++step) {
      const T slope(step->slope), level(step->level), back(step->back);
      for (std::size_t n = 0; n < N; ++n) {
        const T next = (slope * c[n] + level) * value[n] - back * before[n];
        before[n] = value[n];
        value[n] = next;
      }
      if (step->at < 0) continue;
      Complex<T> product[N];
      for (std::size_t n = 0; n < N; ++n) {
        product[n] = {value[n] * z[n].re, value[n] * z[n].im};
        add_entry(q, step->at + static_cast<int>(n) * size, T(step->t), product[n]);
      }
      for (int e = step->first_entry; e < step->first_entry + step->n_entries; ++e) {
        const TensorEntry entry = body.entries[e];
        for (std::size_t n = 0; n < N; ++n) {
          const int at = entry.at + static_cast<int>(n) * size;
          add_entry(q, at, T(entry.re), product[n]);
          add_entry(q, at, T(entry.im), Complex<T>{zero - product[n].im, product[n].re});
        }
      }
    }
  }
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
