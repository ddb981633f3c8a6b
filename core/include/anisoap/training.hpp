// SPDX-License-Identifier: MIT
// What fitting a model to forces and torques needs, frame by frame: derivatives of features and invariants, pair by pair. They do
// not depend on the model's weights.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "anisoap/frames.hpp"
#include "anisoap/model.hpp"
#include "anisoap/options.hpp"

namespace anisoap {

// Centres first..last-1 of a frame.
struct CentreRange {
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  std::size_t first = 0, last = kAll;  // kAll: to the end
  std::size_t most_pairs = kAll;       // the range ends before the centre that goes beyond; it keeps its first centre

  // One past its last centre of n, whatever the pairs. Throws ArgumentError for a range beyond them.
  std::size_t end(std::size_t n) const;
};

// Power spectra p (symmetric storage) of centres of one frame and their derivatives. The pairs of one centre stand together.
struct PairJacobian {
  std::size_t n_features = 0;
  std::size_t first = 0;           // centre of the first row of features
  std::vector<double> features;    // [centres of the range * n_features]
  std::vector<std::int64_t> i, j;  // [P] centre and neighbour; i = j with r = 0 is the self pair
  std::vector<double> r;           // [P*3] x_j - x_i
  std::vector<double> jacobian;    // [P * 6 * n_features] dp_i / dr (3), dp_i / d(turn of j about the space axes) (3)
};

// Throws as Descriptor and FrameBatch do. number: of the frame in errors. Every centre has the same values in any range.
PairJacobian pair_jacobian(const Hypers& hypers, const FrameView& frame, double density_scale = 1.0, const Options& options = {},
                           std::size_t number = 0, const CentreRange& range = {});

// Invariants of the particle pairs of one pair of species (TwoBody::pairs) in one frame, each pair once. Of an expansion: those
// of the distance, then its functions S without repeats, by rank and number of either tensor, |m|, cosine before sine.
struct TwoBodyInputs {
  std::size_t n_inputs = 0;
  std::vector<std::int64_t> i, j;      // [P] i is of the first species
  std::vector<double> weight;          // [P] 1, or 1/2 for each of the two images of a particle with itself
  std::vector<double> r;               // [P*3] x_j - x_i
  std::vector<double> taper;           // [P] f_c
  std::vector<double> taper_gradient;  // [P*3] df_c / dr
  std::vector<double> inputs;          // [P * n_inputs] before shift and scale
  std::vector<double> jacobian;        // [P * 9 * n_inputs] d/dr (3), d/d(turn of i) (3), d/d(turn of j) (3)
};

// One entry per pair of species; networks, shifts and scales of the term are not read. The species of the frame are numbers of
// two_body.species.
std::vector<TwoBodyInputs> two_body_inputs(const TwoBody& two_body, const FrameView& frame, int num_threads = 0,
                                           std::size_t number = 0);

// [pairs of species] smallest distance less the contact distance (pair_invariants.hpp) among the pairs of one frame within the
// cutoff; infinity where there are none.
std::vector<double> closest_gaps(const TwoBody& two_body, const FrameView& frame, int num_threads = 0, std::size_t number = 0);

// What each weight of the polynomial or expansion of one pair of species adds to the results of one frame.
struct PairTermRows {
  std::size_t n_terms = 0;              // 0 for networks
  std::vector<double> energies;         // [n * n_terms] local energies: half of each pair to either particle
  std::vector<double> forces, torques;  // [n * 3 * n_terms]
  std::vector<double> virial;           // [9 * n_terms] -r_a (dphi/dr)_b
};

// One entry per pair of species; weights are not read. num_threads is for the neighbour search. Without derivatives: energies
// alone.
std::vector<PairTermRows> pair_term_rows(const TwoBody& two_body, const FrameView& frame, int num_threads = 0,
                                         std::size_t number = 0, bool derivatives = true);

}  // namespace anisoap
