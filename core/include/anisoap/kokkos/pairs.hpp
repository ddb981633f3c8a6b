// SPDX-License-Identifier: MIT
// The pairs of a neighbour list as kernels walk them: rows of neighbours by centre and species, and for each particle the pairs
// in which it is the neighbour. Made when the list is built anew; distances are looked at each step, so the list may hold a skin
// (inside.hpp leaves it out). Orders depend on the list alone, so that sums do too, to the bit.
#pragma once

#include <limits>
#include <stdexcept>
#include <string>

#include "anisoap/kokkos/particles.hpp"

namespace anisoap::kokkos {

using Offset = std::int64_t;
using Index = std::uint32_t;                 // of a pair where many are kept
constexpr Index kMostPairs = ~Index{0} / 2;  // both ends of a pair are counted too
constexpr int kTile = 64;                    // most centres of a tile; strides are multiples of it

struct Ascending {
  template <class T>
  KOKKOS_FUNCTION bool operator()(const T& a, const T& b) const {
    return a < b;
  }
};

// The order of a[0..n) in which none comes before(x, y) the one that it stands behind.
template <class T, class Before = Ascending>
KOKKOS_FUNCTION void sort_entries(T* a, int n, const Before& before = {}) {
  if (n <= 64) {
    for (int k = 1; k < n; ++k) {
      const T v = a[k];
      int at = k;
      for (; at > 0 && before(v, a[at - 1]); --at) a[at] = a[at - 1];
      a[at] = v;
    }
    return;
  }
  for (int heap = n / 2, end = n; end > 1;) {
    T v;
    if (heap > 0) {
      v = a[--heap];
    } else {
      v = a[--end];
      a[end] = a[0];
    }
    int at = heap;
    for (int child = 2 * at + 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end && before(a[child], a[child + 1])) ++child;
      if (!before(v, a[child])) break;
      a[at] = a[child];
      at = child;
    }
    a[at] = v;
  }
}

// Exclusive sums of n counts in place; start has n + 1 entries. Returns the total.
template <class Space>
Offset to_offsets(const Array<Space, Offset>& start, std::size_t n) {
  Offset total = 0;
  Kokkos::parallel_scan(
      "anisoap offsets", Kokkos::RangePolicy<Space, Kokkos::IndexType<std::size_t>>(0, n + 1),
      KOKKOS_LAMBDA(std::size_t k, Offset & sum, bool last) {
        const Offset count = k < n ? start(k) : 0;
        if (last) start(k) = sum;
        sum += count;
      },
      total);
  return total;
}

// Entries 0..n-1 that pass a test, numbered in their order; all of them where none was asked for. 64 entries a word, so that the
// whole stays in a device's cache.
template <class Space>
class Kept {
 public:
  using Policy = Kokkos::TeamPolicy<Space>;
  using Member = typename Policy::member_type;
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;

  // Returns how many they are.
  template <class Test>
  Offset choose(Offset n, const Test& test) {
    const Offset n_words = (n + kWord - 1) / kWord;
    reserve(words_, static_cast<std::size_t>(n_words) + 1);
    reserve(start_, static_cast<std::size_t>(n_words) + 1);
    const Kept kept = *this;
    const Policy policy(static_cast<int>((n_words + kTeamWords - 1) / kTeamWords), team_size<Space>(256));
    Kokkos::parallel_for(
        "anisoap inside", light(Policy(policy).set_scratch_size(0, Kokkos::PerTeam(kTeamWords * kWord + 16))),
        KOKKOS_LAMBDA(const Member& team) { kept.fill(team, n, n_words, test); });
    all_ = false;
    return to_offsets<Space>(start_, static_cast<std::size_t>(n_words));
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

  KOKKOS_FUNCTION bool has(Offset e) const { return all_ || (words_(e / kWord) >> (e % kWord) & 1) != 0; }
  // Number of entry e, or of the next one that passes; e may be n.
  KOKKOS_FUNCTION Offset before(Offset e) const {
    if (all_) return e;
    const std::uint64_t earlier = (std::uint64_t{1} << (e % kWord)) - 1;
    return start_(e / kWord) + Kokkos::Experimental::popcount_builtin(words_(e / kWord) & earlier);
  }

 private:
  static constexpr int kWord = 64, kTeamWords = 16;

  template <class Test>
  KOKKOS_FUNCTION void fill(const Member& team, Offset n, Offset n_words, const Test& test) const {
    auto* flags = static_cast<unsigned char*>(team.team_scratch(0).get_shmem_aligned(kTeamWords * kWord, 8));
    const Offset first = static_cast<Offset>(team.league_rank()) * kTeamWords;
    for (int k = team.team_rank(); k < kTeamWords * kWord; k += team.team_size()) {
      const Offset e = first * kWord + k;
      flags[k] = e < n && test(e) ? 1 : 0;
    }
    team.team_barrier();
    for (int w = team.team_rank(); w < kTeamWords; w += team.team_size()) {
      if (first + w > n_words) break;
      const auto* eight = reinterpret_cast<const std::uint64_t*>(flags + w * kWord);
      std::uint64_t word = 0;
      for (int k = 0; k < 8; ++k) word |= (eight[k] * 0x0102040810204080ULL >> 56) << (8 * k);  // the lowest bits of 8 bytes
      words_(first + w) = word;
      start_(first + w) = Kokkos::Experimental::popcount_builtin(word);
    }
  }

  bool all_ = true;
  Array<Space, std::uint64_t> words_{"anisoap inside", 0};
  Array<Space, Offset> start_{"anisoap inside start", 0};
};

// For each of n keys the entries that hold it, ascending: entry e belongs to key key(e), or to none where that is negative.
template <class Space>
struct Transposed {
  Array<Space, Offset> start{"anisoap transposed start", 0};  // [n_keys + 1]
  Array<Space, Index> entry{"anisoap transposed entries", 0};

  template <class Key>
  void build(std::size_t n_keys, Offset n_entries, const Key& key) {
    count(n_keys, n_entries, key);
    const auto n = static_cast<std::size_t>(to_offsets<Space>(start, n_keys));
    reserve(entry, n);
    reserve(unsorted_, n);
    fill(n_keys, n_entries, key);
    rank(static_cast<Offset>(n), key);
    sort(n_keys);
  }

  template <class Key>
  void count(std::size_t n_keys, Offset n_entries, const Key& key) {
    reserve(start, n_keys + 1);
    Kokkos::deep_copy(start, Offset(0));
    const auto start_ = start;
    Kokkos::parallel_for(
        "anisoap count", Range(0, n_entries), KOKKOS_LAMBDA(Offset e) {
          if (const int k = key(e); k >= 0) Kokkos::atomic_inc(&start_(k));
        });
  }

  template <class Key>
  void fill(std::size_t n_keys, Offset n_entries, const Key& key) {
    reserve(filled_, n_keys);
    Kokkos::deep_copy(filled_, Index(0));
    const auto start_ = start;
    const auto filled = filled_, unsorted = unsorted_;
    Kokkos::parallel_for(
        "anisoap fill", Range(0, n_entries), KOKKOS_LAMBDA(Offset e) {
          if (const int k = key(e); k >= 0) unsorted(start_(k) + Kokkos::atomic_fetch_inc(&filled(k))) = static_cast<Index>(e);
        });
  }

  // Few entries of a key find their places side by side.
  template <class Key>
  void rank(Offset n, const Key& key) {
    const auto start_ = start;
    const auto unsorted = unsorted_, entry_ = entry;
    Kokkos::parallel_for(
        "anisoap rank", Range(0, n), KOKKOS_LAMBDA(Offset x) {
          const Index e = unsorted(x);
          const int k = key(e);
          const Offset begin = start_(k), end = start_(k + 1);
          if (end - begin > kRanked) return;
          Offset at = begin;
          for (Offset y = begin; y < end; ++y) at += unsorted(y) < e;
          entry_(at) = e;
        });
  }

  // Many are sorted by one thread.
  void sort(std::size_t n_keys) {
    const auto start_ = start;
    const auto unsorted = unsorted_, entry_ = entry;
    Kokkos::parallel_for(
        "anisoap sort", Range(0, static_cast<Offset>(n_keys)), KOKKOS_LAMBDA(Offset k) {
          const Offset begin = start_(k), end = start_(k + 1);
          if (end - begin <= kRanked) return;
          sort_entries(unsorted.data() + begin, static_cast<int>(end - begin));
          for (Offset at = begin; at < end; ++at) entry_(at) = unsorted(at);
        });
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
  static constexpr Offset kRanked = on_device<Space> ? 256 : 16;

  Array<Space, Index> unsorted_{"anisoap transposed unsorted", 0}, filled_{"anisoap transposed filled", 0};
};

template <class Space>
struct PairList {
  int n_centres = 0, n_particles = 0, n_species = 1;
  Offset n_pairs = 0;
  Array<Space, int> centre{"anisoap centres", 0};        // [n_centres] particle of each centre
  Array<Space, Offset> start{"anisoap pair start", 0};   // [n_centres * n_species + 1] by centre and species of the neighbour
  Array<Space, int> neighbor{"anisoap neighbours", 0};   // [n_pairs] particle
  Array<Space, int> row{"anisoap pair rows", 0};         // [n_pairs] number of the centre in the list
  Transposed<Space> of_neighbor;                         // by particle
  Array<Space, Offset> listed{"anisoap listed", 0};      // start in the list that of_neighbor counts in, skin included
  Kept<Space> kept;                                      // of that list
  Array<Space, int> row_of_particle{"anisoap rows", 0};  // [n_particles] number of the centre, or -1

  // Pair that is entry e of of_neighbor, or a negative number where it is not in this list.
  KOKKOS_FUNCTION Offset of_entry(Offset e) const {
    const Index p = of_neighbor.entry(e);
    return kept.has(p) ? kept.before(p) : -1;
  }
  KOKKOS_FUNCTION Offset first(int c) const { return start(static_cast<std::size_t>(c) * n_species); }
};

// Particles by their numbers; images of one by where they are.
template <class Space>
struct ByNumber {
  Array<Space, std::int64_t> numbers;
  Array<Space, Point> points;

  KOKKOS_FUNCTION bool operator()(int i, int j) const {
    if (numbers(i) != numbers(j)) return numbers(i) < numbers(j);
    const Point a = points(i), b = points(j);
    for (int d = 0; d < 3; ++d)
      if (a.x[d] != b.x[d]) return a.x[d] < b.x[d];
    return false;
  }
};

// Neighbours: size(c), particle(c) and neighbor(c, k) of centre c, callable in kernels. self: each centre is its own neighbour
// too. sorted: rows in the order of the particles' numbers, whatever order they come in and whatever indices particles have.
template <class Space, class Neighbors>
class BuildPairs {
 public:
  using Range = Kokkos::RangePolicy<Space>;

  template <class T>
  BuildPairs(const Neighbors& neighbors, const Particles<Space, T>& particles, PairList<Space>& out, bool self, bool sorted)
      : neighbors_(neighbors),
        species_(particles.species),
        by_number_{particles.numbers, particles.points},
        out_(out),
        self_(self),
        sorted_(sorted) {}

  // transposed: of_neighbor too, which forces read.
  void run(int n_centres, int n_particles, bool transposed = true) {
    out_.n_centres = n_centres;
    out_.n_particles = n_particles;
    const auto n_rows = static_cast<std::size_t>(n_centres) * static_cast<std::size_t>(out_.n_species);
    reserve(out_.centre, static_cast<std::size_t>(n_centres));
    reserve(out_.start, n_rows + 1);
    reserve(out_.row_of_particle, static_cast<std::size_t>(n_particles));
    Kokkos::deep_copy(out_.row_of_particle, -1);
    count(n_centres);
    out_.n_pairs = to_offsets<Space>(out_.start, n_rows);
    if (out_.n_pairs > kMostPairs)
      throw std::length_error("anisoap: " + std::to_string(out_.n_pairs) + " pairs on one device; expected fewer than 2^31");
    reserve(out_.neighbor, static_cast<std::size_t>(out_.n_pairs));
    reserve(out_.row, static_cast<std::size_t>(out_.n_pairs));
    fill(n_centres);
    out_.listed = out_.start;
    if (!transposed) return;
    const auto neighbor = out_.neighbor;
    out_.of_neighbor.build(
        static_cast<std::size_t>(n_particles), out_.n_pairs, KOKKOS_LAMBDA(Offset e) { return neighbor(e); });
  }

  void count(int n_centres) {
    const auto neighbors = neighbors_;
    const auto species = species_;
    const PairList<Space> list = out_;
    const bool self = self_;
    Kokkos::parallel_for(
        "anisoap pairs count", Range(0, n_centres), KOKKOS_LAMBDA(int c) {
          const int i = neighbors.particle(c), n = list.n_species;
          list.centre(c) = i;
          list.row_of_particle(i) = c;
          Offset* counts = list.start.data() + static_cast<std::size_t>(c) * n;
          for (int s = 0; s < n; ++s) counts[s] = self && species(i) == s ? 1 : 0;
          for (int k = 0; k < neighbors.size(c); ++k)
            if (const int s = species(neighbors.neighbor(c, k)); s >= 0) ++counts[s];
        });
  }

  void fill(int n_centres) {
    const auto neighbors = neighbors_;
    const auto species = species_;
    const auto by_number = by_number_;
    const PairList<Space> list = out_;
    const bool self = self_, sorted = sorted_;
    Kokkos::parallel_for(
        "anisoap pairs fill", Range(0, n_centres), KOKKOS_LAMBDA(int c) {
          const int i = neighbors.particle(c), n = list.n_species;
          for (int s = 0; s < n; ++s) {
            const Offset begin = list.start(static_cast<std::size_t>(c) * n + s);
            Offset at = begin;
            for (int k = 0; k < neighbors.size(c); ++k)
              if (const int j = neighbors.neighbor(c, k); species(j) == s) list.neighbor(at++) = j;
            if (sorted) sort_entries(list.neighbor.data() + begin, static_cast<int>(at - begin), by_number);
            if (self && species(i) == s) list.neighbor(at++) = i;
            for (Offset p = begin; p < at; ++p) list.row(p) = c;
          }
        });
  }

 private:
  Neighbors neighbors_;
  Array<Space, int> species_;
  ByNumber<Space> by_number_;
  PairList<Space>& out_;
  bool self_, sorted_;
};

}  // namespace anisoap::kokkos
