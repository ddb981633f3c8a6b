// SPDX-License-Identifier: MIT
#include "anisoap/frames.hpp"

#include <atomic>
#include <cmath>
#include <memory>

#include "anisoap/basis.hpp"
#include "anisoap/detail/lattice.hpp"
#include "anisoap/error.hpp"
#include "search/frame_search.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace anisoap {
namespace {

constexpr std::size_t kBlock = 2048;  // particles per work item

// "(1, 2, 3)"
std::string tuple(const double* v, std::size_t n, std::size_t stride = 1) {
  std::string s = "(";
  for (std::size_t k = 0; k < n; ++k) s += (k ? ", " : "") + text(v[k * stride]);
  return s + ")";
}

[[noreturn]] void refuse(std::size_t frame, std::size_t i, ParticleFault fault, const FrameView& view) {
  const auto wrong = [&](const std::string& got, const char* expected) -> ParticleError {
    return {frame, i, describe(fault), got, expected};
  };
  switch (fault) {
    case ParticleFault::Position:
      throw wrong(tuple(view.positions + 3 * i, 3), "finite numbers");
    case ParticleFault::Species:
      throw wrong(std::to_string(view.species[i]), "one of the descriptor's species");
    case ParticleFault::Diameter:
    case ParticleFault::Proportion: {
      const double d[3] = {view.diameters[0][i * view.diameter_stride], view.diameters[1][i * view.diameter_stride],
                           view.diameters[2][i * view.diameter_stride]};
      throw wrong(tuple(d, 3), "three finite lengths > 0");
    }
    default:
      throw wrong(tuple(view.quaternions + 4 * i, 4), "a finite quaternion (w, x, y, z) that is not zero");
  }
}

}  // namespace

struct FrameBatch::Frame {
  std::size_t number, first, n;
  Lattice lattice;
  ImageSearch images;
  std::unique_ptr<GridSearch> grid;  // for more than kImageSearchLimit particles

  Frame(std::size_t number_, std::size_t first_, const FrameView& view, double cutoff)
      : number(number_), first(first_), n(view.n), lattice(view.cell, view.periodic), images(lattice, cutoff) {}
  std::size_t particle(std::size_t k) const { return grid ? grid->order()[k] : k; }
};

FrameBatch::FrameBatch(const TableRules& rules, double cutoff, int num_threads)
    : rules_(rules), cutoff_(cutoff), num_threads_(thread_count(num_threads)) {
  if (!(cutoff > 0 && std::isfinite(cutoff))) bad_argument("cutoff of a batch", text(cutoff), "a finite length > 0");
}

FrameBatch::FrameBatch(const Basis& basis, int num_threads, const BatchOptions& options)
    : FrameBatch({static_cast<int>(basis.hypers().species.size()), basis.length(), basis.window(), options.density_scale,
                  options.bodies, options.shapes},
                 options.cutoff > 0 ? options.cutoff : basis.hypers().cutoff_radius, num_threads) {}

FrameBatch::~FrameBatch() = default;
FrameBatch::FrameBatch(FrameBatch&&) noexcept = default;

std::size_t FrameBatch::n_frames() const { return frames_.size(); }

void FrameBatch::clear() {
  table_.resize(0);
  centres_.clear();
  frames_.clear();
  frame_of_.clear();
}

void FrameBatch::add(const FrameView& view) {
  const std::size_t first = table_.size();
  try {
    frames_.emplace_back(first_frame_ + frames_.size(), first, view, cutoff_);
  } catch (const ArgumentError& e) {
    bad_argument("frame " + std::to_string(first_frame_ + frames_.size()) + ", " + e.argument(), e.got(), e.expected(), e.hint());
  }
  Frame& frame = frames_.back();
  try {
    wrap(view, frame);
    if (view.n > kImageSearchLimit) frame.grid = std::make_unique<GridSearch>(frame.lattice, wrapped_, cutoff_, first);
    table_.resize(first + view.n, rules_.bodies, rules_.shapes);
    fill(view, frame);
  } catch (...) {
    table_.resize(first, rules_.bodies, rules_.shapes);
    frames_.pop_back();
    throw;
  }
  for (std::size_t k = 0; k < view.n; ++k) centres_.push_back({first + k, first + frame.particle(k)});
  frame_of_.resize(first + view.n, static_cast<unsigned>(frames_.size() - 1));
}

void FrameBatch::wrap(const FrameView& view, const Frame& frame) {
  wrapped_.assign(view.positions, view.positions + 3 * view.n);
  for (std::size_t i = 0; i < view.n; ++i) {
    double* x = &wrapped_[3 * i];
    const Vector3 f = frame.lattice.fractional(x);
    for (std::size_t k = 0; k < 3; ++k) {
      if (!std::isfinite(f[k])) refuse(frame.number, i, ParticleFault::Position, view);
      if (detail::is_far(f[k], frame.lattice.height[k], frame.lattice.periodic[k], cutoff_))
        throw ParticleError(frame.number, i, "position", tuple(x, 3), "a place less than 10^7 cells and cutoffs from the origin");
    }
    frame.lattice.wrap(x, f);
  }
}

ParticleFault FrameBatch::set(const FrameView& view, std::size_t entry, std::size_t i) {
  const std::size_t s = i * view.diameter_stride;
  const double diameter[3] = {view.diameters[0][s], view.diameters[1][s], view.diameters[2][s]};
  return table_.set(entry, &wrapped_[3 * i], view.quaternions + 4 * i, diameter, view.species[i], rules_);
}

void FrameBatch::fill(const FrameView& view, const Frame& frame) {
  std::atomic<std::size_t> faulty{view.n};  // the lowest one is reported, whatever the threads do
  const auto fill_block = [&](std::size_t block, int, const auto&) {
    for (std::size_t k = block * kBlock; k < std::min(view.n, (block + 1) * kBlock); ++k) {
      const std::size_t i = frame.particle(k);
      if (set(view, frame.first + k, i) == ParticleFault::Ok) continue;
      std::size_t lowest = faulty;
      while (i < lowest && !faulty.compare_exchange_weak(lowest, i)) {
      }
    }
  };
  parallel_for((view.n + kBlock - 1) / kBlock, num_threads_, fill_block, [] {});
  if (faulty < view.n) refuse(frame.number, faulty, set(view, frame.first, faulty), view);
}

std::size_t FrameBatch::memory_bytes() const {
  std::size_t bytes = table_.memory_bytes() + centres_.capacity() * sizeof(Centre) + frames_.capacity() * sizeof(Frame) +
                      frame_of_.capacity() * sizeof(unsigned) + wrapped_.capacity() * sizeof(double);
  for (const Frame& frame : frames_)
    if (frame.grid) bytes += frame.grid->memory_bytes();
  return bytes;
}

void FrameBatch::collect(std::size_t centre, NeighborSink& sink) const {
  const Frame& frame = frames_[frame_of_[centre]];
  sink.start(centre);
  if (frame.grid) frame.grid->collect(centre, sink);
  else frame.images.collect(table_, frame.first, frame.n, centre, sink);
}

}  // namespace anisoap
