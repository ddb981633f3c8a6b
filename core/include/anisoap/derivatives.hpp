// SPDX-License-Identifier: MIT
// Derivatives of power spectra p (symmetric storage) along one direction at a time, forward and back; no Jacobian is made.
// Turning is about the space axes, a rotation vector per particle; diameters and cells stay.
#pragma once

#include "anisoap/descriptor.hpp"

namespace anisoap {

// Gradient of sum(weights * p) with respect to positions and turns. weights: [n * n_features] of all centres of the batch;
// positions, turns: [n * 3], overwritten. Throws ArgumentError for numbers that are not finite or overflow. Threads change no
// bit.
void power_spectrum_gradient(const Descriptor& descriptor, const FrameBatch& batch, const double* weights, double* positions,
                             double* turns, const Options& options = {});

// The change of p as particles move and turn: rows [n * n_features] of positions, turns [n * 3]. Throws
// ArgumentError for numbers that are not finite.
void power_spectrum_change(const Descriptor& descriptor, const FrameBatch& batch, const double* positions, const double* turns,
                           double* rows, const Options& options = {});

}  // namespace anisoap
