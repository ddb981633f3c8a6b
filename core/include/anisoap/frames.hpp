// SPDX-License-Identifier: MIT
// Whole frames (boxes of particles with any cell and any mix of periodic directions) as one batch of centres.
#pragma once

#include <vector>

#include "anisoap/neighbors.hpp"
#include "anisoap/particles.hpp"

namespace anisoap {

class Basis;

// One frame as the caller holds it.
struct FrameView {
  std::size_t n = 0;
  const double* positions = nullptr;    // [n*3] length
  const double* quaternions = nullptr;  // [n*4] (w, x, y, z), any non-zero norm
  const double* diameters[3] = {};      // three arrays [n * stride] length, full diameters along the body axes
  std::size_t diameter_stride = 1;
  const int* species = nullptr;  // [n] index into Hypers::species
  const double* cell = nullptr;  // [9] rows are the cell vectors; zero rows where not periodic are allowed
  bool periodic[3] = {false, false, false};
};

// A centre and the row of the output that it fills.
struct Centre {
  std::size_t particle;  // in the ParticleTable
  std::size_t row;
};

// What a batch keeps.
struct BatchOptions {
  double cutoff = 0.0;         // of the neighbour search; 0 = the descriptor's
  double density_scale = 1.0;  // semi-axes of the density as a fraction of the particle's
  bool bodies = false;         // axes and sizes, for two-body terms
  bool shapes = true;          // for densities: the descriptor, many-body terms
};

// Frames side by side in one ParticleTable. Rows run over the particles of all frames in order.
class FrameBatch final : public NeighborSource {
 public:
  // cutoff: of the neighbour search.
  FrameBatch(const TableRules& rules, double cutoff, int num_threads = 0);
  // What a descriptor with this basis reads.
  explicit FrameBatch(const Basis& basis, int num_threads = 0, const BatchOptions& options = {});
  ~FrameBatch() override;
  FrameBatch(FrameBatch&&) noexcept;

  // Throws ParticleError with the number of the frame (counted from first_frame), ArgumentError for its cell.
  void add(const FrameView& frame);
  void clear();
  std::size_t n_frames() const;
  std::size_t n_particles() const { return table_.size(); }
  // Number that errors give to the first frame of the batch.
  void count_frames_from(std::size_t first) { first_frame_ = first; }

  const ParticleTable& table() const { return table_; }
  const std::vector<Centre>& centres() const { return centres_; }
  std::size_t memory_bytes() const;
  void collect(std::size_t centre, NeighborSink& sink) const override;

 private:
  struct Frame;

  // Copies the positions into the cell; throws for those that are not finite or absurdly far.
  void wrap(const FrameView& view, const Frame& frame);
  void fill(const FrameView& view, const Frame& frame);
  ParticleFault set(const FrameView& view, std::size_t entry, std::size_t i);

  TableRules rules_;
  double cutoff_;
  int num_threads_;
  std::size_t first_frame_ = 0;
  ParticleTable table_;
  std::vector<Centre> centres_;
  std::vector<Frame> frames_;
  std::vector<unsigned> frame_of_;  // [n_particles]
  std::vector<double> wrapped_;     // [n*3] positions of the frame that is being added
};

}  // namespace anisoap
