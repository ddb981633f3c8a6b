// SPDX-License-Identifier: MIT
// Lists without their skin: at each step the pairs inside the cutoff, in the order of the list, so that no thread of the kernels
// after it waits for pairs that bring nothing. It costs a fraction of what half a list of skin does.
#pragma once

#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

// Entries 0..n-1 that pass a test, numbered in their order.
template <class Space>
class Kept {
 public:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;

  // Returns how many they are.
  template <class Test>
  Offset choose(Offset n, const Test& test) {
    const Offset n_blocks = (n + kBlock - 1) / kBlock;
    reserve(flags_, static_cast<std::size_t>(n_blocks * kBlock));
    reserve(start_, static_cast<std::size_t>(n_blocks) + 1);
    const Kept kept = *this;
    Kokkos::parallel_for(
        "anisoap inside", Range(0, n_blocks * kBlock),
        KOKKOS_LAMBDA(Offset e) { kept.flags_(e) = e < n && test(e) ? 1 : 0; });
    Kokkos::parallel_for(
        "anisoap inside count", Range(0, n_blocks), KOKKOS_LAMBDA(Offset b) { kept.start_(b) = kept.sum(kBlock * b, kBlock); });
    return to_offsets<Space>(start_, static_cast<std::size_t>(n_blocks));
  }

  // before(e) of some entries.
  std::vector<Offset> on_host(const std::vector<Offset>& entries) const {
    const auto e = copy_of<Space>(entries.data(), entries.size(), "anisoap entries");
    const Kept kept = *this;
    Kokkos::parallel_for(
        "anisoap inside first", Range(0, static_cast<Offset>(entries.size())),
        KOKKOS_LAMBDA(Offset k) { e(k) = kept.before(e(k)); });
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), e);
    return {host.data(), host.data() + entries.size()};
  }

  KOKKOS_FUNCTION bool has(Offset e) const { return flags_(e) != 0; }
  // Number of entry e, or of the next one that passes; e may be n.
  KOKKOS_FUNCTION Offset before(Offset e) const { return start_(e / kBlock) + sum(e / kBlock * kBlock, static_cast<int>(e % kBlock)); }

 private:
  static constexpr int kBlock = 64;

  // Of n flags from e on, a multiple of 8.
  KOKKOS_FUNCTION int sum(Offset e, int n) const {
    const auto* words = reinterpret_cast<const std::uint64_t*>(flags_.data() + e);
    std::uint64_t bytes = 0;
    for (int k = 0; k < n / 8; ++k) bytes += words[k];
    if (n % 8 > 0) bytes += words[n / 8] << (64 - 8 * (n % 8));
    return static_cast<int>((bytes * 0x0101010101010101ULL) >> 56);
  }

  Array<Space, unsigned char> flags_{"anisoap inside", 0};
  Array<Space, Offset> start_{"anisoap inside start", 0};
};

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
  out.of_neighbor.start = listed.of_neighbor.start;
  out.of_neighbor.entry = listed.of_neighbor.entry;
  reserve(out.start, static_cast<std::size_t>(n_rows) + 1);
  reserve(out.neighbor, static_cast<std::size_t>(n_kept));
  reserve(out.row, static_cast<std::size_t>(n_kept));
  reserve(out.of_neighbor.walked, static_cast<std::size_t>(listed.n_pairs));
  const PairList<Space> to = out;
  using Range = typename Kept<Space>::Range;
  Kokkos::parallel_for(
      "anisoap keep rows", Range(0, n_rows + 1), KOKKOS_LAMBDA(Offset r) { to.start(r) = kept.before(listed.start(r)); });
  Kokkos::parallel_for(
      "anisoap keep pairs", Range(0, listed.n_pairs), KOKKOS_LAMBDA(Offset p) {
        const bool inside = kept.has(p);
        const Offset at = inside ? kept.before(p) : Offset{kOutside};
        to.of_neighbor.walked(listed.of_neighbor.position(p)) = static_cast<Index>(at);
        if (!inside) return;
        to.neighbor(at) = listed.neighbor(p);
        to.row(at) = listed.row(p);
      });
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
