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

// conj(A)^(m+k) (-conj(B))^(m-k) of one m and k. Where m + k < 0 the first is A^|m+k|, where m < k the second is (-B)^(k-m).
struct TensorColumn {
  int a, b;  // |m + k|, |m - k|
};

// F_l of one column by that of its lowest rank: (slope x + level) F_last - back F_before, from l - 1 and l - 2 with x = c. Where
// m or k is 0, F_l is even or odd in c: from l - 2 and l - 4 with x = c^2. Values: 0, 1, c, c^2, then those of the steps.
struct TensorStep {
  double slope, level, back;
  int x, last, before;  // among the values
};
constexpr int kFirstStep = 4;  // its value

// What value and column bring to a q_m: t times both, or i t times both.
struct TensorEntry {
  int value, z;  // where they stand; z: the real part of the column
  double t;
};

// Outputs q_m of as many entries each, those of t first, then those of i t; entries are in the order of outputs.
struct TensorRun {
  int last;  // output
  int real, imaginary;
};

// Tensor t has its q_m, m = 0..most[t], at first[t] + 2 m.
struct BodyTensorsView {
  int n_tensors;
  const int* most;       // [n_tensors] highest m
  const int* first;      // [n_tensors]
  int size;              // of q
  const double* ladder;  // [size / 2] sqrt(l (l + 1) - m (m + 1)) / 2, for each m of each tensor
  int n_powers;          // highest power of A and of B
  int n_columns, n_steps, n_entries, n_outputs, n_runs;
  int n_plain, n_first;  // columns before those of m + k < 0, before those of m < k
  const TensorColumn* columns;
  const TensorStep* steps;  // by rank, so that none waits for the one before
  const TensorEntry* entries;
  const int* outputs;  // where the real part of a q_m stands; the imaginary one follows
  const TensorRun* runs;
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
ANISOAP_FUNCTION int tensor_workspace(const BodyTensorsView& body) {
  return 4 * (body.n_powers + 1) + 2 * body.n_columns + body.n_steps + kFirstStep;
}

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

template <class T, class In>
ANISOAP_FUNCTION Complex<T> entry_at(In row, int at) {
  return {row[at], row[at + 1]};
}

template <class T, class Out>
ANISOAP_FUNCTION void put_entry(Out row, int at, Complex<T> z) {
  row[at] = z.re;
  row[at + 1] = z.im;
}

// Whose conjugate a column takes, of powers of conj(A) and of -conj(B).
enum class Conjugate { None, First, Second };

// Columns begin..end-1 to z. powers: of conj(A) and, `half` entries further, of -conj(B).
template <Conjugate Of, class Work>
ANISOAP_FUNCTION void column_products(const BodyTensorsView& body, int begin, int end, Work powers, int half, Work z) {
  using T = Entry<Work>;
  for (int k = begin; k < end; ++k) {
    const TensorColumn column = body.columns[k];
    Complex<T> a = entry_at<T>(powers, 2 * column.a), b = entry_at<T>(powers + half, 2 * column.b);
    if constexpr (Of == Conjugate::First) a.im = T(0) - a.im;
    if constexpr (Of == Conjugate::Second) b.im = T(0) - b.im;
    put_entry(z, 2 * k, times(a, b));
  }
}

// Rooms of one body in its workspace.
template <class Work>
struct TensorRoom {
  Work powers, z, values;

  TensorRoom() = default;
  ANISOAP_FUNCTION TensorRoom(const BodyTensorsView& body, Work work)
      : powers(work), z(work + 4 * (body.n_powers + 1)), values(z + 2 * body.n_columns) {}
};

// Columns of a body that is turned against the pair frame by a unit quaternion, and the values before those of the steps.
template <class T, class Work>
ANISOAP_FUNCTION void begin_tensors(const BodyTensorsView& body, const T turn[4], const TensorRoom<Work>& room) {
  const int half = 2 * (body.n_powers + 1);
  const T zero(0);
  complex_powers(Complex<T>{turn[0], zero - turn[3]}, body.n_powers, room.powers);
  complex_powers(Complex<T>{zero - turn[2], zero - turn[1]}, body.n_powers, room.powers + half);
  column_products<Conjugate::None>(body, 0, body.n_plain, room.powers, half, room.z);
  column_products<Conjugate::First>(body, body.n_plain, body.n_first, room.powers, half, room.z);
  column_products<Conjugate::Second>(body, body.n_first, body.n_columns, room.powers, half, room.z);
  const T c = turn[0] * turn[0] + turn[3] * turn[3] - turn[1] * turn[1] - turn[2] * turn[2];
  room.values[0] = zero;
  room.values[1] = T(1);
  room.values[2] = c;
  room.values[3] = c * c;
}

// t times value and column.
template <class T, class Work>
ANISOAP_FUNCTION Complex<T> entry_term(const TensorEntry& entry, const TensorRoom<Work>& room) {
  const T factor = T(entry.t) * room.values[entry.value];
  return {factor * room.z[entry.z], factor * room.z[entry.z + 1]};
}

// Outputs first..last-1 of a run, whose entries begin at `entry`. Real: how many of t where there are none of i t, or -1.
template <int Real, std::size_t N, class T, class Out, class Work>
ANISOAP_FUNCTION void put_outputs(const BodyTensorsView& body, const TensorRun& run, int first, const TensorEntry* entry,
                                  const TensorRoom<Work> (&rooms)[N], Out q) {
  const int n = Real > 0 ? Real : run.real;
  for (int o = first; o < run.last; ++o) {
    Complex<T> sum[N];
    for (std::size_t b = 0; b < N; ++b) sum[b] = {T(0), T(0)};
    for (int k = 0; k < n; ++k, ++entry)
      for (std::size_t b = 0; b < N; ++b) {
        const Complex<T> term = entry_term<T>(*entry, rooms[b]);
        sum[b] = {sum[b].re + term.re, sum[b].im + term.im};
      }
    for (int k = 0; Real < 0 && k < run.imaginary; ++k, ++entry)
      for (std::size_t b = 0; b < N; ++b) {
        const Complex<T> term = entry_term<T>(*entry, rooms[b]);
        sum[b] = {sum[b].re - term.im, sum[b].im + term.re};
      }
    for (std::size_t b = 0; b < N; ++b) put_entry(q + body.size * static_cast<int>(b), body.outputs[o], sum[b]);
  }
}

// turn: unit quaternions of N like bodies against the pair frame; q [N * size], overwritten; work [N * tensor_workspace].
template <std::size_t N, class T, class Out, class Work>
ANISOAP_FUNCTION void body_tensors(const BodyTensorsView& body, const T (&turn)[N][4], Out q, Work work) {
  const int each = tensor_workspace(body);
  TensorRoom<Work> rooms[N];
  for (std::size_t b = 0; b < N; ++b) {
    rooms[b] = TensorRoom<Work>(body, work + each * static_cast<int>(b));
    begin_tensors(body, static_cast<const T*>(turn[b]), rooms[b]);
  }
  for (int k = 0; k < body.n_steps; ++k) {
    const TensorStep step = body.steps[k];
    const T slope(step.slope), level(step.level), back(step.back);
    for (std::size_t b = 0; b < N; ++b) {
      const Work v = rooms[b].values;
      v[k + kFirstStep] = (slope * v[step.x] + level) * v[step.last] - back * v[step.before];
    }
  }
  const TensorEntry* entry = body.entries;
  for (int k = 0, first = 0; k < body.n_runs; ++k) {
    const TensorRun run = body.runs[k];
    if (run.imaginary == 0 && run.real == 1) put_outputs<1, N, T>(body, run, first, entry, rooms, q);
    else if (run.imaginary == 0 && run.real == 2) put_outputs<2, N, T>(body, run, first, entry, rooms, q);
    else put_outputs<-1, N, T>(body, run, first, entry, rooms, q);
    entry += (run.last - first) * (run.real + run.imaginary);
    first = run.last;
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
