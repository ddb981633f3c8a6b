// SPDX-License-Identifier: MIT
#include "descriptor/density_step.hpp"

#include <algorithm>

namespace anisoap {

DensityStep::DensityStep(const Basis& basis, const Backend& backend, bool compiled, const ParticleTable& table, bool single)
    : view_(basis.view()),
      scale_(basis.power_scale().data()),
      backend_(backend),
      single_(single),
      lanes_(static_cast<std::size_t>(single ? backend.lanes_single : backend.lanes)),
      first_(lanes_),
      count_(lanes_) {
  const auto n_moments = static_cast<std::size_t>(basis.n_moments());
  sums_.resize(static_cast<std::size_t>(view_.n_species) * n_moments * lanes_);
  coefficients_.resize(static_cast<std::size_t>(basis.n_coefficients() * backend.lanes));
  const bool generic = !compiled || basis.degree() > kCompiledDegree;
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
           nullptr};
}

void DensityStep::point(const Chunk& chunk, std::size_t first, std::size_t n, int s) {
  for (std::size_t lane = 0; lane < n; ++lane) {
    const std::size_t* range = chunk.range(chunk.entries[first + lane], s);
    count_[lane] = static_cast<int>(range[1] - range[0]);
    first_[lane] = chunk.neighbors.data() + range[0];
  }
  std::fill(count_.begin() + static_cast<std::ptrdiff_t>(n), count_.end(), 0);
}

void DensityStep::sum(const Chunk& chunk, std::size_t first, std::size_t n) {
  const auto n_moments = static_cast<std::size_t>(view_.n_moments);
  for (int s = 0; s < view_.n_species; ++s) {
    point(chunk, first, n, s);
    task_.sums = sums_.data() + static_cast<std::size_t>(s) * n_moments * lanes_;
    (single_ ? backend_.density_single : backend_.density)(task_);
  }
}

const double* DensityStep::coefficients(std::size_t lane) {
  const auto n_moments = static_cast<std::size_t>(view_.n_moments);
  for (int s = 0; s < view_.n_species; ++s)
    backend_.contract(view_, sums_.data() + static_cast<std::size_t>(s) * n_moments * lanes_ + lane, static_cast<int>(lanes_), s,
                      coefficients_.data());
  return coefficients_.data();
}

}  // namespace anisoap
