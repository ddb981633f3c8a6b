// SPDX-License-Identifier: MIT
// What the loops over packs share: lanes of this instruction set, and the neighbours of a group of centres, one centre per lane.
// Included once per translation unit, inside namespace anisoap and an unnamed namespace, so that its Isa is a type of that unit.

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

template <class P>
struct Pair {
  P r[3];  // basis units
  Shape<P> shape;
};

// Neighbour t of each lane; lanes that have no more get a shape of zero weight.
template <class P>
ANISOAP_FUNCTION Pair<P> gather(const DensityTask& task, int t) {
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
  const P unit(task.inverse_length);
  return {{r[0] * unit, r[1] * unit, r[2] * unit}, {{s[0], s[1], s[2], s[3], s[4], s[5]}, s[6], s[7]}};
}

ANISOAP_FUNCTION int longest(const DensityTask& task, int lanes) {
  int n = 0;
  for (int lane = 0; lane < lanes; ++lane) n = task.count[lane] > n ? task.count[lane] : n;
  return n;
}
