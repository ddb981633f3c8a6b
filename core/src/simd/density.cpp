// SPDX-License-Identifier: MIT
// Compiled once per instruction set with ANISOAP_ISA naming it; exports backend_<isa> and nothing else.
// Only the library's own always-inlined templates are called here: code of std or Eigen compiled for a wide instruction set could
// replace, at link time, the copy that a narrower machine runs.
#include "anisoap/detail/density.hpp"

#include "anisoap/detail/pack.hpp"
#include "anisoap/detail/with_degree.hpp"
#include "simd/hits.hpp"
#include "simd/names.hpp"
#include "simd/tasks.hpp"
#include "simd/transpose.hpp"

namespace anisoap {
namespace {

#include "simd/group.hpp"

constexpr int kFlush = 16;  // neighbours summed in float before they are added to the double sums

// Degree known at compile time; D = -1 takes it from the task.
template <class P, int D>
ANISOAP_FUNCTION void add_pair(const DensityTask& task, int t, P* sums) {
  const Pair<P> p = gather<P>(task, t);
  const PairGaussian<P> g = tapered_gaussian(p.r, p.shape, P(task.window), task.cutoff, task.inverse_width);
  if constexpr (D >= 0) {
    add_moments<D>(g, sums);
  } else {
    add_moments(g, task.steps, task.n_moments, static_cast<P*>(task.scratch), sums);
  }
}

template <int D>
void density_double(const DensityTask& task) {
  const int n_moments = D >= 0 ? moment_count(D) : task.n_moments;
  PackD* sums = reinterpret_cast<PackD*>(task.sums);
  for (int k = 0; k < n_moments; ++k) sums[k] = PackD(0.0);
  const int n = longest(task, kLanes);
  for (int t = 0; t < n; ++t) add_pair<PackD, D>(task, t, sums);
}

// Moments in float, at most kFlush of them summed in float, then in double.
template <int D>
void density_single(const DensityTask& task) {
  constexpr int lanes = PackS::kLanes;
  const int n_moments = D >= 0 ? moment_count(D) : task.n_moments;
  // The float sums stand behind the n_moments + 1 scratch packs.
  PackS* sums = static_cast<PackS*>(task.scratch) + n_moments + 1;
  for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] = 0;
  const int n = longest(task, lanes);
  for (int t0 = 0; t0 < n; t0 += kFlush) {
    for (int k = 0; k < n_moments; ++k) sums[k] = PackS(0.0);
    for (int t = t0; t < n && t < t0 + kFlush; ++t) add_pair<PackS, D>(task, t, sums);
    const float* s = reinterpret_cast<const float*>(sums);
    for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] += double(s[k]);
  }
}

template <bool Single>
void density(const DensityTask& task) {
  with_degree<kCompiledDegree>(task.degree, !task.steps, [&](auto degree) {
    constexpr int D = decltype(degree)::value;
    Single ? density_single<D>(task) : density_double<D>(task);
  });
}

void contract_packs(const BasisView& basis, const double* sums, int stride, int species, double* coefficients) {
  const StridedRow<const PackD> row{reinterpret_cast<const PackD*>(sums), stride / kLanes};
  contract(basis, row, species, reinterpret_cast<PackD*>(coefficients));
}

void power_spectrum_packs(const BasisView& basis, const double* scale, bool symmetric, const double* coefficients,
                          double* features) {
  const PackD* c = reinterpret_cast<const PackD*>(coefficients);
  PackD* p = reinterpret_cast<PackD*>(features);
  symmetric ? power_spectrum<true>(basis, scale, c, p) : power_spectrum<false>(basis, scale, c, p);
}

std::size_t filter(const FilterTask& task, int* out) {
  const PackD ox(task.origin[0]), oy(task.origin[1]), oz(task.origin[2]), limit(task.cutoff_squared);
  int* end = out;
  for (std::size_t k = 0; k < task.n; k += kLanes) {
    const PackD dx = PackD::load(task.x + k) - ox, dy = PackD::load(task.y + k) - oy, dz = PackD::load(task.z + k) - oz;
    unsigned bits = hits(dx * dx + dy * dy + dz * dz < limit);
    if (task.n - k < kLanes) bits &= (1u << (task.n - k)) - 1u;
    end += store_hits<kLanes>(bits, static_cast<int>(k), end);
  }
  return static_cast<std::size_t>(end - out);
}

}  // namespace

extern const BackendForces ANISOAP_JOIN(backend_forces_, ANISOAP_ISA);
extern const Backend ANISOAP_JOIN(backend_, ANISOAP_ISA);
const Backend ANISOAP_JOIN(backend_, ANISOAP_ISA){ANISOAP_TEXT(ANISOAP_ISA),
                                                  kLanes,
                                                  PackS::kLanes,
                                                  density<false>,
                                                  density<true>,
                                                  contract_packs,
                                                  power_spectrum_packs,
                                                  filter,
                                                  &ANISOAP_JOIN(backend_forces_, ANISOAP_ISA)};

}  // namespace anisoap
