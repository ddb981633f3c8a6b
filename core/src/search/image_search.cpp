// SPDX-License-Identifier: MIT
#include <cmath>

#include "anisoap/error.hpp"
#include "search/frame_search.hpp"
#include "support/text.hpp"

namespace anisoap {
namespace {

constexpr double kMostImages = 2e7;

// a + s b
Vector3 add(const Vector3& a, double s, const Vector3& b) { return {a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]}; }

int floor_to_int(double x) {
  const int i = static_cast<int>(x);
  return i > x ? i - 1 : i;
}

}  // namespace

ImageSearch::ImageSearch(const Lattice& lattice, double cutoff) : cutoff_squared_(cutoff * cutoff) {
  double images = 1;
  for (std::size_t k = 0; k < 3; ++k) {
    if (!lattice.periodic[k]) continue;
    const auto n = static_cast<std::size_t>(n_periodic_++);
    axis_[n] = across_[n] = lattice.axis[k];
    for (std::size_t m = 0; m < n; ++m) across_[n] = add(across_[n], -dot(lattice.axis[k], across_[m]), across_[m]);
    length_[n] = std::sqrt(dot(across_[n], across_[n]));
    inverse_[n] = 1 / length_[n];
    for (double& v : across_[n]) v *= inverse_[n];
    images *= 2 * cutoff * inverse_[n] + 1;
  }
  if (images > kMostImages)
    bad_argument("cutoff_radius", text(cutoff), "a cutoff that reaches fewer than 2*10^7 images of the cell");
}

void ImageSearch::collect(const ParticleTable& table, std::size_t first, std::size_t n, std::size_t centre,
                          NeighborSink& sink) const {
  for (std::size_t j = first; j < first + n; ++j) {
    const Vector3 r{table.x[j] - table.x[centre], table.y[j] - table.y[centre], table.z[j] - table.z[centre]};
    double left = cutoff_squared_;
    if (n_periodic_ < 3) {  // what no translation can change
      left -= dot(r, r);
      for (int k = 0; k < n_periodic_; ++k) left += std::pow(dot(r, across_[static_cast<std::size_t>(k)]), 2);
    }
    enumerate(n_periodic_ - 1, r, left, j, j == centre, sink);
  }
}

// Translations along axis `level` and those below it; `left` is the squared cutoff less what the axes above have used up.
void ImageSearch::enumerate(int level, const Vector3& r, double left, std::size_t j, bool skip_zero, NeighborSink& sink) const {
  if (level < 0) {
    if (!skip_zero && dot(r, r) < cutoff_squared_) sink.add({{r[0], r[1], r[2]}, static_cast<std::int64_t>(j)});
    return;
  }
  if (left < 0) return;
  const auto k = static_cast<std::size_t>(level);
  // A hair wider than the sphere: the test above decides.
  const double along = dot(r, across_[k]), half = std::sqrt(left) * inverse_[k] + 1e-9, centre = -along * inverse_[k];
  const int low = -floor_to_int(half - centre), high = floor_to_int(half + centre);
  for (int i = low; i <= high; ++i) {
    const double distance = along + i * length_[k];
    enumerate(level - 1, i == 0 ? r : add(r, i, axis_[k]), left - distance * distance, j, skip_zero && i == 0, sink);
  }
}

}  // namespace anisoap
