// SPDX-License-Identifier: MIT
// Compiled once per instruction set with ANISOAP_ISA naming it; exports backend_<isa> and nothing else.
// Only the library's own always-inlined templates are called here: code of std or Eigen compiled for a wide instruction set could
// replace, at link time, the copy that a narrower machine runs.
#include "anisoap/detail/density.hpp"

#include "anisoap/detail/pack.hpp"
#include "anisoap/detail/with_degree.hpp"
#include "anisoap/simd/tasks.hpp"
#include "simd/degree.hpp"
#include "simd/hits.hpp"
#include "simd/names.hpp"
#include "simd/transpose.hpp"

namespace anisoap {
namespace {

#include "simd/group.hpp"

constexpr int kContracted = 4;  // packs at once
constexpr int kFlush = 16;      // neighbours summed in float before they are added to the double sums

// Gaussian of neighbour t of each lane, field by field: compilers copy a whole structure in words.
template <class P>
ANISOAP_FUNCTION void find_gaussian(const DensityTask& task, int t, PairGaussian<P>& out) {
  const Pair<P> p = gather<P>(task, t);
  const PairGaussian<P> g = tapered_gaussian(p.r, p.shape, P(task.window), task.cutoff, task.inverse_width);
  out.mu[0] = g.mu[0];
  out.mu[1] = g.mu[1];
  out.mu[2] = g.mu[2];
  out.c[0] = g.c[0];
  out.c[1] = g.c[1];
  out.c[2] = g.c[2];
  out.c[3] = g.c[3];
  out.c[4] = g.c[4];
  out.c[5] = g.c[5];
  out.mass = g.mass;
}

// Adds the moments of one neighbour of each lane. Degree known at compile time; D = -1 takes it from the task.
template <class P, int D>
ANISOAP_FUNCTION void add(const DensityTask& task, const PairGaussian<P>& g, P* sums) {
  if constexpr (D >= 0) {
    add_moments<D>(g, sums);
  } else {
    add_moments(g, task.steps, task.n_moments, static_cast<P*>(task.scratch), sums);
  }
}

template <int D>
ANISOAP_FUNCTION int n_moments_of(const DensityTask& task) {
  return D >= 0 ? moment_count(D) : task.n_moments;
}

// Without the first pack.
ANISOAP_FUNCTION DensityTask rest(DensityTask task, int lanes) {
  task.first += lanes;
  task.count += lanes;
  task.sums += static_cast<std::ptrdiff_t>(task.n_moments) * lanes;
  --task.n_packs;
  return task;
}

// The Gaussian of the next neighbour, of the same pack or of the one behind it, is on its way while the moments of one are
// summed.
template <int D>
void density_double(DensityTask task) {
  PairGaussian<PackD> gaussians[2];
  int current = 0;
  find_gaussian(task, 0, gaussians[current]);
  while (task.n_packs > 0) {
    const DensityTask behind = rest(task, kLanes);
    PackD* sums = reinterpret_cast<PackD*>(task.sums);
    for (int k = 0; k < n_moments_of<D>(task); ++k) sums[k] = PackD(0.0);
    const int n = longest(task, kLanes);
    int t = 0;
    do {  // lanes without any neighbour add zeros once
      const bool is_last = ++t >= n;
      if (!is_last || behind.n_packs > 0) find_gaussian(is_last ? behind : task, is_last ? 0 : t, gaussians[1 - current]);
      add<PackD, D>(task, gaussians[current], sums);
      current = 1 - current;
    } while (t < n);
    task = behind;
  }
}

// Sums over neighbours first..last-1 of each lane of the first pack.
template <int D>
ANISOAP_FUNCTION void sum_single(const DensityTask& task, int first, int last, PackS* sums) {
  PairGaussian<PackS> gaussians[2];
  find_gaussian(task, first, gaussians[first & 1]);
  for (int k = 0; k < n_moments_of<D>(task); ++k) sums[k] = PackS(0.0);
  for (int t = first; t < last; ++t) {
    if (t + 1 < last) find_gaussian(task, t + 1, gaussians[(t + 1) & 1]);
    add<PackS, D>(task, gaussians[t & 1], sums);
  }
}

// Moments in float, at most kFlush of them summed in float, then in double.
template <int D>
void density_single(DensityTask task) {
  constexpr int lanes = PackS::kLanes;
  const int n_moments = n_moments_of<D>(task);
  // The float sums stand behind the n_moments + 1 scratch packs.
  PackS* sums = static_cast<PackS*>(task.scratch) + n_moments + 1;
  for (; task.n_packs > 0; task = rest(task, lanes)) {
    for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] = 0;
    const int n = longest(task, lanes);
    for (int t = 0; t < n; t += kFlush) {
      sum_single<D>(task, t, t + kFlush < n ? t + kFlush : n, sums);
      const float* s = reinterpret_cast<const float*>(sums);
      for (int k = 0; k < n_moments * lanes; ++k) task.sums[k] += double(s[k]);
    }
  }
}

template <bool Single>
void density(const DensityTask& task) {
  with_degree<kCompiledDegree>(task.degree, !task.steps, [&](auto degree) {
    constexpr int D = decltype(degree)::value;
    Single ? density_single<D>(task) : density_double<D>(task);
  });
}

// Coefficient f of N packs: an entry of the matrix is read once for all of them.
template <std::size_t N>
ANISOAP_FUNCTION void contract_function(const ContractTask& task, int f, const double* const* sums, double* const* out) {
  const SparseView& matrix = task.basis->to_functions;
  PackD v[N];
  for (std::size_t p = 0; p < N; ++p) v[p] = PackD(0.0);
  for (int e = matrix.start[f]; e < matrix.start[f + 1]; ++e) {
    const SparseEntry entry = matrix.entry[e];
    const PackD value(entry.value);
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(entry.column) * task.stride;
    for (std::size_t p = 0; p < N; ++p) v[p] = v[p] + value * PackD::load(sums[p] + at);
  }
  const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(f) * task.step;
  for (std::size_t p = 0; p < N; ++p, out += kLanes) {
    if (task.side_by_side) {
      v[p].store(out[0] + at);
    } else {
      for (int lane = 0; lane < kLanes; ++lane) out[lane][at] = v[p].v[lane];
    }
  }
}

void contract(const ContractTask& task) {
  const int n = task.basis->n_functions, whole = task.n_packs - task.n_packs % kContracted;
  for (int pack = 0; pack < whole; pack += kContracted)
    for (int f = 0; f < n; ++f) contract_function<kContracted>(task, f, task.sums + pack, task.out + pack * kLanes);
  for (int pack = whole; pack < task.n_packs; ++pack)
    for (int f = 0; f < n; ++f) contract_function<1>(task, f, task.sums + pack, task.out + pack * kLanes);
}

void power_spectrum_packs(const BasisView& basis, const double* scale, bool symmetric, const double* coefficients,
                          double* features) {
  const PackD* c = reinterpret_cast<const PackD*>(coefficients);
  PackD* p = reinterpret_cast<PackD*>(features);
  symmetric ? power_spectrum<true>(basis, scale, c, p) : power_spectrum<false>(basis, scale, c, p);
}

bool unpack(const double* packed, std::size_t n, double* const* rows) {
  double* out[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) out[lane] = rows[lane];
  PackD check(0.0);  // NaN once a number is not finite
  std::size_t k = 0;
  for (; k + 4 <= n; k += 4) {
    PackD field[4];
    for (std::size_t i = 0; i < 4; ++i) {
      field[i] = PackD::load(packed + (k + i) * kLanes);
      check = check + field[i] * PackD(0.0);
    }
    store_four(field, out);
    for (int lane = 0; lane < kLanes; ++lane) out[lane] += 4;
  }
  for (; k < n; ++k) {
    const PackD value = PackD::load(packed + k * kLanes);
    check = check + value * PackD(0.0);
    for (int lane = 0; lane < kLanes; ++lane) *out[lane]++ = value.v[lane];
  }
  return hits(check.v == check.v) == (1u << kLanes) - 1u;
}

// Distance to the interval low..high along one axis.
ANISOAP_FUNCTION PackD outside(PackD x, PackD low, PackD high) {
  const PackD below = low - x, above = x - high, zero(0.0);
  const PackD more = select(below < above, above, below);
  return select(more < zero, zero, more);
}

template <bool Box>
std::size_t filter(const FilterTask& task, int* out) {
  const PackD low[3] = {PackD(task.low[0]), PackD(task.low[1]), PackD(task.low[2])};
  const PackD high[3] = {PackD(task.high[0]), PackD(task.high[1]), PackD(task.high[2])};
  const PackD limit(task.cutoff_squared);
  const double* const axes[3] = {task.x, task.y, task.z};
  const std::size_t n = task.n, whole = n - n % kLanes;
  const auto inside = [&](std::size_t k) {
    PackD d[3];
    for (int a = 0; a < 3; ++a) {
      const PackD x = PackD::load(axes[a] + k);
      d[a] = Box ? outside(x, low[a], high[a]) : x - low[a];
    }
    return hits(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] < limit);
  };
  int* end = out;
  for (std::size_t k = 0; k < whole; k += kLanes) end += store_hits<kLanes>(inside(k), static_cast<int>(k), end);
  if (whole < n) end += store_hits<kLanes>(inside(whole) & ((1u << (n - whole)) - 1u), static_cast<int>(whole), end);
  return static_cast<std::size_t>(end - out);
}

}  // namespace

extern const BackendForces ANISOAP_JOIN(backend_forces_, ANISOAP_ISA);
extern const Backend ANISOAP_JOIN(backend_, ANISOAP_ISA);
const Backend ANISOAP_JOIN(backend_, ANISOAP_ISA){ANISOAP_TEXT(ANISOAP_ISA),
                                                  kLanes,
                                                  PackS::kLanes,
                                                  kCompiledDegree,
                                                  density<false>,
                                                  density<true>,
                                                  contract,
                                                  power_spectrum_packs,
                                                  unpack,
                                                  filter<false>,
                                                  filter<true>,
                                                  &ANISOAP_JOIN(backend_forces_, ANISOAP_ISA)};

}  // namespace anisoap
