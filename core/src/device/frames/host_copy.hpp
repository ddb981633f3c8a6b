// SPDX-License-Identifier: MIT
// Copies on the host by many threads, 0 = the default: memory that was never touched is slow to write for one.
#pragma once

#include <cstddef>

#include "anisoap/frames.hpp"

namespace anisoap::device {

void copy_bytes(void* to, const void* from, std::size_t n, int num_threads);

// Of particles: [n*3], [n*4], [n*3]; nullptr where not wanted.
struct ParticleRows {
  double *positions, *quaternions, *diameters;
};

// Particles of frames [0, n_frames), one frame behind another.
void copy_particles(const FrameView* frames, std::size_t n_frames, const ParticleRows& out, int num_threads);

}  // namespace anisoap::device
