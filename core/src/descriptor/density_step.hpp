// SPDX-License-Identifier: MIT
// From the neighbours of a Chunk to summed moments and coefficients of its centres.
#pragma once

#include <vector>

#include "anisoap/aligned.hpp"
#include "anisoap/basis.hpp"
#include "anisoap/simd/tasks.hpp"
#include "descriptor/chunk.hpp"

namespace anisoap {

class DensityStep {
 public:
  // Bytes of one that sums in single precision.
  static std::size_t memory_bytes(const Basis& basis, const Backend& backend);

  DensityStep(const Basis& basis, const Backend& backend, bool compiled, const ParticleTable& table, bool single);

  // Entries that compute() takes at once; a multiple of the lanes.
  std::size_t batch() const { return batch_; }

  // Coefficients of entries first..first+n-1 of the chunk, n <= batch(). A lane sums the neighbours of one species around one
  // entry, beside lanes that have about as many.
  void compute(const Chunk& chunk, std::size_t first, std::size_t n);

  // The same in steps: the order of the lanes, then sums and coefficients of n_summed() lanes at a time.
  void arrange(const Chunk& chunk, std::size_t first, std::size_t n);
  std::size_t n_lanes() const { return parts_.size(); }
  std::size_t n_summed() const { return out_.size(); }
  int count(std::size_t lane) const { return parts_[lane].count; }  // neighbours
  void sum(std::size_t lane);
  void contract(std::size_t lane);

  // Those of the `backend.lanes` entries from number k of the batch on, one per lane; k is a multiple of backend.lanes, and lanes
  // without an entry hold zeros.
  const double* coefficients(std::size_t k) const { return coefficients_.data() + k * n_coefficients_; }

  // Power spectra of the same entries; features: [row * backend.lanes].
  void power_spectrum(const double* coefficients, bool symmetric, double* features) const {
    backend_.power_spectrum(view_, scale_, symmetric, coefficients, features);
  }

  // Points the task's lanes at the neighbours of species s of entries first..first+n-1; lanes from n on get none.
  void point(const Chunk& chunk, std::size_t first, std::size_t n, int s);
  const DensityTask& task() const { return task_; }
  // Coefficients of species s from summed moments [n_moments * backend.lanes], among those of other species.
  void contract(const double* sums, int s, double* coefficients) const;

  const detail::BasisView& view() const { return view_; }
  const double* scale() const { return scale_; }  // [l_max + 1] of the power spectrum

 private:
  // The neighbours of one species around one entry, and where its coefficients go.
  struct Part {
    const Neighbor* first;
    int count;
    double* out;
  };

  void clear_broken_pack(std::size_t n);
  void sort_parts();
  void drop_empty_parts();

  detail::BasisView view_;
  const double* scale_;
  const Backend& backend_;
  bool single_;
  std::size_t width_, lanes_;  // of packs of coefficients and of summed moments
  std::size_t n_coefficients_, batch_;
  int step_;  // between coefficients of one entry and species
  std::vector<Part> parts_, unsorted_;
  std::vector<std::size_t> place_;
  std::vector<const Neighbor*> first_;
  std::vector<int> count_;
  std::vector<double*> out_;          // of each lane of the packs that are contracted at once
  std::vector<const double*> packs_;  // of their moments, in sums_
  AlignedVector<double> sums_, coefficients_, unused_, scratch_;
  DensityTask task_{};
};

}  // namespace anisoap
