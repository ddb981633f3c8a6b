// SPDX-License-Identifier: MIT
// What fitting a model to forces and torques needs, frame by frame: derivatives of features and invariants, pair by pair. They do
// not depend on the model's weights.
#pragma once

#include <cstdint>
#include <vector>

#include "anisoap/descriptor.hpp"
#include "anisoap/model.hpp"

namespace anisoap {

// Power spectra p (symmetric storage) of the particles of one frame and their derivatives. The pairs of one centre stand
// together.
struct PairJacobian {
  std::size_t n_features = 0;
  std::vector<double> features;    // [n * n_features]
  std::vector<std::int64_t> i, j;  // [P] centre and neighbour; i = j with r = 0 is the self pair
  std::vector<double> r;           // [P*3] x_j - x_i
  std::vector<double> jacobian;    // [P * 6 * n_features] dp_i / dr (3), dp_i / d(turn of j about the space axes) (3)
};

// Throws as Descriptor and FrameBatch do. number: of the frame in errors.
PairJacobian pair_jacobian(const Hypers& hypers, const FrameView& frame, double density_scale = 1.0, const Options& options = {},
                           std::size_t number = 0);

// Invariants of the pairs of one kind (TwoBody::pairs) in one frame, each pair once.
struct TwoBodyInputs {
  std::size_t n_inputs = 0;
  std::vector<std::int64_t> i, j;      // [P] i is of the kind's first species
  std::vector<double> weight;          // [P] 1, or 1/2 for each of the two images of a particle with itself
  std::vector<double> r;               // [P*3] x_j - x_i
  std::vector<double> taper;           // [P] f_c
  std::vector<double> taper_gradient;  // [P*3] df_c / dr
  std::vector<double> inputs;          // [P * n_inputs] before shift and scale
  std::vector<double> jacobian;        // [P * 9 * n_inputs] d/dr (3), d/d(turn of i) (3), d/d(turn of j) (3)
};

// One entry per kind of pair; networks, shifts and scales of the term are not read. The species of the frame are numbers of
// two_body.species.
std::vector<TwoBodyInputs> two_body_inputs(const TwoBody& two_body, const FrameView& frame, int num_threads = 0,
                                           std::size_t number = 0);

}  // namespace anisoap
