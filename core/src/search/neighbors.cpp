// SPDX-License-Identifier: MIT
#include "anisoap/neighbors.hpp"

#include <algorithm>

#include "anisoap/simd/tasks.hpp"

namespace anisoap {

NeighborSink::NeighborSink(const ParticleTable& table, double cutoff, const Backend& backend)
    : table_(table), backend_(backend), cutoff_squared_(cutoff * cutoff) {}

void NeighborSink::start(std::size_t centre) {
  centre_ = centre;
  size_ = 0;
  origin_ = {table_.x[centre], table_.y[centre], table_.z[centre]};
}

bool NeighborSink::renew_candidates(const void* owner, std::size_t key) {
  if (owner == owner_ && key == key_) return false;
  owner_ = owner;
  key_ = key;
  n_candidates_ = home_first_ = home_last_ = 0;
  return true;
}

void NeighborSink::add_candidates(std::size_t first, std::size_t last, const std::array<double, 3>& shift, bool home) {
  const std::size_t n = last - first, at = n_candidates_, needed = at + n + kPadding;
  if (needed > x_.size()) {
    for (auto* v : {&x_, &y_, &z_}) v->resize(2 * needed);
    index_.resize(2 * needed);
    hits_.resize(2 * needed);
  }
  for (std::size_t k = 0; k < n; ++k) {
    x_[at + k] = table_.x[first + k] + shift[0];
    y_[at + k] = table_.y[first + k] + shift[1];
    z_[at + k] = table_.z[first + k] + shift[2];
    index_[at + k] = static_cast<std::int64_t>(first + k);
  }
  n_candidates_ += n;
  if (!home) return;
  home_first_ = first;
  home_last_ = last;
  home_at_ = at;
}

void NeighborSink::keep_candidates_near(std::size_t first, std::size_t last) {
  FilterTask task{x_.data(), y_.data(), z_.data(), n_candidates_, {}, {}, cutoff_squared_ * (1 + 1e-9)};  // more than the filter
  const std::vector<double>* coordinates[3] = {&table_.x, &table_.y, &table_.z};
  for (std::size_t d = 0; d < 3; ++d) {
    const auto begin = coordinates[d]->begin() + static_cast<std::ptrdiff_t>(first);
    const auto ends = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(last - first));
    task.low[d] = *ends.first;
    task.high[d] = *ends.second;
  }
  n_candidates_ = backend_.filter_box(task, hits_.data());
  const int own = static_cast<int>(home_at_ + first - home_first_);
  for (std::size_t k = 0; k < n_candidates_; ++k) {
    const auto from = static_cast<std::size_t>(hits_[k]);
    if (hits_[k] == own) home_at_ = k;
    x_[k] = x_[from];
    y_[k] = y_[from];
    z_[k] = z_[from];
    index_[k] = index_[from];
  }
  home_first_ = first;
  home_last_ = last;
}

void NeighborSink::filter_candidates() {
  if (n_candidates_ == 0) return;
  FilterTask task{x_.data(), y_.data(), z_.data(), n_candidates_, {}, {}, cutoff_squared_};
  std::copy(origin_.begin(), origin_.end(), task.low);
  const std::size_t n = backend_.filter(task, hits_.data());
  const bool at_home = home_first_ <= centre_ && centre_ < home_last_;
  const int self = at_home ? static_cast<int>(home_at_ + centre_ - home_first_) : -1;
  Neighbor* out = room_for(n);
  for (std::size_t k = 0; k < n; ++k) {
    const int hit = hits_[k];
    *out = {{x_[static_cast<std::size_t>(hit)] - origin_[0], y_[static_cast<std::size_t>(hit)] - origin_[1],
             z_[static_cast<std::size_t>(hit)] - origin_[2]},
            index_[static_cast<std::size_t>(hit)]};
    out += hit == self ? 0 : 1;
  }
  size_ = static_cast<std::size_t>(out - found_.data());
}

}  // namespace anisoap
