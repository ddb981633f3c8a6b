// SPDX-License-Identifier: MIT
#include "anisoap/neighbors.hpp"

#include "kernels.hpp"

namespace anisoap {

NeighborSink::NeighborSink(const ParticleTable& table, double cutoff, const Kernels& kernels)
    : table_(table), kernels_(kernels), cutoff_squared_(cutoff * cutoff) {}

void NeighborSink::start(std::size_t centre) {
  centre_ = centre;
  size_ = 0;
  origin_ = {table_.x[centre], table_.y[centre], table_.z[centre]};
}

Neighbor* NeighborSink::room_for(std::size_t n) {
  if (size_ + n > found_.size()) found_.resize(2 * (size_ + n));
  return found_.data() + size_;
}

std::size_t NeighborSink::filter(const double* x, const double* y, const double* z, std::size_t first, std::size_t last,
                                 const std::array<double, 3>& origin) {
  const FilterTask task{x, y, z, first, last, {origin[0], origin[1], origin[2]}, cutoff_squared_};
  return kernels_.filter(task, room_for(last - first));
}

void NeighborSink::add_range(std::size_t first, std::size_t last, const std::array<double, 3>& shift, bool home) {
  if (home && first <= centre_ && centre_ < last) {
    add_range(first, centre_, shift, false);
    first = centre_ + 1;
  }
  if (first >= last) return;
  const std::array<double, 3> origin{origin_[0] - shift[0], origin_[1] - shift[1], origin_[2] - shift[2]};
  size_ += filter(table_.x.data(), table_.y.data(), table_.z.data(), first, last, origin);
}

void NeighborSink::add_indices(const int* j, int n, int mask) {
  Neighbor* out = room_for(static_cast<std::size_t>(n));
  std::size_t kept = 0;
  for (int k = 0; k < n; ++k) {
    const auto index = static_cast<std::size_t>(j[k] & mask);
    const double dx = table_.x[index] - origin_[0], dy = table_.y[index] - origin_[1], dz = table_.z[index] - origin_[2];
    out[kept] = {{dx, dy, dz}, static_cast<std::int64_t>(index)};
    kept += dx * dx + dy * dy + dz * dz < cutoff_squared_ ? 1 : 0;
  }
  size_ += kept;
}

void NeighborSink::add_images(std::size_t particle, const double* sx, const double* sy, const double* sz, std::size_t n) {
  const std::array<double, 3> origin{origin_[0] - table_.x[particle], origin_[1] - table_.y[particle],
                                     origin_[2] - table_.z[particle]};
  const std::size_t found = filter(sx, sy, sz, particle == centre_ ? 1 : 0, n, origin);
  for (std::size_t k = 0; k < found; ++k) found_[size_ + k].index = static_cast<std::int64_t>(particle);
  size_ += found;
}

}  // namespace anisoap
