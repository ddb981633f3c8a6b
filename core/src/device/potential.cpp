// SPDX-License-Identifier: MIT
#include "anisoap/kokkos/potential.hpp"

#include <algorithm>

#include "anisoap/error.hpp"
#include "anisoap/kokkos/frames/fold.hpp"
#include "device/frames/frame_loader.hpp"

namespace anisoap::device {
namespace {

class KokkosPotential final : public Potential {
 public:
  explicit KokkosPotential(const Model& model) : engine_(model), loader_(engine_.rules(), model.cutoff()) {}

  void compute(const FrameSet& set, const PotentialRows& rows) override {
    require_started();
    const Turn turn;
    engine_.set_memory(kBatchMemory);
    fetch_.num_threads = set.num_threads;
    in_runs(
        set, runs_of(set, kMostParticles), [&](const Run& run) { compute(set, run, rows); }, [&] { release(); });
  }

 private:
  using Sums = kokkos::FrameSums<Space>;

  void compute(const FrameSet& set, const Run& run, const PotentialRows& rows) {
    if (run.n_particles == 0) {
      for (std::size_t k = run.first; k < run.last; ++k) put_frame(std::vector<double>(Sums::kSums), 0, k, rows);
      return;
    }
    loader_.load(set, run, particles_);
    // Uncertainties are of whole pairs.
    const std::size_t n_rows = n_centres(set, run);
    const bool numbered = !rows.uncertainties && (n_rows == run.n_particles || set.numbers);
    engine_.set_neighbors(loader_.neighbors(), static_cast<int>(n_rows), particles_, numbered);
    results_.want_energy = results_.want_virial = false;
    results_.want_energies = true;
    results_.want_virials = rows.virials != nullptr;
    results_.want_centroid_virials = rows.centroid_virials != nullptr;
    results_.want_uncertainties = rows.uncertainties != nullptr;
    results_.want_grades = rows.grades != nullptr;
    engine_.compute(particles_, results_);
    fold_images(loader_.images(), results_.energies, 1);
    const auto sums = sums_.run(loader_.images(), loader_.boxes(), results_.motion, results_.energies);
    for (std::size_t k = run.first; k < run.last; ++k) {
      require_finite(set, k, sums.data() + (k - run.first) * Sums::kSums);
      put_frame(sums, k - run.first, k, rows);
    }
    put_particles(run, n_rows, rows);
  }

  // Sums of a frame, which is named unless it is a domain.
  static void require_finite(const FrameSet& set, std::size_t frame, const double* sums) {
    if (std::all_of(sums, sums + Sums::kSums, detail::is_finite)) return;
    const bool whole = set.n_centres == FrameSet().n_centres;
    refuse_overflow(whole ? "frame " + std::to_string(set.first_frame + frame) + ": " : "");
  }

  static void put_frame(const std::vector<double>& sums, std::size_t at, std::size_t frame, const PotentialRows& rows) {
    const double* of_frame = sums.data() + at * Sums::kSums;
    if (rows.virial) std::copy_n(of_frame, 9, rows.virial + 9 * frame);
    if (rows.energy) rows.energy[frame] = of_frame[Sums::kEnergy];
  }

  void put_particles(const Run& run, std::size_t n_rows, const PotentialRows& rows) {
    const std::size_t n = run.n_particles, first = run.first_particle;
    fold_images(loader_.images(), results_.motion, 6);
    if (rows.energies) fetch_(results_.energies, n, rows.energies + first);
    const auto put_virials = [&](kokkos::Array<Space, double>& virials, double* to) {
      if (!to) return;
      fold_images(loader_.images(), virials, 9);
      fetch_(virials, 9 * n, to + 9 * first);
    };
    put_virials(results_.virials, rows.virials);
    put_virials(results_.centroid_virials, rows.centroid_virials);
    if (rows.uncertainties) fetch_(results_.uncertainties, n_rows, rows.uncertainties + first);
    if (rows.grades) fetch_(results_.grades, n_rows, rows.grades + first);
    if (rows.motion) fetch_(results_.motion, 6 * n, rows.motion + 6 * first);
    if (!rows.forces && !rows.torques) return;
    motion_.resize(6 * n);
    fetch_(results_.motion, 6 * n, motion_.data());
    for (std::size_t i = 0; i < n; ++i) {
      if (rows.forces) std::copy_n(&motion_[6 * i], 3, rows.forces + 3 * (first + i));
      if (rows.torques) std::copy_n(&motion_[6 * i + 3], 3, rows.torques + 3 * (first + i));
    }
  }

  void release() {
    engine_.halve_memory();
    results_ = {};
    particles_ = {};
    loader_ = FrameLoader(engine_.rules(), engine_.model().cutoff());
  }

  kokkos::Potential<Space> engine_;
  FrameLoader loader_;
  kokkos::Particles<Space, double> particles_;
  kokkos::PotentialResults<Space> results_;
  Sums sums_;
  std::vector<double> motion_;
  Fetcher fetch_;
};

}  // namespace

std::unique_ptr<Potential> make_potential(const Model& model) {
  require_started();
  const Turn turn;
  return std::make_unique<KokkosPotential>(model);
}

}  // namespace anisoap::device
