// SPDX-License-Identifier: MIT
// Lists without their skin: at each step the pairs inside the cutoff, in the order of the list, so that no thread of the kernels
// after it waits for pairs that bring nothing. It costs a fraction of what half a list of skin does.
#pragma once

#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

// Whether pairs of a list lie inside a cutoff. It is a little wider than that of the kernels, which look again: rounding takes no
// pair from them.
template <class Space>
struct IsInside {
  PairList<Space> pairs;
  Array<Space, Point> points;
  double squared;

  IsInside(const PairList<Space>& list, const Array<Space, Point>& where, double cutoff)
      : pairs(list), points(where), squared(cutoff * cutoff * (1 + 1e-9)) {}

  KOKKOS_FUNCTION bool operator()(Offset p) const {
    return separation<double>(points(pairs.centre(pairs.row(p))), points(pairs.neighbor(p)), 1.0).squared <= squared;
  }
};

// The pairs of a list that were kept.
template <class Space>
void keep_pairs(const PairList<Space>& listed, const Kept<Space>& kept, Offset n_kept, PairList<Space>& out) {
  const auto n_rows = static_cast<Offset>(listed.n_centres) * listed.n_species;
  out.n_centres = listed.n_centres;
  out.n_particles = listed.n_particles;
  out.n_species = listed.n_species;
  out.n_pairs = n_kept;
  out.centre = listed.centre;
  out.listed = listed.listed;
  out.row_of_particle = listed.row_of_particle;
  out.of_neighbor = listed.of_neighbor;
  out.kept = kept;
  reserve(out.start, static_cast<std::size_t>(n_rows) + 1);
  reserve(out.neighbor, static_cast<std::size_t>(n_kept));
  reserve(out.row, static_cast<std::size_t>(n_kept));
  const PairList<Space> to = out;
  using Range = typename Kept<Space>::Range;
  Kokkos::parallel_for(
      "anisoap keep rows", light(Range(0, n_rows + 1)), KOKKOS_LAMBDA(Offset r) { to.start(r) = kept.before(listed.start(r)); });
  Kokkos::parallel_for(
      "anisoap keep pairs", light(Range(0, listed.n_pairs)), KOKKOS_LAMBDA(Offset p) {
        if (!kept.has(p)) return;
        const Offset at = kept.before(p);
        to.neighbor(at) = listed.neighbor(p);
        to.row(at) = listed.row(p);
      });
}

// Gives back what it shares with the list that it came from.
template <class Space>
void let_go(PairList<Space>& inside) {
  inside.centre = inside.row_of_particle = {};
  inside.listed = {};
  inside.of_neighbor = {};
}

constexpr Offset kFewPairs = 1 << 20;  // for fewer, launches cost more than a skin

// Whether leaving the skin out pays: found out at the first step with a list.
class SkinChoice {
 public:
  void renew(Offset n_listed, Offset few) { state_ = n_listed < few ? State::Keep : State::Unknown; }
  bool leaves_out() const { return state_ != State::Keep; }
  void found(Offset n_listed, Offset n_inside) {
    if (state_ == State::Unknown) state_ = 5 * n_inside > 4 * n_listed ? State::Keep : State::LeaveOut;
  }

 private:
  enum class State { Unknown, Keep, LeaveOut };
  State state_ = State::Keep;
};

}  // namespace anisoap::kokkos
