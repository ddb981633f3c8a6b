// SPDX-License-Identifier: MIT
#include "device/frames/host_copy.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "support/parallel.hpp"

namespace anisoap::device {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;  // bytes that are worth a thread
constexpr std::size_t kParticles = 8192;

void copy_diameters(const FrameView& view, std::size_t first, std::size_t n, double* out) {
  for (std::size_t k = first; k < first + n; ++k)
    for (const double* along : view.diameters) *out++ = along[k * view.diameter_stride];
}

}  // namespace

void copy_bytes(void* to, const void* from, std::size_t n, int num_threads) {
  const auto copy = [&](std::size_t chunk, int, const auto&) {
    const std::size_t first = chunk * kChunk;
    std::memcpy(static_cast<char*>(to) + first, static_cast<const char*>(from) + first, std::min(kChunk, n - first));
  };
  parallel_for((n + kChunk - 1) / kChunk, thread_count(num_threads), copy, [] {});
}

void copy_particles(const FrameView* frames, std::size_t n_frames, const ParticleRows& out, int num_threads) {
  std::vector<std::size_t> first(n_frames + 1, 0);
  for (std::size_t k = 0; k < n_frames; ++k) first[k + 1] = first[k] + frames[k].n;
  // Some frames at a time, or a part of a large one.
  const auto copy = [&](std::size_t part, int, const auto&) {
    const std::size_t begin = part * kParticles, end = std::min(first[n_frames], begin + kParticles);
    auto frame = static_cast<std::size_t>(std::upper_bound(first.begin(), first.end(), begin) - first.begin()) - 1;
    for (std::size_t at = begin; at < end; ++frame) {
      const FrameView& view = frames[frame];
      const std::size_t i = at - first[frame], n = std::min(end, first[frame + 1]) - at;
      if (out.positions) std::copy_n(view.positions + 3 * i, 3 * n, out.positions + 3 * at);
      if (out.quaternions) std::copy_n(view.quaternions + 4 * i, 4 * n, out.quaternions + 4 * at);
      if (out.diameters) copy_diameters(view, i, n, out.diameters + 3 * at);
      at += n;
    }
  };
  parallel_for((first[n_frames] + kParticles - 1) / kParticles, thread_count(num_threads), copy, [] {});
}

}  // namespace anisoap::device
