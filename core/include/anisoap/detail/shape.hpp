// SPDX-License-Identifier: MIT
// What a particle brings to every pair that it is the neighbour of, computed once per particle.
//
// Its normalised Gaussian has precision A = R diag(1/a_k^2) R^T. Times the basis window exp(-window x^2 / 2) it is a Gaussian
// again, precision A' = A + window, diagonal in the body frame. Lengths are in units of the basis length (sigma for gto,
// window = 1; the cutoff for monomial, window = 0).
#pragma once

#include "anisoap/detail/macros.hpp"
#include "anisoap/detail/math.hpp"

namespace anisoap::detail {

template <class T>
struct Shape {
  T c[6];    // A'^-1: xx xy xz yy yz zz
  T weight;  // sqrt(det A / det A')
  T unused;  // pads to one cache line in double
};

// Rotation matrix, row major, of a unit quaternion (w, x, y, z); body axes into the space frame.
template <class T>
ANISOAP_FUNCTION void rotation_matrix(const T q[4], T r[9]) {
  const T w = q[0], x = q[1], y = q[2], z = q[3];
  r[0] = T(1) - T(2) * (y * y + z * z);
  r[1] = T(2) * (x * y - w * z);
  r[2] = T(2) * (x * z + w * y);
  r[3] = T(2) * (x * y + w * z);
  r[4] = T(1) - T(2) * (x * x + z * z);
  r[5] = T(2) * (y * z - w * x);
  r[6] = T(2) * (x * z - w * y);
  r[7] = T(2) * (y * z + w * x);
  r[8] = T(1) - T(2) * (x * x + y * y);
}

// q: unit quaternion; a: semi-axes.
template <class T>
ANISOAP_FUNCTION Shape<T> make_shape(const T q[4], const T a[3], T window) {
  T r[9];
  rotation_matrix(q, r);
  T c[3], det = T(1);
  for (int k = 0; k < 3; ++k) {
    const T inverse = T(1) / (T(1) + window * a[k] * a[k]);
    c[k] = a[k] * a[k] * inverse;
    det *= inverse;
  }
  Shape<T> s{};
  for (int k = 0; k < 3; ++k) {
    s.c[0] += c[k] * r[k] * r[k];
    s.c[1] += c[k] * r[k] * r[3 + k];
    s.c[2] += c[k] * r[k] * r[6 + k];
    s.c[3] += c[k] * r[3 + k] * r[3 + k];
    s.c[4] += c[k] * r[3 + k] * r[6 + k];
    s.c[5] += c[k] * r[6 + k] * r[6 + k];
  }
  s.weight = sqrt(det);
  return s;
}

// What a particle brings to two-body terms: its axes and size, in the caller's unit.
template <class T>
struct Body {
  T axis[3][3];       // unit vector of each body axis, space frame
  T half_squared[3];  // squared semi-axes
  T quaternion[4];    // the same turn: unit, body to space; two cache lines in double
};

// q: unit quaternion; diameter: full diameters.
template <class T>
ANISOAP_FUNCTION Body<T> make_body(const T q[4], const T diameter[3]) {
  T r[9];
  rotation_matrix(q, r);
  Body<T> body{};
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 3; ++i) body.axis[k][i] = r[3 * i + k];
    body.half_squared[k] = T(0.25) * diameter[k] * diameter[k];
  }
  for (int k = 0; k < 4; ++k) body.quaternion[k] = q[k];
  return body;
}

// The same in another type of numbers.
template <class T, class U>
ANISOAP_FUNCTION Shape<T> converted(const Shape<U>& s) {
  Shape<T> out{};
  for (int k = 0; k < 6; ++k) out.c[k] = T(s.c[k]);
  out.weight = T(s.weight);
  return out;
}

template <class T, class U>
ANISOAP_FUNCTION Body<T> converted(const Body<U>& body) {
  Body<T> out{};
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 3; ++i) out.axis[k][i] = T(body.axis[k][i]);
    out.half_squared[k] = T(body.half_squared[k]);
  }
  for (int k = 0; k < 4; ++k) out.quaternion[k] = T(body.quaternion[k]);
  return out;
}

}  // namespace anisoap::detail
