// SPDX-License-Identifier: MIT
#include "anisoap/frames.hpp"

#include <atomic>
#include <cmath>

#include "anisoap/error.hpp"
#include "parallel.hpp"
#include "search.hpp"
#include "text.hpp"

namespace anisoap {
namespace {

constexpr double kFarthest = 1e7;     // cells or cutoffs from the origin: beyond it, wrapping loses digits
constexpr std::size_t kBlock = 2048;  // particles per work item

// "(1, 2, 3)"
std::string tuple(const double* v, std::size_t n, std::size_t stride = 1) {
  std::string s = "(";
  for (std::size_t k = 0; k < n; ++k) s += (k ? ", " : "") + text(v[k * stride]);
  return s + ")";
}

[[noreturn]] void refuse(std::size_t frame, std::size_t i, ParticleFault fault, const FrameView& view) {
  const std::string what = "frame " + std::to_string(frame) + ", particle " + std::to_string(i) + ": " + describe(fault);
  switch (fault) {
    case ParticleFault::Position: bad_argument(what, tuple(view.positions + 3 * i, 3), "finite numbers");
    case ParticleFault::Species: bad_argument(what, std::to_string(view.species[i]), "one of the descriptor's species");
    case ParticleFault::Diameter: {
      const double d[3] = {view.diameters[0][i * view.diameter_stride], view.diameters[1][i * view.diameter_stride],
                           view.diameters[2][i * view.diameter_stride]};
      bad_argument(what, tuple(d, 3), "three finite lengths > 0");
    }
    default: bad_argument(what, tuple(view.quaternions + 4 * i, 4), "a finite quaternion (w, x, y, z) that is not zero");
  }
}

}  // namespace

FrameBatch::FrameBatch(const Basis& basis, int num_threads)
    : basis_(basis), num_threads_(num_threads > 0 ? num_threads : max_threads()) {}

FrameBatch::~FrameBatch() = default;

void FrameBatch::clear() {
  table_.resize(0);
  centres_.clear();
  searches_.clear();
  search_of_.clear();
}

void FrameBatch::add(const FrameView& frame) {
  const std::size_t number = first_frame_ + searches_.size(), first = table_.size();
  const double cutoff = basis_.hypers().cutoff_radius;
  const std::string name = "frame " + std::to_string(number) + ", ";
  std::unique_ptr<Lattice> lattice;
  try {
    lattice = std::make_unique<Lattice>(frame.cell, frame.periodic);
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument("anisoap: " + name + std::string(e.what()).substr(9));
  }
  std::vector<double> positions(frame.positions, frame.positions + 3 * frame.n);
  for (std::size_t i = 0; i < frame.n; ++i) {
    double* x = &positions[3 * i];
    const Vector3 f = lattice->fractional(x);
    for (std::size_t k = 0; k < 3; ++k) {
      if (!std::isfinite(f[k])) refuse(number, i, ParticleFault::Position, frame);
      if (std::fabs(f[k]) * lattice->height[k] > kFarthest * std::fmax(lattice->height[k], cutoff))
        bad_argument(name + "particle " + std::to_string(i) + ": position", tuple(x, 3),
                     "a place less than 10^7 cells and cutoffs from the origin");
    }
    lattice->wrap(x);
  }
  FrameLayout layout = frame.n <= kImageSearchLimit ? image_search(*lattice, positions, cutoff, first)
                                                    : grid_search(*lattice, positions, cutoff, first);
  table_.resize(first + frame.n);
  try {
    fill(frame, positions, layout.order, first);
  } catch (...) {
    table_.resize(first);
    throw;
  }
  for (std::size_t k = 0; k < frame.n; ++k) centres_.push_back({first + k, first + layout.order[k]});
  search_of_.resize(first + frame.n, searches_.size());
  searches_.push_back(std::move(layout.search));
}

void FrameBatch::fill(const FrameView& frame, const std::vector<double>& positions, const std::vector<std::size_t>& order,
                      std::size_t first) {
  const double inverse_length = 1 / basis_.length();
  const int n_species = static_cast<int>(basis_.hypers().species.size());
  std::atomic<std::size_t> faulty{frame.n};
  const auto set = [&](std::size_t k, std::size_t i) {
    const std::size_t s = i * frame.diameter_stride;
    const double diameter[3] = {frame.diameters[0][s], frame.diameters[1][s], frame.diameters[2][s]};
    return table_.set(k, &positions[3 * i], frame.quaternions + 4 * i, diameter, frame.species[i], n_species,
                      inverse_length, basis_.window());
  };
  parallel_for((frame.n + kBlock - 1) / kBlock, num_threads_, [&](std::size_t block, int) {
    for (std::size_t k = block * kBlock; k < std::min(frame.n, (block + 1) * kBlock); ++k) {
      const std::size_t i = order[k];
      if (set(first + k, i) == ParticleFault::Ok) continue;
      std::size_t lowest = faulty;  // the lowest particle is the one reported, whatever the threads do
      while (i < lowest && !faulty.compare_exchange_weak(lowest, i)) {
      }
    }
  });
  if (faulty < frame.n) refuse(first_frame_ + searches_.size(), faulty, set(first, faulty), frame);
}

void FrameBatch::collect(std::size_t centre, NeighborSink& sink) const {
  searches_[search_of_[centre]]->collect(centre, sink);
}

}  // namespace anisoap
