// SPDX-License-Identifier: MIT
// Compiled once per instruction set with ANISOAP_ISA naming it; exports kernels_<isa> and nothing else.
// Only the library's own always-inlined templates are called here: code of std or Eigen compiled for a wide instruction set could
// replace, at link time, the copy that a narrower machine runs.
#include "kernels.hpp"

#include "anisoap/detail/cutoff.hpp"
#include "anisoap/detail/pack.hpp"
#include "gather.hpp"
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

constexpr int kFlush = 16;  // neighbours summed in float before they are added to the double sums

// Neighbour t of each lane; lanes that have no more get a shape of zero weight.
template <class P>
ANISOAP_FUNCTION PairGaussian<P> gather(const DensityTask& task, int t) {
  static const Neighbor no_neighbor{};
  alignas(64) static const double no_shape[8] = {};
  const double *pair[P::kLanes], *shape[P::kLanes];
  for (int lane = 0; lane < P::kLanes; ++lane) {
    const bool valid = t < task.count[lane];
    const Neighbor* e = valid ? task.first[lane] + t : &no_neighbor;
    pair[lane] = e->r;
    shape[lane] = valid ? task.shapes[e->index].c : no_shape;
  }
  P r[4], s[8];
  load_four(pair, r);
  load_four(shape, s);
  for (int lane = 0; lane < P::kLanes; ++lane) shape[lane] += 4;
  load_four(shape, s + 4);
  for (int k = 0; k < 3; ++k) r[k] = r[k] * P(task.inverse_length);
  Shape<P> shape_of_j{{s[0], s[1], s[2], s[3], s[4], s[5]}, s[6], s[7]};
  if (task.inverse_width > 0)
    shape_of_j.weight =
        shape_of_j.weight * cosine_cutoff(r[0] * r[0] + r[1] * r[1] + r[2] * r[2], P(task.cutoff), P(task.inverse_width));
  return pair_gaussian(r, shape_of_j, P(task.window));
}

// Degree known at compile time; D = -1 takes it from the task.
template <class P, int D>
ANISOAP_FUNCTION void add_pair(const DensityTask& task, int t, P* sums) {
  const PairGaussian<P> g = gather<P>(task, t);
  if constexpr (D >= 0) {
    add_moments<D>(g, sums);
  } else {
    add_moments(g, task.steps, task.n_moments, static_cast<P*>(task.scratch), sums);
  }
}

ANISOAP_FUNCTION int longest(const DensityTask& task, int lanes) {
  int n = 0;
  for (int lane = 0; lane < lanes; ++lane) n = task.count[lane] > n ? task.count[lane] : n;
  return n;
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

extern const Kernels ANISOAP_JOIN(kernels_, ANISOAP_ISA);
const Kernels ANISOAP_JOIN(kernels_, ANISOAP_ISA){
    ANISOAP_TEXT(ANISOAP_ISA), kLanes, PackS::kLanes, density<false>, density<true>, contract_packs,
    power_spectrum_packs,      filter};

}  // namespace anisoap
