// SPDX-License-Identifier: MIT
// Torques of two bodies about the axes of their pair (symmetric_pair.hpp), Re((-i L q^a) conj(c^a)) summed over the tensors q^a
// of a body. c^a is what multiplies q^a: a sum over the functions that it is in, of their factors times the tensor of the other
// body. It is made for one m after another and used there, so that no c is ever in memory.
#pragma once

#include <cstddef>

#include "anisoap/detail/body_tensors.hpp"

namespace anisoap::detail {

// What a function adds to c at one m of a tensor: sign times its factor times q at `partner` of the other body, and for a sine
// times i.
struct TensorLink {
  int function, partner;
  double sign[2];  // where the tensor is of body i, of body j
  bool sine;
};

// Where the links of one m of a tensor end; cosines of sign 1 come first.
struct LinkEnds {
  int plain, last;
};

struct TensorLinksView {
  const LinkEnds* ends;  // [size / 2] as the ladder of the BodyTensorsView
  int n_links;
  const TensorLink* links;  // those of m = 0 are cosines
};

// An entry of a tensor and what multiplies it.
template <class T>
struct LinkedEntry {
  Complex<T> q, c;
};

// What Re((-i L_d q) conj(c)) has from m = 0 and m = 1, to turn. q_0 is real, and so is what multiplies it.
template <class T>
ANISOAP_FUNCTION void add_first_rung(T rung, T q, T c, const LinkedEntry<T>& next, T turn[3]) {
  const T twice = T(2) * c;
  turn[0] = turn[0] + rung * (twice * next.q.im - next.c.im * q);
  turn[1] = turn[1] + rung * (twice * next.q.re - next.c.re * q);
  turn[2] = turn[2] + (next.c.re * next.q.im - next.c.im * next.q.re);
}

// The same from m, which is lower, and m + 1.
template <class T>
ANISOAP_FUNCTION void add_rung(T rung, T m_next, const LinkedEntry<T>& lower, const LinkedEntry<T>& next, T turn[3]) {
  const Complex<T>&q = lower.q, &c = lower.c;
  turn[0] = turn[0] + rung * (c.re * next.q.im - c.im * next.q.re + next.c.re * q.im - next.c.im * q.re);
  turn[1] = turn[1] + rung * (c.re * next.q.re + c.im * next.q.im - next.c.re * q.re - next.c.im * q.im);
  turn[2] = turn[2] + m_next * (next.c.re * next.q.im - next.c.im * next.q.re);
}

// The same where nothing multiplies what is at m + 1, and m > 0.
template <class T>
ANISOAP_FUNCTION void add_last_rung(T rung, const LinkedEntry<T>& lower, Complex<T> q, T turn[3]) {
  const Complex<T>& c = lower.c;
  turn[0] = turn[0] + rung * (c.re * q.im - c.im * q.re);
  turn[1] = turn[1] + rung * (c.re * q.re + c.im * q.im);
}

// The links of m = 0 from `link` on.
template <std::size_t N, class T, class Work>
ANISOAP_FUNCTION void real_links(const TensorLinksView& view, int& link, const LinkEnds& ends, const Work (&other)[N],
                                 Work factors, T (&c)[N]) {
  for (std::size_t p = 0; p < N; ++p) c[p] = T(0);
  for (; link < ends.plain; ++link) {
    const TensorLink& one = view.links[link];
    const T factor = factors[one.function];
    for (std::size_t p = 0; p < N; ++p) c[p] = c[p] + factor * other[p][one.partner];
  }
  for (; link < ends.last; ++link) {
    const TensorLink& one = view.links[link];
    const T factor = factors[one.function];
    for (std::size_t p = 0; p < N; ++p) c[p] = c[p] + T(one.sign[p]) * factor * other[p][one.partner];
  }
}

// The links of a higher m from `link` on.
template <std::size_t N, class T, class Work>
ANISOAP_FUNCTION void complex_links(const TensorLinksView& view, int& link, const LinkEnds& ends, const Work (&other)[N],
                                    Work factors, LinkedEntry<T> (&entry)[N]) {
  for (std::size_t p = 0; p < N; ++p) entry[p].c = {T(0), T(0)};
  for (; link < ends.plain; ++link) {
    const TensorLink& one = view.links[link];
    const T factor = factors[one.function];
    for (std::size_t p = 0; p < N; ++p) {
      Complex<T>& c = entry[p].c;
      c = {c.re + factor * other[p][one.partner], c.im + factor * other[p][one.partner + 1]};
    }
  }
  for (; link < ends.last; ++link) {
    const TensorLink& one = view.links[link];
    for (std::size_t p = 0; p < N; ++p) {
      const T factor = T(one.sign[p]) * factors[one.function];
      const Complex<T> z = entry_at<T>(other[p], one.partner), turned{T(0) - z.im, z.re};
      Complex<T>& c = entry[p].c;
      if (one.sine) c = {c.re + factor * turned.re, c.im + factor * turned.im};
      else c = {c.re + factor * z.re, c.im + factor * z.im};
    }
  }
}

// turn [N]: overwritten, of N bodies with the same tables; q: their tensors, other: those of the other body of the pair.
template <std::size_t N, class T, class Work>
ANISOAP_FUNCTION void tensor_turns(const BodyTensorsView& body, const TensorLinksView& view, const Work (&q)[N],
                                   const Work (&other)[N], Work factors, T (*turn)[3]) {
  T sum[N][3];
  for (std::size_t p = 0; p < N; ++p)
    for (int d = 0; d < 3; ++d) sum[p][d] = T(0);
  for (int t = 0, link = 0; t < body.n_tensors; ++t) {
    const int first = body.first[t];
    const double* ladder = body.ladder + first / 2;
    const LinkEnds* ends = view.ends + first / 2;
    T c[N];
    LinkedEntry<T> lower[N], next[N];
    real_links(view, link, ends[0], other, factors, c);
    T order(0);
    for (int m = 1; m <= body.most[t]; ++m) {
      const T rung(ladder[m - 1]);
      order = order + T(1);
      const bool any = link < ends[m].last;
      complex_links(view, link, ends[m], other, factors, next);
      for (std::size_t p = 0; p < N; ++p) {
        next[p].q = entry_at<T>(q[p], first + 2 * m);
        if (m == 1) add_first_rung(rung, q[p][first], c[p], next[p], sum[p]);
        else if (any) add_rung(rung, order, lower[p], next[p], sum[p]);
        else add_last_rung(rung, lower[p], next[p].q, sum[p]);
        lower[p] = next[p];
      }
    }
  }
  for (std::size_t p = 0; p < N; ++p)
    for (int d = 0; d < 3; ++d) turn[p][d] = sum[p][d];
}

}  // namespace anisoap::detail
