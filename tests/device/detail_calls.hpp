// SPDX-License-Identifier: MIT
// One centre with two neighbours through every function of detail/, for any number type, on the host or on a device.
#pragma once

#include "anisoap/detail/contraction.hpp"
#include "anisoap/detail/density.hpp"

// A function of a test that is compiled once, where those of detail/ are expanded in their callers.
#if defined(__CUDACC__)
#define ANISOAP_TEST_FUNCTION __host__ __device__ __noinline__
#else
#define ANISOAP_TEST_FUNCTION __attribute__((noinline))
#endif

namespace anisoap::test {

constexpr int kLargestDegree = 8;
constexpr int kMostMoments = detail::moment_count(kLargestDegree);
constexpr int kMostValues = 512;

// One centre's neighbours, in basis units.
struct Surroundings {
  double r[2][3];
  double q[2][4];  // unit quaternions
  double a[2][3];  // semi-axes
  double window, cutoff, inverse_width;
};

template <class T>
struct Scratch {
  T moments[kMostMoments + 1];
  T sums[kMostMoments];
  T coefficients[kMostValues];
};

// Where neighbour j stands, its unit quaternion and semi-axes.
template <class T>
struct Placed {
  T r[3], q[4], a[3];
};

template <class T>
ANISOAP_FUNCTION Placed<T> placed(const Surroundings& s, int j) {
  Placed<T> out;
  for (int k = 0; k < 4; ++k) out.q[k] = T(s.q[j][k]);
  for (int k = 0; k < 3; ++k) {
    out.r[k] = T(s.r[j][k]);
    out.a[k] = T(s.a[j][k]);
  }
  return out;
}

template <class T>
ANISOAP_FUNCTION detail::PairGaussian<T> pair_of(const Surroundings& s, int j) {
  const Placed<T> p = placed<T>(s, j);
  return detail::tapered_gaussian(p.r, detail::make_shape(p.q, p.a, T(s.window)), T(s.window), s.cutoff, s.inverse_width);
}

// From summed moments to both forms of the power spectrum, the full one first.
template <class T>
ANISOAP_TEST_FUNCTION void finish(const detail::BasisView& basis, const double* scale, int n_full, Scratch<T>& scratch, T* out) {
  detail::contract(basis, scratch.sums, 0, scratch.coefficients);
  detail::power_spectrum<false>(basis, scale, scratch.coefficients, out);
  detail::power_spectrum<true>(basis, scale, scratch.coefficients, out + n_full);
}

// Degree known at compile time.
template <int D, class T>
ANISOAP_FUNCTION void describe(const Surroundings& s, const detail::BasisView& basis, const double* scale, int n_full,
                               Scratch<T>& scratch, T* out) {
  constexpr int n = detail::moment_count(D);
  detail::moments<D>(pair_of<T>(s, 0), scratch.moments);
  for (int k = 0; k < n; ++k) scratch.sums[k] = scratch.moments[k];
  detail::add_moments<D>(pair_of<T>(s, 1), scratch.sums);
  finish(basis, scale, n_full, scratch, out);
}

// Degree known at run time.
template <class T>
ANISOAP_FUNCTION void describe(const Surroundings& s, const detail::MomentStep* steps, const detail::BasisView& basis,
                               const double* scale, int n_full, Scratch<T>& scratch, T* out) {
  detail::moments(pair_of<T>(s, 0), steps, basis.n_moments, scratch.moments);
  for (int k = 0; k < basis.n_moments; ++k) scratch.sums[k] = scratch.moments[k];
  detail::add_moments(pair_of<T>(s, 1), steps, basis.n_moments, scratch.moments, scratch.sums);
  finish(basis, scale, n_full, scratch, out);
}

}  // namespace anisoap::test
