// SPDX-License-Identifier: MIT
// One group of centres, one per lane: from the neighbours of a Chunk to summed moments and coefficients.
#pragma once

#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/basis.hpp"
#include "descriptor/chunk.hpp"
#include "simd/tasks.hpp"

namespace anisoap {

class DensityStep {
 public:
  DensityStep(const Basis& basis, const Backend& backend, bool compiled, const ParticleTable& table, bool single);

  std::size_t lanes() const { return lanes_; }  // centres per group

  // Sums of entries first..first+n-1 of the chunk, one per lane.
  void sum(const Chunk& chunk, std::size_t first, std::size_t n);

  // Coefficients of the `backend.lanes` centres that stand in lanes `lane`, `lane` + 1, ...
  const double* coefficients(std::size_t lane);

  // Power spectra of the same centres; features: [row * backend.lanes].
  void power_spectrum(const double* coefficients, bool symmetric, double* features) const {
    backend_.power_spectrum(view_, scale_, symmetric, coefficients, features);
  }

  // Points the task's lanes at the neighbours of species s; lanes from n on get none.
  void point(const Chunk& chunk, std::size_t first, std::size_t n, int s);
  const DensityTask& task() const { return task_; }
  const detail::BasisView& view() const { return view_; }
  const double* scale() const { return scale_; }  // [l_max + 1] of the power spectrum

 private:
  detail::BasisView view_;
  const double* scale_;
  const Backend& backend_;
  bool single_;
  std::size_t lanes_;
  std::vector<const Neighbor*> first_;
  std::vector<int> count_;
  AlignedVector<double> sums_, coefficients_, scratch_;
  DensityTask task_{};
};

}  // namespace anisoap
