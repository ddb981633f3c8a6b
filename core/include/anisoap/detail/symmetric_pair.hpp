// SPDX-License-Identifier: MIT
// Pair energy of bodies of any point group, linear in its weights: phi = sum_k sum_p w_kp R_p(r) S_k.
//
// S are the rotation invariants of two bodies and the line between them (A. J. Stone, Mol. Phys. 36, 241 (1978)): with the
// tensors q^a of body i and q^b of body j in a frame whose z axis is e (body_tensors.hpp), Re(q^a_m conj(q^b_m)), a cosine, or
// Im(...), a sine, for 0 <= m <= l_a, l_b. An exchange of two like bodies turns the frame about x, q_m -> (-1)^l conj(q_m): like
// bodies have S_ab + (-1)^(l_a + l_b) S_ba.
// R: powers of u and of v = s_0 / y(r), of the same levelling y (pair_invariants.hpp).
//
// Contracted first, function by function: the factor sum_p w_kp R_p of S_k and its slopes. Both torques follow from the factors
// (tensor_links.hpp). A turn of all, bodies and line, changes nothing: the force across the line follows from both torques.
#pragma once

#include <cstddef>

#include "anisoap/detail/body_tensors.hpp"
#include "anisoap/detail/pair_invariants.hpp"
#include "anisoap/detail/radial_powers.hpp"
#include "anisoap/detail/tensor_links.hpp"

namespace anisoap::detail {

struct SymmetricFunction {
  int at[2];      // of q^a_m among the tensors of body i, of q^b_m among those of j
  int gap, last;  // where its terms with powers of u end, and all of its terms
};

struct SymmetricTerm {
  int power;
  double weight;
};

// Real: the cosine of m = 0, where tensors have no imaginary part.
enum class FunctionKind { Real, Cosine, Sine };

// Functions of one kind, which stand together.
struct FunctionRun {
  int first, last;
  int exchanged;  // (-1)^(l_a + l_b) for two tensors of like bodies; 0 where there is nothing to add
  FunctionKind kind;
};

struct SymmetricPairView {
  BodyTensorsView body[2];
  bool alike;             // two of one species: both bodies have the same tables
  int n_gap, n_distance;  // powers of u and of v
  const int* powers;      // [n_gap + n_distance] >= 1
  int n_functions, n_runs;
  const SymmetricFunction* functions;
  const FunctionRun* runs;
  int n_terms;
  const SymmetricTerm* terms;
  TensorLinksView links[2];  // of either body; of like bodies the first alone
};

ANISOAP_FUNCTION bool is_symmetric(const SymmetricPairView& pair) { return pair.n_functions > 0; }

// Where the work of a pair is: tensors, and room for body_tensors, later for the factors of functions.
struct SymmetricRoom {
  int tensors[2], rest, size;

  ANISOAP_FUNCTION explicit SymmetricRoom(const SymmetricPairView& pair) {
    const BodyTensorsView *i = &pair.body[0], *j = &pair.body[1];
    const int work_i = tensor_workspace(*i), work_j = tensor_workspace(*j);
    const int of_tensors = pair.alike ? 2 * work_i : (work_i > work_j ? work_i : work_j);
    tensors[0] = 0;
    tensors[1] = i->size;
    rest = tensors[1] + j->size;
    size = rest + (of_tensors > pair.n_functions ? of_tensors : pair.n_functions);
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

// Re(q_i conj(q_j)), or Im, with q_i at `a` of body i and q_j at `b` of body j.
template <class T, class In>
ANISOAP_FUNCTION T tensor_product(In qi, int a, In qj, int b, FunctionKind kind) {
  if (kind == FunctionKind::Real) return qi[a] * qj[b];
  return real_product(first_factor<T>(qi, a, kind), Complex<T>{qj[b], qj[b + 1]});
}

// Value, its derivatives by r and u, and by turning either body about the axes of the pair.
template <class T>
struct SymmetricSum {
  T value, by_r, by_u, turn[2][3];
};

// Functions of one run, added to the sum; their factors to work. Exchange: -1, 0 or 1, of the run.
template <int Exchange, FunctionKind Kind, class T, class Work>
ANISOAP_FUNCTION void contract_run(const SymmetricPairView& pair, const FunctionRun& run, const SymmetricRoom& room,
                                   const RadialParts<T>& radial, Work work, SymmetricSum<T>& sum) {
  const Work qi = work + room.tensors[0], qj = work + room.tensors[1], factors = work + room.rest;
  int t = run.first == 0 ? 0 : pair.functions[run.first - 1].last;
  for (int k = run.first; k < run.last; ++k) {
    const SymmetricFunction f = pair.functions[k];
    T product = tensor_product<T>(qi, f.at[0], qj, f.at[1], Kind), factor(0), by_u(0), by_r(0);
    if constexpr (Exchange > 0) product = product + tensor_product<T>(qi, f.at[1], qj, f.at[0], Kind);
    if constexpr (Exchange < 0) product = product - tensor_product<T>(qi, f.at[1], qj, f.at[0], Kind);
    for (; t < f.gap; ++t) {
      const SymmetricTerm& term = pair.terms[t];
      factor = factor + T(term.weight) * radial.value[term.power];
      by_u = by_u + T(term.weight) * radial.slope[term.power];
    }
    for (; t < f.last; ++t) {
      const SymmetricTerm& term = pair.terms[t];
      factor = factor + T(term.weight) * radial.value[term.power];
      by_r = by_r + T(term.weight) * radial.slope[term.power];
    }
    factors[k] = factor;
    sum.value = sum.value + product * factor;
    sum.by_u = sum.by_u + product * by_u;
    sum.by_r = sum.by_r + product * by_r;
  }
}

template <FunctionKind Kind, class T, class Work>
ANISOAP_FUNCTION void contract_kind(const SymmetricPairView& pair, const FunctionRun& run, const SymmetricRoom& room,
                                    const RadialParts<T>& radial, Work work, SymmetricSum<T>& sum) {
  if (run.exchanged > 0) contract_run<1, Kind>(pair, run, room, radial, work, sum);
  else if (run.exchanged < 0) contract_run<-1, Kind>(pair, run, room, radial, work, sum);
  else contract_run<0, Kind>(pair, run, room, radial, work, sum);
}

// Turns of both bodies about the axes of the pair.
template <class T, class Work>
ANISOAP_FUNCTION void pair_turns(const SymmetricPairView& pair, Work qi, Work qj, Work factors, T turn[2][3]) {
  if (pair.alike) {
    const Work q[2] = {qi, qj}, other[2] = {qj, qi};
    tensor_turns(pair.body[0], pair.links[0], q, other, factors, turn);
  } else {
    const Work q[2][1] = {{qi}, {qj}};
    for (int p = 0; p < 2; ++p) tensor_turns(pair.body[p], pair.links[p], q[p], q[1 - p], factors, turn + p);
  }
  turn[1][2] = T(0) - turn[0][2];  // a turn of both about the line changes nothing
}

// work: pair_tensors was there before.
template <class T, class Work>
ANISOAP_FUNCTION SymmetricSum<T> symmetric_sum(const SymmetricPairView& pair, const RadialParts<T>& radial, Work work) {
  const SymmetricRoom room(pair);
  SymmetricSum<T> out;
  out.value = out.by_r = out.by_u = T(0);
  for (int k = 0; k < pair.n_runs; ++k) {
    const FunctionRun& run = pair.runs[k];
    if (run.kind == FunctionKind::Real) contract_kind<FunctionKind::Real>(pair, run, room, radial, work, out);
    else if (run.kind == FunctionKind::Cosine) contract_kind<FunctionKind::Cosine>(pair, run, room, radial, work, out);
    else contract_kind<FunctionKind::Sine>(pair, run, room, radial, work, out);
  }
  pair_turns(pair, work + room.tensors[0], work + room.tensors[1], work + room.rest, out.turn);
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
