// SPDX-License-Identifier: MIT
// Pair energy of bodies of any point group, linear in its weights: phi = sum_k sum_p w_kp R_p(r) S_k.
//
// S are the rotation invariants of two bodies and the line between them (A. J. Stone, Mol. Phys. 36, 241 (1978)): with the
// tensors q^a of body i and q^b of body j in a frame whose z axis is e (body_tensors.hpp), Re(q^a_m conj(q^b_m)), a cosine, or
// Im(...), a sine, for 0 <= m <= l_a, l_b. An exchange of two like bodies turns the frame about x, q_m -> (-1)^l conj(q_m): like
// bodies have S_ab + (-1)^(l_a + l_b) S_ba.
// R: powers of u and of v = s_0 / y(r), of the same levelling y (pair_invariants.hpp).
//
// Contracted first: c^a = sum w R q^b gives phi, and the torque about the pair's axes Re((-i L q^a) conj(c^a)). A turn of all,
// bodies and line, changes nothing: the force across the line follows from both torques.
#pragma once

#include <cstddef>

#include "anisoap/detail/body_tensors.hpp"
#include "anisoap/detail/pair_invariants.hpp"
#include "anisoap/detail/radial_powers.hpp"
#include "anisoap/detail/with_degree.hpp"

namespace anisoap::detail {

struct SymmetricFunction {
  int at[2];  // of q^a_m among the tensors of body i, of q^b_m among those of j
};

// Real: the cosine of m = 0, where tensors have no imaginary part.
enum class FunctionKind { Real, Cosine, Sine };

// Functions of one kind, which stand together.
struct FunctionRun {
  int first, last;
  int exchanged;  // (-1)^(l_a + l_b) for two tensors of like bodies; 0 where there is nothing to add
  FunctionKind kind;
  int n_powers;  // the first ones: those behind have no weights here
};

struct SymmetricPairView {
  BodyTensorsView body[2];
  bool alike;             // two of one species: both bodies have the same tables
  int n_gap, n_distance;  // powers of u and of v
  const int* powers;      // [n_gap + n_distance] >= 1; of the distance, those that few functions have come last
  int n_functions, n_runs;
  const SymmetricFunction* functions;
  const FunctionRun* runs;
  const double* weights;  // [n_functions * (n_gap + n_distance)], powers fastest
};

ANISOAP_FUNCTION bool is_symmetric(const SymmetricPairView& pair) { return pair.n_functions > 0; }

// Where the work of a pair is: tensors, what multiplies them, and room for body_tensors.
struct SymmetricRoom {
  int tensors[2], factors[2], rest, size;

  ANISOAP_FUNCTION explicit SymmetricRoom(const SymmetricPairView& pair) {
    const BodyTensorsView *i = &pair.body[0], *j = &pair.body[1];
    const int work_i = tensor_workspace(*i), work_j = tensor_workspace(*j);
    tensors[0] = 0;
    tensors[1] = i->size;
    factors[0] = tensors[1] + j->size;
    factors[1] = factors[0] + i->size;
    rest = factors[1] + j->size;
    size = rest + (pair.alike ? 2 * work_i : (work_i > work_j ? work_i : work_j));
  }
};

// Entries of T that a pair works with.
ANISOAP_FUNCTION int symmetric_workspace(const SymmetricPairView& pair) {
  return is_symmetric(pair) ? SymmetricRoom(pair).size : 0;
}

// Powers of u and v and their slopes by the gap or by r.
template <class T>
struct RadialParts {
  T value[kMostPowers], slope[kMostPowers];
};

template <class T>
ANISOAP_FUNCTION RadialParts<T> radial_parts(const SymmetricPairView& pair, double unit, T u, T r) {
  RadialParts<T> out;
  const Levelled<T> v = levelled_inverse(r, unit);
  const T by_r = T(-1 / unit) * v.open * v.value * v.value;
  visit_powers(pair.powers, 0, pair.n_gap, u, [&](int k, T below) {
    out.value[k] = below * u;
    out.slope[k] = T(pair.powers[k]) * below;
  });
  visit_powers(pair.powers, pair.n_gap, pair.n_gap + pair.n_distance, v.value, [&](int k, T below) {
    out.value[k] = below * v.value;
    out.slope[k] = T(pair.powers[k]) * below * by_r;
  });
  return out;
}

// Tensors of both bodies in the frame of the pair, to work.
template <class T, class Work>
ANISOAP_FUNCTION void pair_tensors(const SymmetricPairView& pair, const T frame[4], const Body<T>& i, const Body<T>& j,
                                   Work work) {
  const SymmetricRoom room(pair);
  const Work rest = work + room.rest;
  T turn[2][4];
  quaternion_product(frame, i.quaternion, turn[0]);
  quaternion_product(frame, j.quaternion, turn[1]);
  if (pair.alike) {
    body_tensors(pair.body[0], turn, work, rest);
    return;
  }
  for (int p = 0; p < 2; ++p) {
    const T one[1][4] = {{turn[p][0], turn[p][1], turn[p][2], turn[p][3]}};
    body_tensors(pair.body[p], one, work + room.tensors[p], rest);
  }
}

// q at `at`, times -i for a sine: Im(z) = Re(-i z).
template <class T, class In>
ANISOAP_FUNCTION Complex<T> first_factor(In q, int at, FunctionKind kind) {
  return kind == FunctionKind::Sine ? Complex<T>{q[at + 1], T(0) - q[at]} : Complex<T>{q[at], q[at + 1]};
}

template <class T>
ANISOAP_FUNCTION T real_product(Complex<T> a, Complex<T> b) {
  return a.re * b.re + a.im * b.im;
}

template <class T, class Out>
ANISOAP_FUNCTION void add_to(Out row, int at, T factor, Complex<T> z) {
  row[at] = row[at] + factor * z.re;
  row[at + 1] = row[at + 1] + factor * z.im;
}

// Re(q_i conj(q_j)), or Im, with q_i at `a` of body i and q_j at `b` of body j.
template <class T, class In>
ANISOAP_FUNCTION T tensor_product(In qi, int a, In qj, int b, FunctionKind kind) {
  if (kind == FunctionKind::Real) return qi[a] * qj[b];
  return real_product(first_factor<T>(qi, a, kind), Complex<T>{qj[b], qj[b + 1]});
}

// factor times the derivatives of tensor_product with respect to both tensors.
template <class T, class In, class Out>
ANISOAP_FUNCTION void add_factors(In qi, int a, In qj, int b, FunctionKind kind, T factor, Out ci, Out cj) {
  if (kind == FunctionKind::Real) {
    ci[a] = ci[a] + factor * qj[b];
    cj[b] = cj[b] + factor * qi[a];
    return;
  }
  const Complex<T> other{qj[b], qj[b + 1]};
  add_to(ci, a, factor, kind == FunctionKind::Sine ? Complex<T>{T(0) - other.im, other.re} : other);
  add_to(cj, b, factor, first_factor<T>(qi, a, kind));
}

// Sum over m of Re((-i L_d q)_m conj(c_m)) of one tensor (turned() of body_tensors.hpp), added to turn [3], or to the first two
// alone. Gathered by steps from m to m + 1, which are the rungs of L_x and L_y; q_0 is real.
template <bool AboutZ = true, class T, class In>
ANISOAP_FUNCTION void add_tensor_turn(In q, In c, const double* ladder, int most, T turn[3]) {
  if (most > 0) {
    const T two(2), rung(ladder[0]), re = q[0], by_re = two * c[0];
    turn[0] = turn[0] + rung * (by_re * q[3] - c[3] * re);
    turn[1] = turn[1] + rung * (by_re * q[2] - c[2] * re);
    if constexpr (AboutZ) turn[2] = turn[2] + (c[2] * q[3] - c[3] * q[2]);
  }
  T order(1);
  for (int m = 1; m < most; ++m) {
    const T re = q[2 * m], im = q[2 * m + 1], next_re = q[2 * m + 2], next_im = q[2 * m + 3];
    const T by_re = c[2 * m], by_im = c[2 * m + 1], by_next_re = c[2 * m + 2], by_next_im = c[2 * m + 3];
    const T rung(ladder[m]);
    turn[0] = turn[0] + rung * (by_re * next_im - by_im * next_re + by_next_re * im - by_next_im * re);
    turn[1] = turn[1] + rung * (by_re * next_re + by_im * next_im - by_next_re * re - by_next_im * im);
    if constexpr (AboutZ) {
      order = order + T(1);
      turn[2] = turn[2] + order * (by_next_re * next_im - by_next_im * next_re);
    }
  }
}

// Re((-i L_d q) conj(c)) summed over all tensors, to turn [3], about the axes of the pair; turn[2] is 0 without AboutZ.
template <bool AboutZ, class T, class In>
ANISOAP_FUNCTION void tensor_turn(const BodyTensorsView& body, In q, In c, T turn[3]) {
  for (int d = 0; d < 3; ++d) turn[d] = T(0);
  for (int t = 0; t < body.n_tensors; ++t) {
    const int first = body.first[t];
    add_tensor_turn<AboutZ>(q + first, c + first, body.ladder + first / 2, body.most[t], turn);
  }
}

// Value, its derivatives by r and u, and by turning either body about the axes of the pair.
template <class T>
struct SymmetricSum {
  T value, by_r, by_u, turn[2][3];
};

// Functions of one run. radial: of the powers; parts: added to, what each of them multiplies. K: the run's powers, or -1.
template <int K, bool Exchanged, FunctionKind Kind, class T, class Work>
ANISOAP_FUNCTION void contract_run(const SymmetricPairView& pair, const FunctionRun& run, const SymmetricRoom& room,
                                   const T* radial, T* parts, Work work) {
  constexpr std::size_t kRoom = static_cast<std::size_t>(K > 0 ? K : kMostPowers);
  const int n_powers = K >= 0 ? K : run.n_powers, stride = pair.n_gap + pair.n_distance;
  T value[kRoom], part[kRoom];
  for (int p = 0; p < n_powers; ++p) {
    value[p] = radial[p];
    part[p] = parts[p];
  }
  const Work qi = work + room.tensors[0], qj = work + room.tensors[1], ci = work + room.factors[0], cj = work + room.factors[1];
  const T sign(run.exchanged);
  for (int k = run.first; k < run.last; ++k) {
    const int a = pair.functions[k].at[0], b = pair.functions[k].at[1];
    const double* weights = pair.weights + k * stride;
    T product = tensor_product<T>(qi, a, qj, b, Kind), factor(0);
    if constexpr (Exchanged) product = product + sign * tensor_product<T>(qi, b, qj, a, Kind);
    for (int p = 0; p < n_powers; ++p) {
      const T weight(weights[p]);
      factor = factor + weight * value[p];
      part[p] = part[p] + weight * product;
    }
    add_factors<T>(qi, a, qj, b, Kind, factor, ci, cj);
    if constexpr (Exchanged) add_factors<T>(qi, b, qj, a, Kind, sign * factor, ci, cj);
  }
  for (int p = 0; p < n_powers; ++p) parts[p] = part[p];
}

template <int K, FunctionKind Kind, class T, class Work>
ANISOAP_FUNCTION void contract_run(const SymmetricPairView& pair, const FunctionRun& run, const SymmetricRoom& room,
                                   const T* radial, T* parts, Work work) {
  if (run.exchanged != 0) contract_run<K, true, Kind>(pair, run, room, radial, parts, work);
  else contract_run<K, false, Kind>(pair, run, room, radial, parts, work);
}

template <int K, class T, class Work>
ANISOAP_FUNCTION void contract_kind(const SymmetricPairView& pair, const FunctionRun& run, const SymmetricRoom& room,
                                    const T* radial, T* parts, Work work) {
  if (run.kind == FunctionKind::Real) contract_run<K, FunctionKind::Real>(pair, run, room, radial, parts, work);
  else if (run.kind == FunctionKind::Cosine) contract_run<K, FunctionKind::Cosine>(pair, run, room, radial, parts, work);
  else contract_run<K, FunctionKind::Sine>(pair, run, room, radial, parts, work);
}

// work: pair_tensors was there before.
template <class T, class Work>
ANISOAP_FUNCTION SymmetricSum<T> symmetric_sum(const SymmetricPairView& pair, const RadialParts<T>& radial, Work work) {
  const SymmetricRoom room(pair);
  T parts[kMostPowers];  // what each power multiplies
  for (int k = 0; k < pair.n_gap + pair.n_distance; ++k) parts[k] = T(0);
  for (int k = room.factors[0]; k < room.rest; ++k) work[k] = T(0);
  for (int k = 0; k < pair.n_runs; ++k) {
    const FunctionRun& run = pair.runs[k];
    with_degree<kCompiledPowers>(run.n_powers, true, [&](auto n) {
      contract_kind<decltype(n)::value>(pair, run, room, static_cast<const T*>(radial.value), static_cast<T*>(parts), work);
    });
  }
  SymmetricSum<T> out;
  out.value = out.by_r = out.by_u = T(0);
  for (int k = 0; k < pair.n_gap + pair.n_distance; ++k) {
    out.value = out.value + radial.value[k] * parts[k];
    if (k < pair.n_gap) out.by_u = out.by_u + radial.slope[k] * parts[k];
    else out.by_r = out.by_r + radial.slope[k] * parts[k];
  }
  tensor_turn<true>(pair.body[0], work + room.tensors[0], work + room.factors[0], out.turn[0]);
  tensor_turn<false>(pair.body[1], work + room.tensors[1], work + room.factors[1], out.turn[1]);
  out.turn[1][2] = T(0) - out.turn[0][2];  // a turn of both about the line changes nothing
  return out;
}

// Adds turns of the bodies about the axes of a pair's frame to a motion, and the change of r that undoes them.
template <class T>
ANISOAP_FUNCTION void add_turns(const T frame[4], const T turn[2][3], const T e[3], T inverse_r, PairMotion<T>& motion) {
  T axes[9], total[3];
  rotation_matrix(frame, axes);
  for (int d = 0; d < 3; ++d) {
    total[d] = T(0);
    for (int p = 0; p < 2; ++p) {
      const T value = turn[p][0] * axes[d] + turn[p][1] * axes[3 + d] + turn[p][2] * axes[6 + d];
      motion.turn[p][d] = motion.turn[p][d] + value;
      total[d] = total[d] + value;
    }
  }
  add_cross(inverse_r, e, total, motion.r);
}

}  // namespace anisoap::detail
