// SPDX-License-Identifier: MIT
// The descriptor: density coefficients or power spectrum of each centre.
#pragma once

#include <string>
#include <vector>

#include "anisoap/basis.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/neighbors.hpp"
#include "anisoap/options.hpp"

namespace anisoap {

struct Backend;

enum class Quantity {
  PowerSpectrum,           // l, n, species, n', species' (last fastest)
  SymmetricPowerSpectrum,  // the upper triangle (n s) <= (n' s'), off-diagonal entries times sqrt(2)
  Coefficients             // l, m = -l..l, n, species (last fastest)
};

// Where rows go: row r starts at data + r * stride. One of the two pointers is set.
struct Rows {
  double* data = nullptr;
  float* data_single = nullptr;
  std::size_t stride = 0;
};

// What a column of a Quantity means; m is used by coefficients, n2 and species2 by power spectra (-1 where unused).
struct Label {
  int l, m, n, species, n2, species2;
};

class Descriptor {
 public:
  // instruction_set: a name from instruction_sets(), empty for the widest; compiled_degrees = false takes the run-time-degree
  // path for every degree (tests compare the paths). Throws as Basis does, in `names`.
  explicit Descriptor(const Hypers& hypers, bool orthonormalize = true, const std::string& instruction_set = "",
                      bool compiled_degrees = true, const HypersNames& names = {});

  const Basis& basis() const { return basis_; }
  const Hypers& hypers() const { return basis_.hypers(); }
  const char* instruction_set() const;

  std::size_t row_length(Quantity quantity) const;
  std::vector<Label> labels(Quantity quantity) const;

  // Rows of the centres listed. Neighbours come from `source`, the self pair is added here unless the hyperparameters
  // subtract it. Memory: chunks of centres per thread, whatever the number of pairs.
  void compute(const ParticleTable& table, const NeighborSource& source, const std::vector<Centre>& centres, Quantity quantity,
               const Rows& rows, const Options& options = {}) const;

  // All centres of a batch of frames.
  void compute(const FrameBatch& batch, Quantity quantity, const Rows& rows, const Options& options = {}) const;

  // Power spectra [n * row_length(quantity)] of n rows of coefficients, such as means over the particles of frames.
  // On the calling thread. Throws ArgumentError for Quantity::Coefficients and for numbers that overflow.
  void power_spectra(const double* coefficients, std::size_t n, Quantity quantity, double* rows,
                     const Options& options = {}) const;

  // Bytes that one thread works with.
  std::size_t workspace_bytes() const;

  // True when single precision keeps 1e-4 of the largest entry: the basis is well conditioned and the degree moderate.
  bool single_precision_safe() const;

 private:
  Basis basis_;
  const Backend* backend_;
  bool compiled_degrees_;
};

}  // namespace anisoap
