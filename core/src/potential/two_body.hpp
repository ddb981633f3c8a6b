// SPDX-License-Identifier: MIT
// The two-body term of a potential for one chunk of centres after another, on one thread.
//
// A pair of two centres is evaluated once. A pair of a centre and a particle that is none (a ghost of another rank) is seen from
// both sides: it counts half on either, or whole on the side that the particles' numbers choose. A particle with its own periodic
// image is seen twice and counts half.
#pragma once

#include <string>

#include "descriptor/chunk.hpp"
#include "potential/merge.hpp"

namespace anisoap {

// Throw std::invalid_argument for what is wrong with a term beside its networks; `where` names the pair.
void check_species(const TwoBody& two_body, const TwoBodyPair& pair, const std::string& where);
void check_kinds(const TwoBody& two_body);

// A pair with the first species of its kind first.
struct OrderedPair {
  std::size_t i, j;
  double r[4];  // x_j - x_i and one more number
};
OrderedPair ordered(const detail::PairForm& form, const ParticleTable& table, std::size_t centre, const Neighbor& neighbor);

// Which body axes the invariants of a pair are made of.
detail::PairForm pair_form(const TwoBody& two_body, const TwoBodyPair& pair);

struct TwoBodyTables {
  const detail::TwoBodyView& term;
  const Kernels& kernels;
  const std::vector<char>& is_centre;        // [n_particles]
  const std::vector<std::int64_t>& numbers;  // [n_particles] see PotentialInput::ids; empty when there are none
  std::size_t n_members;                     // energies of members to keep; 0 for none
  bool virials;                              // of single particles are wanted
};

class TwoBodyWorker {
 public:
  TwoBodyWorker(const TwoBodyTables& tables, const ParticleTable& table);

  // What centres first..last-1 of the list add; calls checkpoint() once a centre.
  template <class Checkpoint>
  ChunkResult run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
                  const Checkpoint& checkpoint) {
    ChunkResult out;
    for (; first < last; ++first) {
      checkpoint();
      collect(source, centres[first].particle, out);
    }
    for (auto& queue : queues_) flush(queue, out);
    out.particles = slots_.take();
    return out;
  }

 private:
  struct Pair : OrderedPair {
    double weight;
  };
  struct Queue {  // pairs of one kind that wait for a full pack
    const detail::TwoBodyPairView* kind;
    std::vector<Pair> pairs;
  };

  double weight_of(std::size_t i, std::size_t j) const;
  void collect(const NeighborSource& source, std::size_t i, ChunkResult& out);
  void flush(Queue& queue, ChunkResult& out);
  void evaluate(const Queue& queue);
  void add(const Queue& queue, std::size_t lane, ChunkResult& out);
  double* slot(std::size_t particle, ChunkResult& out);

  const TwoBodyTables& tables_;
  const ParticleTable& table_;
  std::size_t lanes_;
  NeighborSink sink_;
  Slots slots_;
  std::vector<Queue> queues_;
  std::vector<const double*> r_;
  std::vector<const detail::Body<double>*> bodies_[2];
  AlignedVector<double> work_, rows_;
};

}  // namespace anisoap
