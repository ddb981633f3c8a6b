// SPDX-License-Identifier: MIT
// Rotation invariants of two bodies at distance vector r, with e = r / |r|, and how they change when the bodies move and turn.
//
// Inputs, in order: five of the distance, then those of the orientations.
//   |r|, gap = |r| - s, u = s_0 / (gap + s_0), u^6, u^12, with the contact distance s = [e . (S_i + S_j)^-1 e / 2]^(-1/2) of
//   Berne and Pechukas (J. Chem. Phys. 56, 4213 (1972)), S = R diag(a^2) R^T, a the semi-axes (s is the diameter for equal
//   spheres).
// With the body axes u_k of i and w_l of j that count (none for a sphere, one for a uniaxial body, three else):
//   A_k = (u_k . e)^2, B_l = (w_l . e)^2, X_kl = (u_k . e)(w_l . e)(u_k . w_l), T_kl = (u_k . w_l)^2.
// Different species: A_k, B_l, X_kl, T_kl. Two of one species, symmetric under i <-> j: A_k + B_k, A_k B_l + A_l B_k (k <= l;
// half of it for k = l), X_kl + X_lk and T_kl + T_lk (k <= l, likewise). All are even in each axis: the operations of D2h, and of
// any turn about the axis of a uniaxial body, change nothing.
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"
#include "anisoap/detail/shape.hpp"

namespace anisoap::detail {

constexpr int kRadialInputs = 5;
constexpr int kGapInput = 1;      // distance less the contact distance
constexpr int kInverseInput = 2;  // u
constexpr int kMostPairInputs = kRadialInputs + 24;

// Which axes of the two bodies count, and the length s_0.
struct PairForm {
  int n_axes[2];      // 0, 1 or 3
  int first_axis[2];  // of the body, where n_axes is 1
  bool alike;         // two of one species
  double unit;        // s_0
};

ANISOAP_FUNCTION constexpr int pair_inputs(const PairForm& form) {
  const int n = form.n_axes[0], m = form.n_axes[1];
  return kRadialInputs + (form.alike ? n + 3 * (n * (n + 1) / 2) : n + m + 2 * n * m);
}

// u is s_0 / y(gap + s_0), with y(x) = x from twice this many s_0 on, and levelling off to it, with a continuous slope, where
// bodies overlap far beyond any contact.
constexpr double kClosestContact = 0.25;

// unit / y(x), and dy / dx.
template <class T>
struct Levelled {
  T value, open;
};

template <class T>
ANISOAP_FUNCTION Levelled<T> levelled_inverse(T x, double unit) {
  const T level = clamp01(x * T(0.5 / (kClosestContact * unit)));
  return {T(unit) / select(level < T(1), T(kClosestContact * unit) * (T(1) + level * level), x), level};
}

template <class T>
struct PairInvariants {
  T inputs[kMostPairInputs];

  // What the derivatives need.
  T r, e[3], inverse_r;
  T contact, solved[3], turned[2][3];  // s, G^-1 e, S G^-1 e of either body
  T u, open;                           // open: dy / dgap
  T axis[2][3][3], along[2][3], cosine[3][3];
};

// The form with what is known at compile time in place of its numbers, so that loops unroll and nothing is left in memory.
enum class PairSymmetry { Any, NoAxes, UniaxialAlike, UniaxialUnlike };

template <PairSymmetry Symmetry>
ANISOAP_FUNCTION PairForm known_form(PairForm form) {
  if constexpr (Symmetry == PairSymmetry::NoAxes) form.n_axes[0] = form.n_axes[1] = 0;
  if constexpr (Symmetry == PairSymmetry::UniaxialAlike || Symmetry == PairSymmetry::UniaxialUnlike) {
    form.n_axes[0] = form.n_axes[1] = 1;
    form.alike = Symmetry == PairSymmetry::UniaxialAlike;
  }
  return form;
}

ANISOAP_FUNCTION PairSymmetry symmetry_of(const PairForm& form) {
  if (form.n_axes[0] != 1 || form.n_axes[1] != 1) return PairSymmetry::Any;
  return form.alike ? PairSymmetry::UniaxialAlike : PairSymmetry::UniaxialUnlike;
}

// Component d of body axis k, by choices: an index known at run time would put the body into memory.
template <class T>
ANISOAP_FUNCTION T axis_of(const Body<T>& body, int k, int d) {
  return k == 0 ? body.axis[0][d] : (k == 1 ? body.axis[1][d] : body.axis[2][d]);
}

// out += factor * (a x b).
template <class T>
ANISOAP_FUNCTION void add_cross(T factor, const T a[3], const T b[3], T out[3]) {
  out[0] = out[0] + factor * (a[1] * b[2] - a[2] * b[1]);
  out[1] = out[1] + factor * (a[2] * b[0] - a[0] * b[2]);
  out[2] = out[2] + factor * (a[0] * b[1] - a[1] * b[0]);
}

// S v of a body.
template <class T>
ANISOAP_FUNCTION void size_times(const Body<T>& body, const T v[3], T out[3]) {
  for (int i = 0; i < 3; ++i) out[i] = T(0);
  for (int k = 0; k < 3; ++k) {
    const T f = body.half_squared[k] * dot3(body.axis[k], v);
    for (int i = 0; i < 3; ++i) out[i] = out[i] + f * body.axis[k][i];
  }
}

// Adds S of a body to xx xy xz yy yz zz of g.
template <class T>
ANISOAP_FUNCTION void add_size(const Body<T>& body, T g[6]) {
  for (int k = 0; k < 3; ++k) {
    const T *u = body.axis[k], f[3] = {body.half_squared[k] * u[0], body.half_squared[k] * u[1], body.half_squared[k] * u[2]};
    for (int d = 0; d < 3; ++d) g[d] = g[d] + f[0] * u[d];
    for (int d = 1; d < 3; ++d) g[2 + d] = g[2 + d] + f[1] * u[d];
    g[5] = g[5] + f[2] * u[2];
  }
}

// x = (S_i + S_j)^-1 v by cofactors; the matrix is positive definite.
template <class T>
ANISOAP_FUNCTION void solve_sizes(const Body<T>& i, const Body<T>& j, const T v[3], T x[3]) {
  T g[6];
  for (int k = 0; k < 6; ++k) g[k] = T(0);
  add_size(i, g);
  add_size(j, g);
  const T c[6] = {g[3] * g[5] - g[4] * g[4], g[4] * g[2] - g[1] * g[5], g[1] * g[4] - g[3] * g[2],
                  g[0] * g[5] - g[2] * g[2], g[1] * g[2] - g[0] * g[4], g[0] * g[3] - g[1] * g[1]};
  const T inverse = T(1) / (g[0] * c[0] + g[1] * c[1] + g[2] * c[2]);
  x[0] = inverse * (c[0] * v[0] + c[1] * v[1] + c[2] * v[2]);
  x[1] = inverse * (c[1] * v[0] + c[3] * v[1] + c[4] * v[2]);
  x[2] = inverse * (c[2] * v[0] + c[4] * v[1] + c[5] * v[2]);
}

template <class T>
ANISOAP_FUNCTION void orientation_inputs(const PairForm& form, PairInvariants<T>& v) {
  const int n = form.n_axes[0], m = form.n_axes[1];
  T* out = v.inputs + kRadialInputs;
  const T *a = v.along[0], *b = v.along[1];
  if (!form.alike) {
    for (int k = 0; k < n; ++k) *out++ = a[k] * a[k];
    for (int l = 0; l < m; ++l) *out++ = b[l] * b[l];
    for (int k = 0; k < n; ++k)
      for (int l = 0; l < m; ++l) {
        *out++ = a[k] * b[l] * v.cosine[k][l];
        *out++ = v.cosine[k][l] * v.cosine[k][l];
      }
    return;
  }
  for (int k = 0; k < n; ++k) *out++ = a[k] * a[k] + b[k] * b[k];
  for (int k = 0; k < n; ++k)
    for (int l = k; l < n; ++l) {
      const T share = T(k == l ? 0.5 : 1.0);
      *out++ = share * (a[k] * a[k] * b[l] * b[l] + a[l] * a[l] * b[k] * b[k]);
      *out++ = share * (a[k] * b[l] * v.cosine[k][l] + a[l] * b[k] * v.cosine[l][k]);
      *out++ = share * (v.cosine[k][l] * v.cosine[k][l] + v.cosine[l][k] * v.cosine[l][k]);
    }
}

// r = x_j - x_i.
template <class T>
ANISOAP_FUNCTION void pair_invariants(const PairForm& form, const T r[3], const Body<T>& i, const Body<T>& j,
                                      PairInvariants<T>& v) {
  v.r = sqrt(dot3(r, r));
  v.inverse_r = T(1) / v.r;
  for (int d = 0; d < 3; ++d) v.e[d] = r[d] * v.inverse_r;
  solve_sizes(i, j, v.e, v.solved);
  size_times(i, v.solved, v.turned[0]);
  size_times(j, v.solved, v.turned[1]);
  v.contact = T(1) / sqrt(T(0.5) * dot3(v.e, v.solved));
  const T gap = v.r - v.contact;
  const Levelled<T> u = levelled_inverse(gap + T(form.unit), form.unit);
  v.open = u.open;
  v.u = u.value;
  const T u2 = v.u * v.u, u6 = u2 * u2 * u2;
  v.inputs[0] = v.r;
  v.inputs[1] = gap;
  v.inputs[2] = v.u;
  v.inputs[3] = u6;
  v.inputs[4] = u6 * u6;
  for (int p = 0; p < 2; ++p)
    for (int k = 0; k < form.n_axes[p]; ++k) {
      for (int d = 0; d < 3; ++d) v.axis[p][k][d] = axis_of(p == 0 ? i : j, form.first_axis[p] + k, d);
      v.along[p][k] = dot3(v.axis[p][k], v.e);
    }
  for (int k = 0; k < form.n_axes[0]; ++k)
    for (int l = 0; l < form.n_axes[1]; ++l) v.cosine[k][l] = dot3(v.axis[0][k], v.axis[1][l]);
  orientation_inputs(form, v);
}

// Derivatives with respect to u_k . e, w_l . e and u_k . w_l.
template <class T>
struct CosineGradient {
  T along[2][3], cosine[3][3];
};

template <class T>
ANISOAP_FUNCTION void cosine_gradient(const PairForm& form, const PairInvariants<T>& v, const T* slope, CosineGradient<T>& g) {
  const int n = form.n_axes[0], m = form.n_axes[1];
  const T *a = v.along[0], *b = v.along[1];
  T *ga = g.along[0], *gb = g.along[1];
  const T two(2);
  for (int k = 0; k < 3; ++k) {
    ga[k] = gb[k] = T(0);
    for (int l = 0; l < 3; ++l) g.cosine[k][l] = T(0);
  }
  if (!form.alike) {
    for (int k = 0; k < n; ++k) ga[k] = two * a[k] * *slope++;
    for (int l = 0; l < m; ++l) gb[l] = two * b[l] * *slope++;
    for (int k = 0; k < n; ++k)
      for (int l = 0; l < m; ++l) {
        const T c = v.cosine[k][l], x = *slope++, t = *slope++;
        ga[k] = ga[k] + x * b[l] * c;
        gb[l] = gb[l] + x * a[k] * c;
        g.cosine[k][l] = x * a[k] * b[l] + two * t * c;
      }
    return;
  }
  for (int k = 0; k < n; ++k) {
    const T s = two * *slope++;
    ga[k] = s * a[k];
    gb[k] = s * b[k];
  }
  for (int k = 0; k < n; ++k)
    for (int l = k; l < n; ++l) {
      const T share = T(k == l ? 0.5 : 1.0);
      const T ab = share * *slope++, x = share * *slope++, t = two * share * *slope++;
      ga[k] = ga[k] + two * ab * a[k] * b[l] * b[l] + x * b[l] * v.cosine[k][l];
      ga[l] = ga[l] + two * ab * a[l] * b[k] * b[k] + x * b[k] * v.cosine[l][k];
      gb[k] = gb[k] + two * ab * b[k] * a[l] * a[l] + x * a[l] * v.cosine[l][k];
      gb[l] = gb[l] + two * ab * b[l] * a[k] * a[k] + x * a[k] * v.cosine[k][l];
      g.cosine[k][l] = g.cosine[k][l] + x * a[k] * b[l] + t * v.cosine[k][l];
      g.cosine[l][k] = g.cosine[l][k] + x * a[l] * b[k] + t * v.cosine[l][k];
    }
}

// Derivatives with respect to r and to turning either body about the space axes.
template <class T>
struct PairMotion {
  T r[3], turn[2][3];
};

// Of the sum of slope[k] inputs[k].
template <class T>
ANISOAP_FUNCTION PairMotion<T> pair_motion(const PairForm& form, const PairInvariants<T>& v, const T* slope) {
  CosineGradient<T> g;
  cosine_gradient(form, v, slope + kRadialInputs, g);
  PairMotion<T> out;
  // u = s_0 / y: du/dgap = -(u^2 / s_0) dy/dgap.
  const T u2 = v.u * v.u, u5 = u2 * u2 * v.u;
  const T by_u = slope[2] + T(6) * slope[3] * u5 + T(12) * slope[4] * u5 * u5 * v.u;
  const T by_gap = slope[1] - v.open * by_u * u2 * T(1 / form.unit);
  // s = (q / 2)^(-1/2) with q = e . G^-1 e: ds/dq = -s^3 / 4.
  const T by_q = by_gap * v.contact * v.contact * v.contact * T(0.25);
  T by_e[3];
  for (int d = 0; d < 3; ++d) by_e[d] = T(2) * by_q * v.solved[d];
  for (int p = 0; p < 2; ++p)
    for (int d = 0; d < 3; ++d) out.turn[p][d] = T(0);
  for (int p = 0; p < 2; ++p) {
    add_cross(T(-2) * by_q, v.turned[p], v.solved, out.turn[p]);
    for (int k = 0; k < form.n_axes[p]; ++k) {
      for (int d = 0; d < 3; ++d) by_e[d] = by_e[d] + g.along[p][k] * v.axis[p][k][d];
      add_cross(g.along[p][k], v.axis[p][k], v.e, out.turn[p]);
    }
  }
  for (int k = 0; k < form.n_axes[0]; ++k)
    for (int l = 0; l < form.n_axes[1]; ++l) {
      add_cross(g.cosine[k][l], v.axis[0][k], v.axis[1][l], out.turn[0]);
      add_cross(g.cosine[k][l], v.axis[1][l], v.axis[0][k], out.turn[1]);
    }
  const T radial = slope[0] + by_gap, across = dot3(by_e, v.e);
  for (int d = 0; d < 3; ++d) out.r[d] = radial * v.e[d] + (by_e[d] - across * v.e[d]) * v.inverse_r;
  return out;
}

}  // namespace anisoap::detail
