// SPDX-License-Identifier: MIT
// Compiled once per instruction set with ANISOAP_ISA naming it; exports kernels_<isa> and nothing else.
// Only the library's own always-inlined templates are called here: code of std or Eigen compiled for a wide instruction set could
// replace, at link time, the copy that a narrower machine runs.
#include "kernels.hpp"

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pack.hpp"
#include "hits.hpp"

#define ANISOAP_JOIN_(a, b) a##b
#define ANISOAP_JOIN(a, b) ANISOAP_JOIN_(a, b)
#define ANISOAP_TEXT_(a) #a
#define ANISOAP_TEXT(a) ANISOAP_TEXT_(a)

namespace anisoap {
namespace {

using namespace detail;

struct Isa {};

#if defined(__AVX512F__)
constexpr int kLanes = 8;
#elif defined(__AVX__)
constexpr int kLanes = 4;
#else
constexpr int kLanes = 2;
#endif
using PackD = Pack<double, kLanes, Isa>;
using PackS = Pack<float, 2 * kLanes, Isa>;

constexpr int kFields = 10;      // r, C, weight
constexpr int kBlock = 8;        // neighbours staged at a time
constexpr int kFlush = 16;       // neighbours summed in float before they are added to the double sums

// Neighbours t0 .. t0 + n - 1 of every lane, transposed: staged[t][field][lane]. Lanes that have no more get a zero weight.
template <class P>
ANISOAP_FUNCTION void stage(const DensityTask& task, int t0, int n, typename P::Scalar* staged) {
  using S = typename P::Scalar;
  for (int lane = 0; lane < P::kLanes; ++lane) {
    const Neighbor* list = task.first[lane] + t0;
    const int valid = task.count[lane] - t0 < n ? task.count[lane] - t0 : n;
    S* out = staged + lane;
    for (int t = 0; t < valid; ++t, out += kFields * P::kLanes) {
      const Shape<double>& s = task.shapes[list[t].index];
      for (int k = 0; k < 3; ++k) out[k * P::kLanes] = S(list[t].r[k] * task.inverse_length);
      for (int k = 0; k < 6; ++k) out[(3 + k) * P::kLanes] = S(s.c[k]);
      out[9 * P::kLanes] = S(s.weight);
    }
    for (int t = valid > 0 ? valid : 0; t < n; ++t)
      for (int k = 0; k < kFields; ++k) staged[(t * kFields + k) * P::kLanes + lane] = S(0);
  }
}

template <class P>
ANISOAP_FUNCTION PairGaussian<P> staged_gaussian(const DensityTask& task, const typename P::Scalar* f) {
  P r[3];
  Shape<P> s;
  for (int k = 0; k < 3; ++k) r[k] = P::load(f + k * P::kLanes);
  for (int k = 0; k < 6; ++k) s.c[k] = P::load(f + (3 + k) * P::kLanes);
  s.weight = P::load(f + 9 * P::kLanes);
  if (task.inverse_width > 0)
    s.weight = s.weight * cosine_cutoff(r[0] * r[0] + r[1] * r[1] + r[2] * r[2], P(task.cutoff), P(task.inverse_width));
  return pair_gaussian(r, s, P(task.window));
}

// Degree known at compile time; D = -1 takes it from the task.
template <class P, int D>
ANISOAP_FUNCTION void add_pair(const DensityTask& task, const typename P::Scalar* fields, P* sums) {
  const PairGaussian<P> g = staged_gaussian<P>(task, fields);
  if constexpr (D >= 0) {
    add_moments<D>(g, sums);
  } else {
    P* m = static_cast<P*>(task.scratch);
    moments(g, task.steps, task.n_moments, m);
    for (int k = 0; k < task.n_moments; ++k) sums[k] = sums[k] + m[k];
  }
}

ANISOAP_FUNCTION int longest(const DensityTask& task, int lanes) {
  int n = 0;
  for (int lane = 0; lane < lanes; ++lane) n = task.count[lane] > n ? task.count[lane] : n;
  return n;
}

template <int D>
void density_double(const DensityTask& task) {
  constexpr int count = D >= 0 ? moment_count(D) : 0;
  alignas(64) double staged[kBlock * kFields * kLanes];
  PackD* sums = reinterpret_cast<PackD*>(task.sums);
  for (int k = 0; k < (count ? count : task.n_moments); ++k) sums[k] = PackD(0.0);
  const int n = longest(task, kLanes);
  for (int t0 = 0; t0 < n; t0 += kBlock) {
    const int block = n - t0 < kBlock ? n - t0 : kBlock;
    stage<PackD>(task, t0, block, staged);
    for (int t = 0; t < block; ++t) add_pair<PackD, D>(task, staged + t * kFields * kLanes, sums);
  }
}

// Moments in float, at most kFlush of them summed in float, then in double.
template <int D>
void density_single(const DensityTask& task) {
  constexpr int lanes = PackS::kLanes;
  alignas(64) float staged[kFlush * kFields * lanes];
  const int n_moments = D >= 0 ? moment_count(D) : task.n_moments;
  // The float sums stand behind the n_moments + 1 scratch packs.
  PackS* sums = static_cast<PackS*>(task.scratch) + n_moments + 1;
  for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] = 0;
  const int n = longest(task, lanes);
  for (int t0 = 0; t0 < n; t0 += kFlush) {
    const int block = n - t0 < kFlush ? n - t0 : kFlush;
    stage<PackS>(task, t0, block, staged);
    for (int k = 0; k < n_moments; ++k) sums[k] = PackS(0.0);
    for (int t = 0; t < block; ++t) add_pair<PackS, D>(task, staged + t * kFields * lanes, sums);
    const float* s = reinterpret_cast<const float*>(sums);
    for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] += double(s[k]);
  }
}

// Picks the compiled code for the task's degree.
template <bool Single, int D = kCompiledDegree>
void density(const DensityTask& task) {
  if constexpr (D < 0) {
    Single ? density_single<-1>(task) : density_double<-1>(task);
  } else if (task.degree == D && !task.steps) {
    Single ? density_single<D>(task) : density_double<D>(task);
  } else {
    density<Single, D - 1>(task);
  }
}

void contract_packs(const BasisView& basis, const double* sums, int stride, int species, double* coefficients) {
  contract(basis, reinterpret_cast<const PackD*>(sums), stride / kLanes, species, reinterpret_cast<PackD*>(coefficients));
}

void power_spectrum_packs(const BasisView& basis, const double* scale, bool symmetric, const double* coefficients,
                          double* features) {
  const PackD* c = reinterpret_cast<const PackD*>(coefficients);
  PackD* p = reinterpret_cast<PackD*>(features);
  symmetric ? power_spectrum<true>(basis, scale, c, p) : power_spectrum<false>(basis, scale, c, p);
}

std::size_t filter(const FilterTask& task, Neighbor* out) {
  const PackD ox(task.origin[0]), oy(task.origin[1]), oz(task.origin[2]), limit(task.cutoff_squared);
  std::size_t n = 0;
  auto keep = [&](std::size_t k) {
    out[n].r[0] = task.x[k] - task.origin[0];
    out[n].r[1] = task.y[k] - task.origin[1];
    out[n].r[2] = task.z[k] - task.origin[2];
    out[n++].index = static_cast<std::int64_t>(k);
  };
  std::size_t k = task.first;
  for (; k + kLanes <= task.last; k += kLanes) {
    const PackD dx = PackD::load(task.x + k) - ox, dy = PackD::load(task.y + k) - oy, dz = PackD::load(task.z + k) - oz;
    unsigned bits = hits(dx * dx + dy * dy + dz * dz < limit);
    for (; bits != 0; bits &= bits - 1) keep(k + static_cast<unsigned>(__builtin_ctz(bits)));
  }
  for (; k < task.last; ++k) {
    const double dx = task.x[k] - task.origin[0], dy = task.y[k] - task.origin[1], dz = task.z[k] - task.origin[2];
    if (dx * dx + dy * dy + dz * dz < task.cutoff_squared) keep(k);
  }
  return n;
}

}  // namespace

extern const Kernels ANISOAP_JOIN(kernels_, ANISOAP_ISA);
const Kernels ANISOAP_JOIN(kernels_, ANISOAP_ISA){
    ANISOAP_TEXT(ANISOAP_ISA), kLanes,         PackS::kLanes,        density<false>,
    density<true>,             contract_packs, power_spectrum_packs, filter};

}  // namespace anisoap
