// SPDX-License-Identifier: MIT
#include "descriptor/density_step.hpp"

#include <algorithm>

#include "anisoap/error.hpp"

namespace anisoap {
namespace {

constexpr std::size_t kPacks = 4;                     // of summed moments, contracted at once
constexpr std::size_t kCoefficientBytes = 1u << 16u;  // of a batch, so that scattered stores find them in a cache

std::size_t batch_size(std::size_t n_coefficients, std::size_t lanes) {
  const std::size_t fitting = kCoefficientBytes / sizeof(double) / n_coefficients;
  return std::clamp(fitting - fitting % lanes, lanes, kBlockCentres);
}

}  // namespace

DensityStep::DensityStep(const Basis& basis, const Backend& backend, bool compiled, const ParticleTable& table, bool single)
    : view_(basis.view()),
      scale_(basis.power_scale().data()),
      backend_(backend),
      single_(single),
      width_(static_cast<std::size_t>(backend.lanes)),
      lanes_(static_cast<std::size_t>(single ? backend.lanes_single : backend.lanes)),
      n_coefficients_(static_cast<std::size_t>(basis.n_coefficients())),
      batch_(batch_size(n_coefficients_, lanes_)),
      step_(view_.n_species * backend.lanes),
      first_(kPacks * width_),
      count_(kPacks * width_),
      out_(kPacks * width_) {
  if (table.shapes.size() != table.size())
    failure("a batch without shapes, made for a model without a density, has no descriptors");
  const auto n_moments = static_cast<std::size_t>(basis.n_moments());
  sums_.resize(n_moments * out_.size());
  for (std::size_t lane = 0; lane < out_.size(); lane += width_)
    packs_.push_back(sums_.data() + lane / lanes_ * lanes_ * n_moments + lane % lanes_);
  coefficients_.resize(n_coefficients_ * batch_);
  unused_.resize(n_coefficients_ * width_);
  const bool generic = !compiled || basis.degree() > backend.compiled_degree;
  if (generic || single) scratch_.resize((2 * n_moments + 1) * lanes_);
  const double unit = basis.length();
  const Hypers& h = basis.hypers();
  task_ = {first_.data(),
           count_.data(),
           table.shapes.data(),
           1 / unit,
           basis.window(),
           h.cutoff_radius / unit,
           h.cutoff_function == CutoffFunction::Cosine ? unit / h.cutoff_width : 0.0,
           basis.degree(),
           basis.n_moments(),
           generic ? basis.steps().data() : nullptr,
           scratch_.data(),
           sums_.data()};
}

std::size_t DensityStep::memory_bytes(const Basis& basis, const Backend& backend) {
  const auto n_moments = static_cast<std::size_t>(basis.n_moments()), n = static_cast<std::size_t>(basis.n_coefficients());
  const auto width = static_cast<std::size_t>(backend.lanes), lanes = static_cast<std::size_t>(backend.lanes_single);
  return sizeof(double) * (n_moments * kPacks * width + n * (batch_size(n, lanes) + width) + (2 * n_moments + 1) * lanes);
}

void DensityStep::point(const Chunk& chunk, std::size_t first, std::size_t n, int s) {
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t* range = chunk.range(chunk.entries[first + lane], s);
    count_[lane] = static_cast<int>(range[1] - range[0]);
    first_[lane] = chunk.neighbors.data() + range[0];
  }
  std::fill(count_.begin() + static_cast<std::ptrdiff_t>(n), count_.end(), 0);
}

void DensityStep::compute(const Chunk& chunk, std::size_t first, std::size_t n) {
  arrange(chunk, first, n);
  for (std::size_t lane = 0; lane < parts_.size(); lane += out_.size()) {
    sum(lane);
    contract(lane);
  }
}

// Parts of a single species stay in the order of the chunk, which is sorted, so that whole packs of coefficients are stored.
void DensityStep::arrange(const Chunk& chunk, std::size_t first, std::size_t n) {
  parts_.clear();
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t* start = chunk.range(chunk.entries[first + k], 0);
    double* out = coefficients_.data() + k / width_ * width_ * n_coefficients_ + k % width_;
    for (int s = 0; s < view_.n_species; ++s)
      parts_.push_back({chunk.neighbors.data() + start[s], static_cast<int>(start[s + 1] - start[s]),
                        out + static_cast<std::size_t>(s) * width_});
  }
  if (n % width_ != 0) clear_broken_pack(n);
  if (view_.n_species == 1) return;
  sort_parts();
  drop_empty_parts();
}

// The longest first, by counting how many are how long.
void DensityStep::sort_parts() {
  int longest = 0;
  for (const Part& part : parts_) longest = std::max(longest, part.count);
  const auto rank = [&](const Part& part) { return static_cast<std::size_t>(longest - part.count); };
  place_.assign(static_cast<std::size_t>(longest) + 2, 0);
  for (const Part& part : parts_) ++place_[rank(part) + 1];
  for (std::size_t k = 1; k < place_.size(); ++k) place_[k] += place_[k - 1];
  unsorted_.swap(parts_);
  parts_.resize(unsorted_.size());
  for (const Part& part : unsorted_) parts_[place_[rank(part)]++] = part;
}

void DensityStep::clear_broken_pack(std::size_t n) {
  const auto start = coefficients_.begin() + static_cast<std::ptrdiff_t>(n / width_ * width_ * n_coefficients_);
  std::fill(start, start + static_cast<std::ptrdiff_t>(width_ * n_coefficients_), 0.0);
}

void DensityStep::drop_empty_parts() {
  for (; !parts_.empty() && parts_.back().count == 0; parts_.pop_back())
    for (int f = 0; f < view_.n_functions; ++f) parts_.back().out[f * step_] = 0;
}

void DensityStep::sum(std::size_t lane) {
  const std::size_t n = std::min(parts_.size() - lane, out_.size());
  for (std::size_t k = 0; k < out_.size(); ++k) {
    count_[k] = k < n ? parts_[lane + k].count : 0;
    first_[k] = k < n ? parts_[lane + k].first : nullptr;
  }
  task_.n_packs = static_cast<int>((n + lanes_ - 1) / lanes_);
  (single_ ? backend_.density_single : backend_.density)(task_);
}

void DensityStep::contract(std::size_t lane) {
  const std::size_t n = std::min(parts_.size() - lane, out_.size());
  for (std::size_t k = 0; k < out_.size(); ++k) out_[k] = k < n ? parts_[lane + k].out : unused_.data();
  backend_.contract({&view_, packs_.data(), static_cast<int>(lanes_), static_cast<int>((n + width_ - 1) / width_), out_.data(),
                     step_, view_.n_species == 1});
}

void DensityStep::contract(const double* sums, int s, double* coefficients) const {
  double* out = coefficients + static_cast<std::size_t>(s) * width_;
  backend_.contract({&view_, &sums, static_cast<int>(width_), 1, &out, step_, true});
}

}  // namespace anisoap
